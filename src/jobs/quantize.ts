import { taskOfGraph } from '../analysis/score';
import { IntactError } from '../model/error';
import { convert } from '../quant/convert';
import { plan as planOf } from '../quant/plan';
import { needsCalibration } from '../quant/recipe';
import { calibrate } from '../quant/stats';
import type { Stats } from '../quant/types';
import { sensitivities } from './alone';
import { draftRun } from './draft';
import { engine } from './engine';
import { evaluate } from './evaluating';
import { feedsOf, type Feeds } from './feeds';
import { latencies } from './latency';
import { phases, reporter, type Job } from './measuring';
import { prepare, type Prepared } from './prepared';
import type { JobEvents, QuantizeRequest, Run } from './types';

/**
 * recipe → stats → plan → int8 graph → figures. Emits the run as soon as the charts can be drawn and
 * again as figures come in; resolves with the finished one.
 */
export async function quantize(request: QuantizeRequest, events: JobEvents): Promise<Run> {
  const { model, samples, recipe, measure } = request;
  refuse(request);
  const backend = await engine();
  const graph = model.optimized;
  const feeds = feedsOf(samples, graph);
  const float = await prepare(backend, graph, feeds);
  let quantized: Prepared | undefined;
  try {
    const stats = await calibrated(request, float, feeds, events);
    const plan = planOf(graph, recipe, stats);
    const converted = convert(graph, plan);
    quantized = await prepare(backend, converted, feeds);
    const task = taskOfGraph(samples.dataset, graph);
    const draft = draftRun(request, backend, { stats, plan, converted });
    const job: Job = { request, events, backend, feeds, float, quantized, task, stats, run: draft };
    await evaluate(job);
    if (measure.latency) await latencies(job);
    if (measure.isolated || measure.sensitivity) await sensitivities(job);
    events.progress({ label: 'Done', fraction: 1 });
    return job.run;
  } finally {
    float.dispose();
    quantized?.dispose();
  }
}

function refuse({ model, samples }: QuantizeRequest): void {
  const { quantized, unsupported } = model.summary;
  if (quantized)
    throw new IntactError(
      'unsupported',
      `"${model.name}" is quantized already. Open the float model that it was made from to quantize it anew.`,
    );
  if (unsupported.length > 0)
    throw new IntactError(
      'unsupported',
      `"${model.name}" cannot be quantized: Intact does not know how to compute ${unsupported.join(', ')}.`,
      { list: unsupported },
    );
  if (samples.split.calibration.length === 0 || samples.split.evaluation.length === 0)
    throw new IntactError('bad-data', 'There are no samples to calibrate or evaluate with.');
}

async function calibrated(
  { recipe, samples }: QuantizeRequest,
  float: Prepared,
  feeds: Feeds,
  events: JobEvents,
): Promise<Stats | undefined> {
  if (!needsCalibration(recipe)) return undefined;
  const chosen = samples.split.calibration;
  const report = reporter(events, phases.calibrate);
  report(`Calibrating on ${chosen.length} samples`, 0, 1);
  return calibrate(
    float.graph,
    (tensors, tap) => float.executable.run(tensors, tap),
    { length: chosen.length, at: (index) => feeds(float.graph, chosen[index]!) },
    recipe.calibration,
    (done, total) => {
      report(`Calibrating: sample ${Math.min(done, total)} of ${total}`, done, total);
    },
  );
}
