/** intact train: what quantizing alone gives, the training, and the control where it is asked for. */
import { mcnemar } from '../analysis/significance';
import { primaryIndex } from '../analysis/score';
import { trainingNeed } from '../analysis/trainingNeed';
import type { OpenedModel, QuantizeRequest, QuantizeUpdate, SamplesRequest } from '../jobs/types';
import { layersCsv } from '../report/csv';
import { runReport } from '../report/json';
import { recipeKey } from '../run/keys';
import type { Run } from '../run/types';
import type { Arguments } from './arguments';
import { call, openModel, recipeFor, samplesFor, withRepairs, type Shell } from './commands';
import { checkpointFile, type CheckpointFile } from './checkpoint';
import { beside, writeWhole } from './outputs';
import { checksText, issuesText, repairedText, runText } from './text';

/** Evaluation samples where none are kept apart: half of the set, and no more than these. */
const MOST_EVALUATED = 2000;
const EVERY_MS = 5000;

export async function train(args: Arguments, shell: Shell): Promise<void> {
  const tell = (line: string) => shell.tell?.(line);
  const model = await openModel(args, shell);
  const samples = await dividedSamples(args, model, shell);
  const plain = withRepairs(recipeFor(args), args, model);
  const measured = { isolated: !args.fast, latency: !args.fast, sensitivity: !args.fast };
  const nothing = { isolated: false, latency: false, sensitivity: false };
  const base = { model, samples };
  const before = await call(shell, 'quantize', { ...base, recipe: plain, measure: nothing });
  const need = trainingNeed(before);
  if (need) tell(need.sentence);

  const make = (control: boolean): Promise<Run> => {
    const recipe: QuantizeRequest['recipe'] = {
      ...plain,
      name: control ? `${plain.name}, float trained (control)` : `${plain.name}, trained`,
      steps: [
        ...plain.steps,
        {
          kind: 'train',
          seed: args.seed,
          options: args.training,
          ...(args.trainingSamples === undefined ? {} : { samples: args.trainingSamples }),
          ...(control ? { control: true } : {}),
        },
      ],
    };
    const request = { ...base, recipe, measure: control ? nothing : measured };
    return trained(request, checkpointFile(args.checkpoint, control, keyOf(request)), shell);
  };
  const run = await make(false);
  const { made } = run;
  writeWhole(args.out!, await call(shell, 'exportRun', { made, border: made.plan!.io }));
  const float = beside(args.out!, 'float');
  writeWhole(float, await call(shell, 'exportRun', { made, border: 'float' }));
  if (args.report) writeWhole(args.report, runReport(run));
  if (args.csv) writeWhole(args.csv, layersCsv(run));
  const control = args.control ? await make(true) : undefined;
  if (control) {
    const file = beside(args.out!, 'control');
    const { made: own } = control;
    writeWhole(file, await call(shell, 'exportRun', { made: own, border: own.plan!.io }));
    if (args.report) writeWhole(beside(args.report, 'control'), runReport(control));
  }
  shell.print(
    args.json
      ? runReport(run)
      : issuesText(made) +
          checksText(made.samples.checks) +
          repairedText(made) +
          summary(before, run, control, float, need?.sentence) +
          runText(run, args.out!),
  );
}

/** Files that keep no part for evaluation lend half of their samples, so that there is something to train with. */
async function dividedSamples(
  args: Arguments,
  model: OpenedModel,
  shell: Shell,
): Promise<SamplesRequest> {
  const samples = await samplesFor(args);
  if (args.evaluation !== undefined) return samples;
  const { count, parts } = await call(shell, 'openData', { model, samples });
  if (parts) return samples;
  const evaluation = Math.max(1, Math.min(MOST_EVALUATED, Math.floor(count / 2)));
  return { ...samples, roles: { ...samples.roles, evaluation } };
}

const keyOf = ({ model, recipe, samples }: Pick<QuantizeRequest, 'model' | 'recipe' | 'samples'>) =>
  JSON.stringify([
    model.key,
    recipeKey(recipe),
    samples.source.key,
    samples.source.choices,
    samples.roles,
  ]);

async function trained(
  request: QuantizeRequest,
  file: CheckpointFile | undefined,
  shell: Shell,
): Promise<Run> {
  const tell = (line: string) => shell.tell?.(line);
  const resume = file?.read();
  if (resume) tell(`Going on from step ${resume.step} of ${resume.steps}, kept in ${file!.place}.`);
  let kept = resume?.step;
  shell.onInterrupt?.(() => {
    tell(
      !file
        ? 'Broken off; nothing is kept. Name a folder with --checkpoint to be able to go on.'
        : kept === undefined
          ? 'Broken off before the first checkpoint: nothing is kept yet.'
          : `Broken off. The checkpoint of step ${kept} is kept in ${file.place}: run the same command again to go on from it.`,
    );
  });
  const hear = progressLines(tell);
  const run = await call(shell, 'quantize', { ...request, ...(resume && { resume }) }, (update) => {
    hear(update);
    if (update.kind !== 'checkpoint' || !file) return;
    file.write(update);
    kept = update.step;
  });
  file?.remove();
  return run;
}

/** One line an epoch, and one now and then within a long one. */
function progressLines(tell: (line: string) => void): (update: QuantizeUpdate) => void {
  let said = -1;
  let last = performance.now();
  return (update) => {
    if (update.kind !== 'training') return;
    const { step, steps, loss, log, samplesPerSecond, msLeft, backend, workers } = update;
    const epoch = log.at(-1);
    const fresh = epoch !== undefined && epoch.epoch !== said;
    if (!fresh && performance.now() - last < EVERY_MS) return;
    last = performance.now();
    if (fresh) said = epoch.epoch;
    if (step === 0 && said <= 0) {
      tell(
        `Training on ${backend}, ${workers} ${workers === 1 ? 'worker' : 'workers'}: ${update.workersWhy}.`,
      );
      for (const note of update.notes) tell(note);
    }
    const parts = [
      fresh ? `epoch ${epoch.epoch} of ${update.epochs}` : `step ${step} of ${steps}`,
      ...(fresh && epoch.loss !== undefined ? [`loss ${epoch.loss.toPrecision(4)}`] : []),
      ...(!fresh && loss !== undefined ? [`loss ${loss.toPrecision(4)}`] : []),
      ...(fresh && epoch.selectionLoss !== undefined
        ? [`selection loss ${epoch.selectionLoss.toPrecision(4)}`]
        : []),
      ...(fresh && epoch.selectionAccuracy !== undefined
        ? [`integer accuracy ${epoch.selectionAccuracy.toFixed(2)} % on the selection samples`]
        : []),
      ...(samplesPerSecond === undefined ? [] : [`${Math.round(samplesPerSecond)} samples/s`]),
      ...(msLeft === undefined ? [] : [`${Math.ceil(msLeft / 1000)} s left`]),
    ];
    tell(parts.join(', '));
  };
}

function summary(
  before: Run,
  run: Run,
  control: Run | undefined,
  float: string,
  need: string | undefined,
): string {
  const output = primaryIndex(run.figures.whole.scores);
  const score = ({ figures }: Run) => {
    const one = figures.whole.scores[output];
    return one ? `${one.label} ${one.value.toFixed(2)}${one.unit && ` ${one.unit}`}` : 'no score';
  };
  const compared = (a: Run, b: Run) => mcnemar(a.figures.samples, b.figures.samples, output);
  const against = (a: Run) => {
    const answers = compared(a, run);
    return answers.samples > 0 ? ` ${answers.sentence}` : '';
  };
  const { chosen, notes, frozen, epochs } = run.made.log!;
  const lines = [
    ...(need ? [need] : []),
    `quantized alone: ${score(before)}`,
    `trained:         ${score(run)}; against quantized alone:${against(before)}`,
    ...(control
      ? [
          `control:         ${score(control)} (float trained as long, then quantized); trained against it:${against(control)}`,
        ]
      : []),
    `epoch ${chosen.epoch} of ${epochs.at(-1)!.epoch} was taken: ${chosen.why}.`,
    ...notes,
    ...frozen.map(({ node, why }) => `frozen: ${node} (${why})`),
    `trained float weights: ${float}`,
  ];
  return `${lines.join('\n')}\n\n`;
}
