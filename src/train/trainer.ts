/** Sets a training up: checks, compiles, finds out whether the graph takes batches, opens workers. */
import { IntactError } from '../model/error';
import type { Graph } from '../model/graph';
import { gathered, type BatchSource } from './batches';
import { createGradientWorker, type GradientWorker, type WorkerSetup } from './gradientWorker';
import { headsOf } from './heads';
import { begin, runLoop, type Loop } from './loop';
import { createVectors } from './optimize/vectors';
import { initialVector } from './parameters';
import { compile, type Program } from './program';
import { inputSizes } from './runtime';
import { isImage } from './augment';
import type { Trainer, TrainRequest } from './types';

/** Floats of the float model's outputs that are kept in memory. */
const REMEMBERED_LIMIT = 16 * 2 ** 20;

function refuse({ graph, samples, options }: TrainRequest, program: Program): void {
  const bad = (message: string) => new IntactError('bad-data', message);
  if (samples.count === 0) throw bad('There are no samples to train with.');
  if (program.heads.length === 0)
    throw new IntactError(
      'unsupported',
      `"${graph.name}" can't be trained: none of its outputs is a float number that a gradient could start from.`,
    );
  if (program.layout.weightsSize === 0) {
    const why = program.frozen.map((frozen) => `"${frozen.node}" (${frozen.why})`).slice(0, 5);
    throw new IntactError(
      'unsupported',
      `Nothing in "${graph.name}" can be trained${why.length > 0 ? `: ${why.join(', ')}` : ', because no layer has weights'}. Thaw a layer, or quantize without training.`,
      { list: program.frozen },
    );
  }
  if (options.loss !== 'labels' || !samples.target) return;
  const head = program.heads[0]!;
  const { shape } = graph.values[head.value]!;
  const classes = Math.max(2, shape[shape.length - 1] ?? 1);
  const seen = new Set<number>();
  for (let index = 0; index < samples.count; index++) {
    const label = samples.target(index);
    if (typeof label !== 'number') return;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw bad(
        `Sample ${index} has the label ${label}, but the model knows the classes 0 to ${classes - 1}. Choose the data that belongs to this model.`,
      );
    seen.add(label);
  }
  if (seen.size === 1)
    throw bad(
      `All ${samples.count} training samples are of class ${[...seen][0]}: the model would learn to say nothing else. Add samples of the other classes, or train by distillation.`,
    );
}

/** The model that is learned from; its heads must be the student's. */
function teacherOf({ graph, teacher = graph }: TrainRequest): Graph {
  const shapes = (of: Graph) =>
    headsOf(of)
      .map(({ value, kind }) => `${kind} ${of.values[value]!.shape.join()}`)
      .join('; ');
  if (teacher === graph || shapes(teacher) === shapes(graph)) return teacher;
  throw new IntactError(
    'usage',
    'The float model to learn from has other outputs than the model that is trained. Train by labels, or from the model itself.',
  );
}

/**
 * Whether samples can be passed together: the graph's own shapes are of one sample, and some graphs mix
 * the leading axis with others. Two samples together must give what they give alone.
 */
async function takesBatches(
  worker: GradientWorker,
  { samples }: TrainRequest,
  sizes: readonly number[],
): Promise<boolean> {
  if (samples.count < 2) return false;
  const run = async (indices: number[]) =>
    (
      await worker.outputs({
        inputs: await gathered(samples, indices, sizes),
        count: indices.length,
        model: 'trained',
      })
    ).outputs;
  const [first, second] = [await run([0]), await run([1])];
  try {
    const together = await run([0, 1]);
    return together.every((joined, output) => {
      const alone = [...first[output]!, ...second[output]!];
      const largest = alone.reduce((m, x) => Math.max(m, Math.abs(x)), 1e-30);
      // One step of an int8 grid: float32 sums may round to its other side.
      return (
        joined.length === alone.length &&
        joined.every((x, i) => Math.abs(x - alone[i]!) <= 0.02 * largest)
      );
    });
  } catch {
    return false;
  }
}

/**
 * Compiles and opens everything; nothing has been trained when it resolves.
 * @throws IntactError `unsupported` (nothing trains, an operator can't), `bad-data` (labels, samples),
 * `limit` (the backend does not start), `usage` (a checkpoint of something else)
 */
export async function createTrainer(request: TrainRequest): Promise<Trainer> {
  const { graph, plan, options, samples } = request;
  const program = compile(graph, plan, options);
  refuse(request, program);
  const usesTeacher = options.loss === 'distill' || (options.loss === 'mse' && !samples.target);
  const setup: WorkerSetup = {
    graph,
    plan,
    options: {
      frozenNodes: options.frozenNodes,
      ranges: options.ranges,
      weights: options.weights,
    },
    backend: request.backend ?? 'wasm',
    wasmPath: request.wasmPath,
    teacher: usesTeacher ? teacherOf(request) : undefined,
    numbers: options.loss === 'mse',
  };
  const workers = request.workers
    ? await request.workers(setup)
    : [await createGradientWorker(setup)];
  const sizes = inputSizes(program);
  const vectors = await createVectors(program.layout.size);
  await Promise.all(workers.map((worker) => worker.load(initialVector(program.layout))));
  const shape = graph.values[graph.inputs[0]!]!.shape;
  const augment = options.augment && isImage(shape) ? options.augment : undefined;
  const headSize = program.heads.reduce(
    (sum, { value }) => sum + graph.values[value]!.shape.reduce((a, b) => a * b, 1),
    0,
  );
  const keeps = usesTeacher && !augment && headSize * samples.count <= REMEMBERED_LIMIT;
  const batchable = await takesBatches(workers[0]!, request, sizes);
  const source: BatchSource = {
    samples,
    options: { ...options, augment, batch: Math.min(options.batch, samples.count) },
    microBatch: batchable ? Math.max(1, options.microBatch) : 1,
    sizes,
    shape,
    remembered: keeps ? new Map() : undefined,
    usesTeacher,
  };
  const loop: Loop = {
    request: { ...request, options: source.options },
    program,
    source,
    workers,
    vectors,
    spare: [],
  };
  const state = begin(loop);
  const { layout } = program;
  return {
    frozen: program.frozen,
    trainable: { weights: layout.weightsSize, scales: layout.size - layout.weightsSize },
    run: () => runLoop(loop, state),
    async outputs(given, taps = false) {
      const inputs = sizes.map((size, input) => {
        const whole = new Float32Array(size * given.length);
        given.forEach((sample, place) => whole.set(sample[input]!, place * size));
        return whole;
      });
      return workers[0]!.outputs({ inputs, count: given.length, model: 'trained', taps });
    },
    dispose() {
      for (const worker of workers) worker.dispose();
    },
  };
}
