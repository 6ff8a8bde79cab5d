/**
 * recipe → int8 graph → figures. Sends the run as soon as the charts can be drawn and again as figures
 * come in; resolves with the finished one, or with what there is when it was asked to stop.
 */
import { findingsOf } from '../../analysis/findings';
import { scoringOf } from '../../analysis/score';
import { IntactError } from '../../model/error';
import { mixedPlan, withoutOverrides } from '../../quant/mixed';
import { needsCalibration } from '../../quant/recipe';
import type { Recipe } from '../../quant/types';
import { recipeKey } from '../../run/keys';
import type { Made, PendingFigure, Run } from '../../run/types';
import type { Roles } from '../../data/samples';
import { withoutLeftOut } from '../data/leftOut';
import type { Job, JobContext } from '../job';
import { draftRun, madeOf } from '../made';
import { withAnswering } from '../measure/answering';
import { comparedSamples, evaluateInTurn } from '../measure/evaluation';
import type { EvaluationEngine } from '../measure/evaluationEngine';
import { gpuLatency } from '../measure/gpuLatency';
import { growing } from '../measure/growing';
import { isMeasurable, layersAlone } from '../measure/isolated';
import { latencies } from '../measure/latency';
import type { Measured } from '../measure/measured';
import { everySensitivity, everySensitivityInBatches } from '../measure/sensitivities';
import { runnable } from '../prepared';
import { phases } from '../progress';
import { withInputShapes } from '../resized';
import { refuseQuantized, refuseUnrunnable } from '../refuse';
import type { QuantizeRequest, QuantizeUpdate } from '../types';
import { carriedOut } from './making';
import { measuringSplit } from './measuring';

/** Relative time of each phase. */
const weights = { calibrate: 4, steps: 40, evaluate: 5, latency: 3, alone: 8 };

export const quantize: Job<'quantize'> = async (request, context) => {
  const { model, recipe, from, measure } = request;
  refuseQuantized(model);
  refuseUnrunnable(model, 'be quantized');
  const opened = await context.openSamples(request.samples, model);
  const roles = await withoutLeftOut(opened, recipe);
  refuseTooFew(request, roles);
  const report = phases(context.events, {
    calibrate: needsCalibration(recipe) ? weights.calibrate : 0,
    steps: recipe.steps.length * weights.steps,
    evaluate: weights.evaluate,
    latency: measure.latency ? weights.latency : 0,
    alone: measure.sensitivity ? weights.alone : 0,
  });
  const backend = await context.backend();
  const earlier = from?.made.splits ?? [];
  const measuring = measuringSplit(
    {
      ...{ samples: opened.samples, needs: opened.needs },
      scorings: scoringOf(opened.samples.targets, opened.needs, opened.samples.synthetic),
      original: withInputShapes(model.optimized, opened.samples.inputShapes),
    },
    earlier,
  );
  const before = from && (sameRules(from.made, recipe) ?? mixtureOf(from.made, recipe));
  const start = from?.made.graph ?? measuring.original;
  const {
    fakeQuant,
    constants,
    measuring: left,
    ...done
  } = await carriedOut(start, {
    ...{ ...measuring, recipe, roles, backend, context, report },
    ...{ resume: request.resume, before, keepAsIs: request.keepAsIs },
  });
  const { samples, scorings, original: opening } = left;
  const splits = [...earlier, ...(done.splits ?? [])];
  const carried = { ...done, ...(splits.length > 0 ? { splits } : {}) };
  const made = madeOf({
    ...{ ...carried, model, opened, backend, from: from?.id },
    ...(request.repair ? { repair: request.repair } : {}),
  });
  const run = growing(draftRun(made, opening, pendingOf(measure)), context.events);
  if (fakeQuant) run.set({ fakeQuant });
  run.setEvidence({ halves: halvesOf(made) });
  const float = runnable(made.graph);
  const models = {
    float,
    quantized: runnable(made.converted),
    original: made.graph === opening ? float : runnable(opening),
  };
  const measurable = made.layers.filter(isMeasurable).map(({ id }) => id);
  const alone = measure.isolated || measure.sensitivity;
  const layers = alone ? layersAlone(carried, measurable, constants) : [];
  const key = `${model.key} ${recipeKey(made.recipe!)}`;
  const next = roles.evaluation[comparedSamples(models)];
  const sample = next === undefined ? undefined : await samples.read(next);
  await withAnswering({ ...models, sample, key }, context, async (answering, engine) => {
    const measured: Measured = {
      ...{ context, report, backend, samples, roles, scorings, answering },
      ...{ ...models, growing: run },
    };
    await evaluateInTurn(measured, measure.isolated ? layers : []);
    if (measure.latency && !context.stop.stopped) await timed(measured, engine);
    if (!measure.sensitivity || context.stop.stopped) return;
    if (engine.floats) await everySensitivityInBatches(measured, carried, engine);
    else await everySensitivity(measured, layers, request.sensitivitySamples);
  });
  run.set({ findings: findingsOf(run.run) });
  context.events.progress({ label: 'Done', fraction: 1 });
  return finished(run.run, context);
};

/** Plan and statistics of a run whose rules, target and calibration are the recipe's: nothing is planned anew. */
function sameRules({ recipe, plan, stats }: Made, asked: Recipe) {
  if (!recipe || !plan) return undefined;
  const rules = (one: Recipe) => recipeKey({ ...one, steps: [] });
  if (rules(recipe) !== rules(asked)) return undefined;
  const learned = recipe.steps.some(({ kind }) => kind === 'train');
  return { plan, learned, ...(stats ? { stats } : {}) };
}

/** Plan of a mixture of a run's precisions: what its steps settled stays so. */
function mixtureOf({ graph, recipe, plan, stats }: Made, asked: Recipe) {
  if (!recipe || !plan || !stats || asked.steps.length > 0) return undefined;
  const ground = (one: Recipe) => recipeKey({ ...withoutOverrides(one), steps: [], io: 'float32' });
  if (ground(recipe) !== ground(asked)) return undefined;
  return { plan: mixedPlan(graph, asked, stats, plan), stats, learned: true };
}

function pendingOf(measure: QuantizeRequest['measure']): readonly PendingFigure[] {
  const asked = (['latency', 'isolated', 'sensitivity'] as const).filter((one) => measure[one]);
  return ['score', ...asked];
}

/** A stopped job's run waits for nothing more. */
function finished(run: Run, { stop }: JobContext<QuantizeUpdate>): Run {
  return stop.stopped ? { ...run, pending: [] } : run;
}

/** How far the two halves of the calibration samples are apart, by value. */
function halvesOf({ stats }: Made): Readonly<Record<string, number>> {
  const all = Object.entries(stats?.values ?? {});
  return Object.fromEntries(
    all.flatMap(([name, { halves }]) => (halves === undefined ? [] : [[name, halves]])),
  );
}

function refuseTooFew({ recipe }: QuantizeRequest, roles: Roles): void {
  const none = needsCalibration(recipe) && roles.calibration.length === 0;
  if (none || roles.evaluation.length === 0)
    throw new IntactError('bad-data', 'There are no samples to calibrate or evaluate with.');
}

/** Float and quantized in turn: whole and layer by layer. */
async function timed(
  { growing: run, samples, roles, ...measured }: Measured,
  engine: EvaluationEngine,
): Promise<void> {
  const { float, quantized, backend, context, report } = measured;
  const sample = await samples.read(roles.evaluation[0]!);
  const [before, after] = await latencies([float, quantized], sample, {
    ...{ backend, share: context.share, report: report.latency },
  });
  run.setLayers(
    new Map(
      run.run.made.layers.map(({ id }) => [
        id,
        { msFloat: before!.layers.get(id), msQuantized: after!.layers.get(id) },
      ]),
    ),
  );
  if (engine.computed.backend === 'webgpu')
    run.setLayers(await gpuLatency(quantized, sample, engine.backend, context.share));
  const { whole, float: floatWhole } = run.run.figures;
  run.set({
    whole: { ...whole, ms: after!.total },
    float: { ...floatWhole, ms: before!.total },
  });
  run.done('latency');
  run.publish('now');
}
