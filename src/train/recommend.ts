/** Options that work untouched: from the plan, the model's memory and the samples alone. */
import { byteSize, type Graph } from '../model/graph';
import type { Plan } from '../quant/types';
import { isImage } from './augment';
import { headsOf } from './heads';
import type { TrainOptions } from './options';
import { weightLayouts } from './ops/linear';
import { formOf } from './program';
import { isInteger } from './scaleClasses';

/** Activation bytes of one sample up to which a whole batch is one pass: dense nets. */
const SMALL = 64 * 1024;
/** Bytes that a pass may take; activations are held about four times (before and after, gradients). */
const PASS_BYTES = 512 * 2 ** 20;
const HELD = 4;

/** Samples per pass, from the model's memory alone: the whole batch for dense nets, 8 and fewer for others. */
export function microBatchFor(graph: Graph, batch: number): number {
  const total = graph.values.reduce(
    (sum, { data, dtype, shape }) => sum + (data ? 0 : byteSize(dtype, shape)),
    0,
  );
  if (total <= SMALL) return batch;
  let size = 8;
  while (size > 1 && size * total * HELD > PASS_BYTES) size /= 2;
  return Math.min(size, batch);
}

/** What the weights of integer layers are stored in. */
function weightForms(graph: Graph, plan: Plan) {
  const forms = graph.nodes.flatMap((node) => {
    const layout = weightLayouts[node.op];
    const value = layout && graph.values[node.inputs[layout.weights] ?? -1];
    if (!value?.data || !isInteger(plan, node)) return [];
    const form = formOf(plan, node, value)?.form;
    return form ? [{ form, convolution: node.op !== 'FULLY_CONNECTED' }] : [];
  });
  const convolutions = forms.filter(({ convolution }) => convolution);
  return {
    four: forms.some(({ form }) => form.dtype === 'int4'),
    /** Per tensor although the scheme has channels: dense layers always have one scale. */
    perTensor: convolutions.some(({ form }) => form.scale.length === 1 && form.dtype !== 'int4'),
  };
}

export interface RecommendFrom {
  readonly graph: Graph;
  readonly plan: Plan;
  /** Training samples. */
  readonly samples: number;
  /** The samples' targets, if they have any. */
  readonly targets: 'classes' | 'numbers' | 'none';
  /** How far the user allows images to be changed. */
  readonly augment: TrainOptions['augment'];
  readonly seed: number;
}

/** Samples from which changed images add nothing. */
const MANY = 2000;
/** Steps that a training aims at, by whether much is to be learned, and the epochs that it takes at most. */
const STEPS = { hard: 1300, easy: 100 } as const;
const EPOCHS = { hard: [3, 30], easy: [1, 10] } as const;

/**
 * Defaults as measured on dense, MobileNet-like and ResNet-like nets, on samples kept from training and
 * from evaluation (docs/results.md): distillation; steps of a ten-thousandth of a channel's size
 * at 8 bits per channel, from the plan's scales; a two-hundredth at 4 bits and where scales are per tensor,
 * there a hundredth where few samples make few steps, from scales at least squared error.
 */
export function recommendedOptions(from: RecommendFrom): TrainOptions {
  const { graph, plan, samples, targets, seed } = from;
  const { four, perTensor } = weightForms(graph, plan);
  const batch = Math.max(1, Math.min(32, samples));
  const stepsPerEpoch = Math.max(1, Math.ceil(samples / batch));
  const effort = four || perTensor ? 'hard' : 'easy';
  const [least, most] = EPOCHS[effort];
  const epochs = Math.max(least, Math.min(most, Math.round(STEPS[effort] / stepsPerEpoch)));
  const plain = headsOf(graph).every(({ kind }) => kind === 'plain');
  const image = isImage(graph.values[graph.inputs[0]!]?.shape ?? []);
  return {
    epochs,
    batch,
    microBatch: microBatchFor(graph, batch),
    loss: plain && targets !== 'classes' ? 'mse' : 'distill',
    optimizer: 'relative',
    learningRate: perTensor && samples < MANY ? 1e-2 : effort === 'hard' ? 5e-3 : 1e-4,
    scaleLearningRate: four ? 3e-3 : perTensor ? 1e-2 : 1e-3,
    warmup: 0.1,
    schedule: 'cosine',
    freezeScalesLast: 1 / 3,
    augment: image && samples < MANY ? from.augment : undefined,
    frozenNodes: [],
    ranges: 'learned',
    seed,
    weights: effort === 'hard' ? 'mse' : 'plan',
    activations: effort === 'hard' ? 'plan' : 'searched',
    patience: Math.max(3, Math.ceil(epochs / 3)),
    minSamplesToChoose: 200,
    oscillations: 'auto',
  };
}
