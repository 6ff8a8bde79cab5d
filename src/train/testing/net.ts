/** A small net with every kind of rounding in it, planned as the studio plans it. */
import { createReferenceBackend } from '../../engine/reference';
import type { Graph, Tensor } from '../../model/graph';
import { builder, conv, numbers, plain } from '../../testing/graphs';
import { plan as planOf } from '../../quant/plan';
import { stockRecipe } from '../../quant/recipe';
import { calibrate } from '../../quant/stats';
import type { Plan, Recipe, SchemeId, TargetId } from '../../quant/types';
import type { TrainOptions } from '../options';
import type { TrainSamples } from '../types';

export const CLASSES = 5;
const SIZE = 8 * 8 * 3;

export function smallNet(): Graph {
  const b = builder();
  const scaled = (count: number, seed: number, by: number) =>
    numbers(count, seed).map((x) => x * by);
  const x = b.input('x', [1, 8, 8, 3]);
  const first = b.node(
    'CONV_2D',
    'first',
    conv({ padding: 'SAME', activation: 'RELU6' }),
    [
      x,
      b.constant('w1', [8, 3, 3, 3], scaled(216, 3, 0.6)),
      b.constant('b1', [8], scaled(8, 4, 0.3)),
    ],
    [1, 8, 8, 8],
  );
  const deep = b.node(
    'DEPTHWISE_CONV_2D',
    'deep',
    { ...conv({ padding: 'SAME', activation: 'RELU' }), depthMultiplier: 1 },
    [
      first,
      b.constant('w2', [1, 3, 3, 8], scaled(72, 5, 0.5)),
      b.constant('b2', [8], scaled(8, 6, 0.2)),
    ],
    [1, 8, 8, 8],
  );
  const point = b.node(
    'CONV_2D',
    'point',
    conv(),
    [
      deep,
      b.constant('w3', [8, 1, 1, 8], scaled(64, 7, 0.5)),
      b.constant('b3', [8], scaled(8, 8, 0.2)),
    ],
    [1, 8, 8, 8],
  );
  const sum = b.node('ADD', 'sum', { activation: 'RELU' }, [first, point], [1, 8, 8, 8]);
  const joined = b.node(
    'CONCATENATION',
    'joined',
    { axis: 3, ...plain },
    [sum, deep],
    [1, 8, 8, 16],
  );
  const pooled = b.node(
    'AVERAGE_POOL_2D',
    'pooled',
    { padding: 'VALID', strideH: 2, strideW: 2, filterH: 2, filterW: 2, activation: 'NONE' },
    [joined],
    [1, 4, 4, 16],
  );
  const small = b.node(
    'CONV_2D',
    'small',
    conv({ padding: 'SAME', strideH: 2, strideW: 2, activation: 'RELU' }),
    [
      pooled,
      b.constant('w4', [12, 3, 3, 16], scaled(1728, 9, 0.2)),
      b.constant('b4', [12], scaled(12, 10, 0.2)),
    ],
    [1, 2, 2, 12],
  );
  const mean = b.node(
    'MEAN',
    'mean',
    { keepDims: false },
    [small, b.integers('axes', [2], [1, 2])],
    [1, 12],
  );
  const logits = b.node(
    'FULLY_CONNECTED',
    'logits',
    { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false },
    [
      mean,
      b.constant('w5', [CLASSES, 12], scaled(60, 11, 1)),
      b.constant('b5', [CLASSES], scaled(5, 12, 0.1)),
    ],
    [1, CLASSES],
  );
  return b.graph([b.node('SOFTMAX', 'softmax', { beta: 1 }, [logits], [1, CLASSES])]);
}

export const sampleOf = (index: number): Float32Array => numbers(SIZE, index + 100);

export async function planned(
  graph: Graph,
  scheme: SchemeId | Recipe = 'int8',
  target?: TargetId,
): Promise<Plan> {
  const executable = await createReferenceBackend().prepare(graph);
  const feeds = (index: number): Tensor[] => [
    { shape: [1, 8, 8, 3], dtype: 'float32', data: sampleOf(index) },
  ];
  const stats = await calibrate(
    graph,
    (tensors, tap) => executable.run(tensors, tap),
    { length: 16, at: feeds },
    { method: 'minmax' },
  );
  return planOf(
    graph,
    typeof scheme === 'string' ? stockRecipe(scheme, target && { target }) : scheme,
    stats,
  );
}

export const samples = (count: number): TrainSamples => ({
  count,
  read: (index) => [sampleOf(index)],
  target: (index) => (index * 7) % CLASSES,
});

/** Two epochs of five steps, one of them short. */
export const options: TrainOptions = {
  epochs: 2,
  batch: 8,
  microBatch: 3,
  loss: 'distill',
  optimizer: 'relative',
  learningRate: 1e-2,
  scaleLearningRate: 1e-2,
  warmup: 0.1,
  schedule: 'cosine',
  freezeScalesLast: 1 / 3,
  augment: { shift: 1, flip: true },
  frozenNodes: [],
  ranges: 'learned',
  seed: 7,
  weights: 'mse',
  activations: 'searched',
  patience: 100,
  minSamplesToChoose: 1000,
  oscillations: 'auto',
};

/** The plan with 4-bit weights: same tensors, a coarser grid. */
export function fourBit(graph: Graph, plan: Plan): Plan {
  const values = { ...plan.values };
  for (const name of ['w1', 'w2', 'w3', 'w4', 'w5']) {
    const form = values[name]!;
    values[name] = { ...form, dtype: 'int4', scale: form.scale.map((s) => (s * 127) / 7) };
  }
  return { ...plan, values };
}
