import { macs, energy, parameters } from '../analysis/cost';
import { layerDetails } from '../analysis/details';
import { Scorer, taskOfGraph, type Task } from '../analysis/score';
import { constantBytes } from '../analysis/size';
import type { LayerResult, Score, TensorError } from '../analysis/types';
import { timeInTurn } from '../engine/benchmark';
import type { Backend } from '../engine/engine';
import { IntactError } from '../model/error';
import type { Graph } from '../model/graph';
import { convert } from '../quant/convert';
import { plan as planOf } from '../quant/plan';
import { calibrate } from '../quant/stats';
import type { Plan, Recipe, Stats } from '../quant/types';
import { accumulatedError } from './accumulated';
import { engine } from './engine';
import { fileOf } from './export';
import { feedsOf, type Feeds } from './feeds';
import { prepare, type Prepared } from './prepared';
import { layerSensitivity } from './sensitivity';
import { floatActivations, samplesThatFit } from './floatActivations';
import type { JobEvents, QuantizeRequest, Run } from './types';

/** Samples whose every layer is compared before the first charts are drawn, and in all. */
const FIRST_LOOK = 8;
const COMPARED = 64;
/** No more are compared after this long: comparing every activation of a large model costs more than running it. */
const COMPARING_MS = 3_000;
/** Time that the layer-by-layer measurement may take, and its bounds in samples per layer. */
const SENSITIVITY_BUDGET_MS = 20_000;
const SENSITIVITY_SAMPLES = { least: 8, most: 256 } as const;
const LATENCY_BUDGET_MS = 4_000;
const PARTIAL_EVERY_MS = 700;

/** Share of the whole job, for the progress bar. */
const phases = {
  calibrate: [0, 0.2],
  evaluate: [0.2, 0.45],
  latency: [0.45, 0.6],
  sensitivity: [0.6, 1],
} as const;

/** True when the recipe needs activation ranges. */
export function needsCalibration(recipe: Recipe): boolean {
  return recipe.rules.some((rule) => rule.op_config.activation_tensor_config !== undefined);
}

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

interface Job {
  readonly request: QuantizeRequest;
  readonly events: JobEvents;
  readonly backend: Backend;
  readonly feeds: Feeds;
  readonly float: Prepared;
  readonly quantized: Prepared;
  readonly task: Task;
  readonly stats: Stats | undefined;
  run: Run;
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

function reporter(events: JobEvents, [from, to]: readonly [number, number]) {
  return (label: string, done: number, total: number) => {
    events.progress({ label, fraction: from + ((to - from) * done) / Math.max(1, total) });
  };
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

function draftRun(
  { model, samples, recipe, measure }: QuantizeRequest,
  backend: Backend,
  made: { stats: Stats | undefined; plan: Plan; converted: Graph },
): Run {
  const graph = model.optimized;
  const { plan, converted, stats } = made;
  const floatBytes = constantBytes(graph);
  const bytes = constantBytes(converted);
  const twins = new Map(converted.nodes.map((node) => [node.name, node]));
  const layers = graph.nodes.map((node): LayerResult => {
    const work = macs(graph, node);
    const twin = twins.get(node.name);
    const layer = graph.layers[node.layer];
    return {
      id: node.name,
      layer: layer?.name ?? node.name,
      type: layer?.type ?? node.op,
      op: node.op,
      output: graph.values[node.outputs[0]!]!.name,
      outputShape: graph.values[node.outputs[0]!]!.shape,
      params: parameters(graph, node),
      macs: work,
      scheme: plan.nodes[node.name]?.scheme ?? 'float32',
      why: plan.nodes[node.name]?.why ?? '',
      bytesFloat: floatBytes.get(node.name) ?? 0,
      bytesQuantized: bytes.get(node.name) ?? 0,
      energyFloat: energy(graph, node, work),
      energyQuantized: twin ? energy(converted, twin, work) : { compute: 0, memory: 0 },
    };
  });
  const unknown: Score = {
    kind: 'accuracy',
    value: NaN,
    unit: '%',
    samples: 0,
    synthetic: samples.dataset.synthetic,
  };
  return {
    id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    createdAt: Date.now(),
    modelName: model.name,
    recipe,
    ...(stats ? { stats } : {}),
    plan,
    graph: converted,
    floatScore: unknown,
    score: unknown,
    agreement: unknown,
    fileBytes: fileOf(converted).length,
    floatFileBytes: fileOf(graph).length,
    energyFloat: total(graph),
    energyQuantized: total(converted),
    layers,
    details: layerDetails(graph, plan, stats),
    issues: model.issues,
    engine: backend.label,
    samples: {
      calibration: needsCalibration(recipe) ? samples.split.calibration.length : 0,
      evaluation: samples.split.evaluation.length,
      synthetic: samples.dataset.synthetic,
    },
    pending: [
      'score',
      ...(measure.latency ? ['latency'] : []),
      ...(measure.isolated ? ['isolated'] : []),
      ...(measure.sensitivity ? ['sensitivity'] : []),
    ],
  };
}

function total(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => {
    const { compute, memory } = energy(graph, node, macs(graph, node));
    return sum + compute + memory;
  }, 0);
}

function withLayers(run: Run, change: (layer: LayerResult) => Partial<LayerResult>): Run {
  return { ...run, layers: run.layers.map((layer) => ({ ...layer, ...change(layer) })) };
}

function without(run: Run, ...done: string[]): Run {
  return { ...run, pending: run.pending.filter((name) => !done.includes(name)) };
}

/** Scores on all evaluation samples; accumulated error per layer on the first of them. */
async function evaluate(job: Job): Promise<void> {
  const { request, events, float, quantized, task } = job;
  const { dataset, split } = request.samples;
  const report = reporter(events, phases.evaluate);
  const floatScorer = new Scorer(task, dataset);
  const scorer = new Scorer(task, dataset);
  const likeness: Task =
    task === 'classes' || task === 'agreement' ? 'agreement' : 'reconstruction';
  const agreement = new Scorer(likeness, dataset);
  const errors = accumulatedError(float, quantized);
  const chosen = split.evaluation;
  const started = performance.now();
  const comparing = (position: number) =>
    position < FIRST_LOOK || (position < COMPARED && performance.now() - started < COMPARING_MS);
  const publish = () => {
    const accumulated = errors.results();
    job.run = {
      ...withLayers(job.run, ({ id }) => {
        const error: TensorError | undefined = accumulated.get(id);
        return error ? { accumulated: error } : {};
      }),
      floatScore: floatScorer.score(),
      score: scorer.score(),
      agreement: agreement.score(),
    };
    events.partial?.(job.run);
  };
  let last = performance.now();
  for (const [position, sample] of chosen.entries()) {
    const outputs = comparing(position)
      ? await errors.add(sample)
      : { float: await float.run(sample), quantized: await quantized.run(sample) };
    floatScorer.add(sample, outputs.float, outputs.float);
    scorer.add(sample, outputs.quantized, outputs.float);
    agreement.add(sample, outputs.quantized, outputs.float);
    const first = position + 1 === Math.min(FIRST_LOOK, chosen.length);
    if (first || performance.now() - last > PARTIAL_EVERY_MS) {
      last = performance.now();
      report(`Evaluating: sample ${position + 1} of ${chosen.length}`, position + 1, chosen.length);
      publish();
    }
  }
  job.run = without(job.run, 'score');
  publish();
}

/** Median latency of every layer and of the whole, float and quantized in turn in one engine. */
async function latencies(job: Job): Promise<void> {
  const { backend, request, feeds, float, quantized, events } = job;
  const report = reporter(events, phases.latency);
  report('Measuring latency', 0, 1);
  const sample = request.samples.split.evaluation[0]!;
  const executables = await Promise.all(
    [float.graph, quantized.graph].map((graph) => backend.prepare(graph, { keepAll: true })),
  );
  try {
    const [timesFloat, timesQuantized] = await timeInTurn(
      executables.map((executable) => ({ executable, feeds: feeds(executable.graph, sample) })),
      {
        budgetMs: LATENCY_BUDGET_MS,
        onProgress: (fraction) => {
          report('Measuring latency', fraction, 1);
        },
      },
    );
    const byName = (graph: Graph, times: readonly number[]) =>
      new Map(graph.nodes.map((node, index) => [node.name, times[index]!]));
    const before = byName(float.graph, timesFloat!.layers);
    const after = byName(quantized.graph, timesQuantized!.layers);
    job.run = {
      ...without(
        withLayers(job.run, ({ id }) => ({
          msFloat: before.get(id),
          msQuantized: after.get(id),
        })),
        'latency',
      ),
      msFloat: timesFloat!.total,
      msQuantized: timesQuantized!.total,
    };
    events.partial?.(job.run);
  } finally {
    for (const executable of executables) executable.dispose();
  }
}

/** Each quantized layer alone: error at its output, and the change of the score. */
async function sensitivities(job: Job): Promise<void> {
  const { request, events, backend, float, task, stats } = job;
  const report = reporter(events, phases.sensitivity);
  const layers = job.run.layers.filter(
    (layer) => layer.scheme !== 'float32' && measurable(layer.op),
  );
  const evaluation = request.samples.split.evaluation;
  const started = performance.now();
  await float.run(evaluation[0]!);
  const once = Math.max(0.05, performance.now() - started);
  // A layer alone costs half a run on average: only what it reaches is computed.
  const affordable = Math.floor(SENSITIVITY_BUDGET_MS / (once * Math.max(1, layers.length / 2)));
  const count = Math.min(
    SENSITIVITY_SAMPLES.most,
    Math.max(SENSITIVITY_SAMPLES.least, affordable),
    samplesThatFit(float),
    evaluation.length,
  );
  report(`Keeping the float model's numbers on ${count} samples`, 0, 1);
  const activations = await floatActivations(float, evaluation.slice(0, count));
  job.run = { ...job.run, samples: { ...job.run.samples, alone: count } };
  let last = performance.now();
  for (const [position, layer] of layers.entries()) {
    report(
      `Layer ${position + 1} of ${layers.length} alone, on ${count} samples: ${layer.id}`,
      position,
      layers.length,
    );
    const { isolated, change } = await layerSensitivity(layer.id, {
      backend,
      graph: float.graph,
      activations,
      dataset: request.samples.dataset,
      recipe: request.recipe,
      stats,
      task,
    });
    job.run = withLayers(job.run, ({ id }) =>
      id === layer.id ? { isolated, sensitivity: change } : {},
    );
    if (performance.now() - last > PARTIAL_EVERY_MS) {
      last = performance.now();
      events.partial?.(job.run);
    }
  }
  job.run = without(job.run, 'isolated', 'sensitivity');
}

/** Nodes that only relabel or move bytes lose nothing of their own. */
function measurable(op: string): boolean {
  return op !== 'RESHAPE' && op !== 'SQUEEZE' && op !== 'EXPAND_DIMS' && op !== 'TRANSPOSE';
}
