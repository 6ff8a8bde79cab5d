/** Samples → the micro-batches of a step, the same whoever computes them. */
import { IntactError } from '../model/error';
import { augmented } from './augment';
import type { MicroBatch } from './gradientWorker';
import type { Target } from './loss';
import type { TrainOptions } from './options';
import type { TrainSamples } from './types';

export interface BatchSource {
  readonly samples: TrainSamples;
  readonly options: TrainOptions;
  readonly microBatch: number;
  /** Numbers of one sample at each graph input. */
  readonly sizes: readonly number[];
  /** Shape of the first input, for augmentation. */
  readonly shape: readonly number[];
  /** Float model's outputs by sample, where they can be kept. */
  readonly remembered: Map<number, readonly Float32Array[]> | undefined;
  /** Class limits, checked before training. */
  readonly usesTeacher: boolean;
}

/** Samples read, one array per graph input. */
export async function gathered(
  samples: Pick<TrainSamples, 'read'>,
  indices: readonly number[],
  sizes: readonly number[],
  change: (image: Float32Array, place: number) => Float32Array = (image) => image,
): Promise<Float32Array[]> {
  const inputs = sizes.map((size) => new Float32Array(size * indices.length));
  for (const [place, index] of indices.entries()) {
    const sample = await samples.read(index);
    sizes.forEach((size, input) => {
      const numbers = sample[input];
      if (numbers?.length !== size)
        throw new IntactError(
          'bad-data',
          `Sample ${index} has ${numbers?.length ?? 0} numbers at input ${input + 1}, but the model takes ${size}.`,
        );
      inputs[input]!.set(input === 0 ? change(numbers, place) : numbers, place * size);
    });
  }
  return inputs;
}

function joined(samples: TrainSamples, indices: readonly number[]): Target {
  const targets = indices.map((index) => samples.target?.(index));
  const missing = targets.findIndex((target) => target === undefined);
  if (missing >= 0)
    throw new IntactError(
      'bad-data',
      `Sample ${indices[missing]} has no label. Add labels to the data, or train by distillation, which needs none.`,
    );
  if (targets.every((target) => typeof target === 'number'))
    return { kind: 'labels', labels: Int32Array.from(targets as number[]) };
  const arrays = targets.map((target) =>
    typeof target === 'number' ? Float32Array.of(target) : target!,
  );
  const size = arrays.reduce((sum, { length }) => sum + length, 0);
  if (arrays.every((array) => array instanceof Int32Array)) {
    const labels = new Int32Array(size);
    arrays.reduce((at, array) => (labels.set(array, at), at + array.length), 0);
    return { kind: 'labels', labels };
  }
  const values = new Float32Array(size);
  arrays.reduce((at, array) => (values.set(array, at), at + array.length), 0);
  return { kind: 'values', values };
}

/** @param order of the epoch; `from` the step's first place in it */
export async function microBatches(
  source: BatchSource,
  order: Int32Array,
  epoch: number,
  from: number,
): Promise<{ batches: MicroBatch[]; indices: number[][] }> {
  const { samples, options, microBatch, sizes, shape, remembered, usesTeacher } = source;
  const total = Math.min(options.batch, order.length - from);
  const batches: MicroBatch[] = [];
  const all: number[][] = [];
  for (let start = 0; start < total; start += microBatch) {
    const count = Math.min(microBatch, total - start);
    const indices = Array.from(order.subarray(from + start, from + start + count));
    const change = (image: Float32Array, place: number) =>
      options.augment
        ? augmented(image, shape, options.augment, options.seed, epoch, from + start + place)
        : image;
    const inputs = await gathered(samples, indices, sizes, change);
    batches.push({
      inputs,
      count,
      total,
      target: usesTeacher ? taught(remembered, indices) : joined(samples, indices),
    });
    all.push(indices);
  }
  return { batches, indices: all };
}

function taught(
  remembered: BatchSource['remembered'],
  indices: readonly number[],
): MicroBatch['target'] {
  const known = indices.map((index) => remembered?.get(index));
  if (known.some((heads) => heads === undefined)) return { kind: 'ask-teacher' };
  const heads = known[0]!.map((first, head) => {
    const whole = new Float32Array(first.length * indices.length);
    known.forEach((each, place) => whole.set(each![head]!, place * first.length));
    return whole;
  });
  return { kind: 'teacher', heads };
}

/** Keeps what the float model said of these samples. */
export function remember(
  remembered: NonNullable<BatchSource['remembered']>,
  indices: readonly number[],
  heads: readonly Float32Array[],
): void {
  indices.forEach((index, place) => {
    remembered.set(
      index,
      heads.map((head) => {
        const size = head.length / indices.length;
        return head.slice(place * size, (place + 1) * size);
      }),
    );
  });
}
