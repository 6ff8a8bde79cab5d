/** Losses over a pass, as the sum over its samples divided by the step's samples: passes add up. */
import { IntactError } from '../model/error';
import type { Head } from './heads';
import { tf, type TfTensor } from './tf';

export type Target =
  /** Outputs of the float model at the heads. */
  | { readonly kind: 'teacher'; readonly heads: readonly Float32Array[] }
  /** Class indices: one per sample, or one per position of the head. */
  | { readonly kind: 'labels'; readonly labels: Int32Array }
  /** Numbers at the first head: values, or probabilities of classes. */
  | { readonly kind: 'values'; readonly values: Float32Array };

/** Weight of a head where there are several: one over the square of its range, so that none drowns the rest. */
export type HeadWeights = readonly number[];

const perSample = (x: TfTensor, count: number) => tf.mean(tf.reshape(x, [count, -1]), 1);

/** Kullback-Leibler divergence of softmax(logits) from p, over the last axis. */
function divergence(logits: TfTensor, p: TfTensor): TfTensor {
  const q = tf.logSoftmax(logits);
  const logP = tf.log(tf.maximum(p, 1e-30));
  return tf.sum(tf.mul(p, tf.sub(logP, q)), -1);
}

/** Binary cross-entropy of logits (tf.nn.sigmoid_cross_entropy_with_logits' stable form). */
const binary = (logits: TfTensor, p: TfTensor): TfTensor =>
  tf.add(tf.sub(tf.relu(logits), tf.mul(logits, p)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));

function oneHead(
  logits: TfTensor,
  { kind }: Head,
  target: Target,
  index: number,
  count: number,
  numbers: boolean,
): TfTensor {
  const { shape } = logits;
  const classes = shape[shape.length - 1] ?? 1;
  switch (target.kind) {
    case 'teacher': {
      const given = tf.tensor(target.heads[index]!, shape, 'float32');
      if (kind === 'classes') return perSample(divergence(logits, tf.softmax(given)), count);
      if (kind === 'binary') return perSample(binary(logits, tf.sigmoid(given)), count);
      return perSample(tf.squaredDifference(logits, given), count);
    }
    case 'labels': {
      const labels = tf.tensor1d(target.labels, 'int32');
      if (kind === 'binary' || classes === 1) {
        const given = tf.reshape(tf.cast(labels, 'float32'), shape);
        return perSample(binary(logits, given), count);
      }
      const positions = logits.size / classes;
      if (labels.size !== positions)
        throw new IntactError(
          'bad-data',
          `A sample has ${labels.size / count} labels, but the output has ${positions / count} places. Give one label per place, or train without labels.`,
        );
      const hot = tf.cast(tf.oneHot(labels, classes), 'float32');
      const chosen = tf.mul(hot, tf.logSoftmax(tf.reshape(logits, [positions, classes])));
      return perSample(tf.neg(tf.sum(chosen, -1)), count);
    }
    case 'values': {
      const given = tf.reshape(tf.tensor1d(target.values), shape);
      if (!numbers && kind === 'classes') return perSample(divergence(logits, given), count);
      if (!numbers && kind === 'binary') return perSample(binary(logits, given), count);
      const made =
        kind === 'classes' ? tf.softmax(logits) : kind === 'binary' ? tf.sigmoid(logits) : logits;
      return perSample(tf.squaredDifference(made, given), count);
    }
    default:
      return target satisfies never;
  }
}

/**
 * @param total samples of the whole step
 * @param numbers compare numbers even where the head is class-like (mse)
 */
export function lossOf(
  logits: readonly TfTensor[],
  heads: readonly Head[],
  weights: HeadWeights,
  target: Target,
  count: number,
  total: number,
  numbers: boolean,
): TfTensor {
  const used = target.kind === 'teacher' ? logits : logits.slice(0, 1);
  const parts = used.map((one, index) =>
    tf.mul(
      tf.sum(oneHead(one, heads[index]!, target, index, count, numbers)),
      (weights[index] ?? 1) / total,
    ),
  );
  return parts.reduce((sum, part) => tf.add(sum, part));
}
