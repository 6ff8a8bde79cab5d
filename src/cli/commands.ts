/** The commands of the shell: arguments → jobs → files and text. */
import type { Choices, DataSource } from '../data/samples';
import { runJob } from '../jobs';
import { syntheticSource } from '../jobs/data/defaults';
import type { WorkerContext } from '../jobs/job';
import type {
  JobEvents,
  JobName,
  JobTable,
  OpenedModel,
  QuantizeRequest,
  SamplesRequest,
} from '../jobs/types';
import { IntactError } from '../model/error';
import { changed } from '../quant/change';
import { calibrationLabel, defaultCalibration, observers } from '../quant/observers';
import { needsCalibration, readRecipeJson, stockRecipe } from '../quant/recipe';
import { isRecipeName, namedRecipe } from '../quant/recipeNames';
import type { Recipe } from '../quant/types';
import { layersCsv } from '../report/csv';
import { runReport, toJson } from '../report/json';
import { filesKey } from '../run/keys';
import type { Run } from '../run/types';
import type { Arguments } from './arguments';
import { quantizedWithin } from './budget';
import { readPaths, readText, sourcesOf } from './files';
import { writeWhole } from './outputs';
import { repairSteps } from './repairs';
import {
  calibrationsText,
  checksText,
  inspection,
  issuesText,
  modelText,
  repairedText,
  runText,
  scoreText,
} from './text';

export interface Shell {
  readonly worker: WorkerContext;
  readonly events: JobEvents;
  /** Standard output. */
  print(text: string): void;
  /** A line on standard error, beside the progress. */
  tell?(line: string): void;
  /** Calls back when the user wants to break off (Ctrl-C). */
  onInterrupt?(listener: () => void): void;
}

export const call = <N extends JobName>(
  { worker, events }: Shell,
  name: N,
  args: JobTable[N]['args'],
  partial?: (update: JobTable[N]['partial']) => void,
) => runJob(name, args, worker, { ...events, ...(partial && { partial }) });

export const openModel = ({ files, signature }: Arguments, shell: Shell) =>
  call(shell, 'openModel', {
    files: readPaths(files),
    ...(signature === undefined ? {} : { signature }),
  });

export async function inspect(args: Arguments, shell: Shell): Promise<void> {
  const model = await openModel(args, shell);
  shell.print(args.json ? toJson(inspection(model)) : modelText(model));
}

export async function quantize(args: Arguments, shell: Shell): Promise<void> {
  const model = await openModel(args, shell);
  const request: QuantizeRequest = {
    ...{
      model,
      samples: await samplesFor(args),
      recipe: withRepairs(recipeFor(args), args, model),
    },
    measure: { isolated: !args.fast, latency: !args.fast, sensitivity: !args.fast },
    ...(args.sensitivity === undefined ? {} : { sensitivitySamples: args.sensitivity }),
  };
  const print = args.json ? undefined : (text: string) => shell.print(text);
  const run = args.budget
    ? await quantizedWithin(args.budget, request, { ...shell, print })
    : await call(shell, 'quantize', request);
  const { made } = run;
  tellLeftOut(args, run, shell);
  const border = made.plan!.io;
  writeWhole(args.out!, await call(shell, 'exportRun', { made, border }));
  if (args.report) writeWhole(args.report, runReport(run));
  if (args.csv) writeWhole(args.csv, layersCsv(run));
  shell.print(
    args.json
      ? runReport(run)
      : issuesText(made) +
          checksText(made.samples.checks) +
          repairedText(made) +
          runText(run, args.out!),
  );
}

/** With the repairs that --repair names. */
export function withRepairs(recipe: Recipe, args: Arguments, model: OpenedModel): Recipe {
  const steps = repairSteps(args.repairs, model.optimized, args.seed);
  return steps.length === 0 ? recipe : changed(recipe, { steps });
}

/** The model by every calibration method: one row each, nothing is written. */
export async function calibrateAllMethods(args: Arguments, shell: Shell): Promise<void> {
  const model = await openModel(args, shell);
  const samples = await samplesFor(args);
  const runs = [];
  for (const { id } of observers) {
    const calibration = defaultCalibration(id);
    const recipe = recipeFor({ ...args, calibration });
    if (!needsCalibration(recipe)) {
      throw new IntactError(
        'usage',
        `"${recipe.name}" has no integer activations, so there is nothing to calibrate. Choose a scheme with int8 or int16 activations.`,
      );
    }
    const measure = { isolated: false, latency: false, sensitivity: false };
    const run = await call(shell, 'quantize', { model, samples, recipe, measure });
    runs.push({ calibration: calibrationLabel(calibration), run });
  }
  if (!args.json) return shell.print(calibrationsText(runs));
  const rows = runs.map(({ calibration, run: { figures } }) => ({
    calibration,
    float: figures.float.scores,
    scores: figures.whole.scores,
    likeness: figures.likeness,
    alarms: figures.alarms.length,
  }));
  shell.print(toJson(rows));
}

export async function evaluate(args: Arguments, shell: Shell): Promise<void> {
  const model = await openModel(args, shell);
  // Nothing is calibrated here: without a test part of its own, the whole set is evaluated.
  const samples = await samplesFor({ ...args, samples: 0 });
  const started = performance.now();
  const run = await call(shell, 'evaluate', { model, samples, measure: { latency: false } });
  const { evaluated } = run.figures.counts;
  const msPerSample = (performance.now() - started) / Math.max(1, evaluated);
  shell.print(
    args.json
      ? runReport(run, { msPerSample })
      : issuesText(run.made) + checksText(run.made.samples.checks) + scoreText(run, msPerSample),
  );
}

export async function samplesFor(args: Arguments): Promise<SamplesRequest> {
  const { samples, evaluation, seed } = args;
  return {
    source: args.data.length > 0 ? await filesSource(args) : syntheticSource(seed),
    roles: { calibration: samples, seed, ...(evaluation === undefined ? {} : { evaluation }) },
  };
}

async function filesSource(args: Arguments): Promise<DataSource> {
  const files = sourcesOf(args.data);
  const evaluation = sourcesOf(args.evaluationData);
  const labels: Choices = args.labels === undefined ? {} : { labels: readText(args.labels) };
  const apart = evaluation.map(({ path, bytes }) => ({ path: `evaluation/${path}`, bytes }));
  return {
    kind: 'files',
    name: args.data.join(', '),
    key: await filesKey([...files, ...apart]),
    files,
    ...(evaluation.length > 0 ? { evaluation } : {}),
    choices: { ...args.choices, ...labels },
  };
}

export function recipeFor(args: Arguments): Recipe {
  const { leaveOut } = args;
  return leaveOut.length > 0 ? changed(statedRecipe(args), { leaveOut }) : statedRecipe(args);
}

/** Keys that name no calibration sample leave nothing out: said, since a key may be mistyped. */
export function tellLeftOut({ leaveOut }: Arguments, { made }: Run, shell: Shell): void {
  const calibrating = made.samples.roles.find(({ role }) => role === 'calibration')?.count ?? 0;
  const out = made.stats ? calibrating - made.stats.samples : 0;
  if (out < leaveOut.length)
    shell.tell?.(
      `--leave-out: ${out} of ${leaveOut.length} keys name a calibration sample of this run; the others leave nothing out.`,
    );
}

function statedRecipe({ scheme, target, calibration, io, recipe }: Arguments): Recipe {
  const options = { target, calibration, io };
  if (recipe === undefined) return stockRecipe(scheme, options);
  if (isRecipeName(recipe)) return namedRecipe(recipe, options);
  return readRecipeJson(readText(recipe), recipe, options);
}
