/**
 * recipe → int8 graph → figures. Sends the run as soon as the charts can be drawn and again as figures
 * come in; resolves with the finished one, or with what there is when it was asked to stop.
 */
import { scoringOf } from '../../analysis/score';
import { IntactError } from '../../model/error';
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

/** Relative time of each phase. */
const weights = { calibrate: 4, steps: 40, evaluate: 5, latency: 3, alone: 8 };

export const quantize: Job<'quantize'> = async (request, context) => {
  const { model, recipe, from, measure } = request;
  refuseQuantized(model);
  refuseUnrunnable(model, 'be quantized');
  const opened = await context.openSamples(request.samples, model);
  const { samples, needs } = opened;
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
  const scorings = scoringOf(samples.targets, needs, samples.synthetic);
  const opening = withInputShapes(model.optimized, samples.inputShapes);
  const before = from && sameRules(from.made, recipe);
  const { fakeQuant, constants, ...carried } = await carriedOut(from?.made.graph ?? opening, {
    ...{ recipe, samples, roles, scorings, backend, context, report, needs },
    ...{ original: opening, resume: request.resume, before },
    keepAsIs: request.keepAsIs,
  });
  const made = madeOf({
    ...{ ...carried, model, opened, backend, from: from?.id },
    ...(request.repair ? { repair: request.repair } : {}),
  });
  const run = growing(draftRun(made, opening, pendingOf(measure)), context.events);
  if (fakeQuant) run.set({ fakeQuant });
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

function pendingOf(measure: QuantizeRequest['measure']): readonly PendingFigure[] {
  const asked = (['latency', 'isolated', 'sensitivity'] as const).filter((one) => measure[one]);
  return ['score', ...asked];
}

/** A stopped job's run waits for nothing more. */
function finished(run: Run, { stop }: JobContext<QuantizeUpdate>): Run {
  return stop.stopped ? { ...run, pending: [] } : run;
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
