/** Reads MUL, ADD, SUB and DIV by a constant as y = x·scale + offset along the last axis. */
import type { Node, Value } from '../graph';
import type { Activation } from '../ops';

/** y = x·scale[i] + offset[i], then the activation; i runs over the last axis, or is 0 for all. */
export interface AffineNode {
  /** Index of the value x. */
  readonly input: number;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  readonly activation: Activation;
}

const floats = (value: Value | undefined): Float32Array | null =>
  value?.dtype === 'float32' && value.data instanceof Float32Array ? value.data : null;

const lastSize = (shape: readonly number[]) => shape[shape.length - 1] ?? 1;

const sameShape = (a: Value, b: Value) =>
  a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);

/** null: not such a node, or the constant differs along another axis than the last. */
export function affineNode(node: Node, values: readonly Value[]): AffineNode | null {
  if (node.op !== 'MUL' && node.op !== 'ADD' && node.op !== 'SUB' && node.op !== 'DIV') return null;
  const [left, right] = node.inputs as [number, number];
  const commutes = node.op === 'MUL' || node.op === 'ADD';
  const flipped = commutes && floats(values[left]) !== null;
  const input = flipped ? right : left;
  const constant = values[flipped ? left : right];
  const data = floats(constant);
  if (!constant || !data || !values[input] || floats(values[input])) return null;
  if (values[input].dtype !== 'float32') return null;
  if (!sameShape(values[input], values[node.outputs[0]!]!)) return null;
  if (data.length !== 1 && data.length !== lastSize(constant.shape)) return null;
  const one = new Float64Array(data.length).fill(1);
  const zero = new Float64Array(data.length);
  const { activation } = node.attrs;
  const vector = Float64Array.from(data);
  switch (node.op) {
    case 'MUL':
      return { input, scale: vector, offset: zero, activation };
    case 'DIV':
      return { input, scale: vector.map((x) => 1 / x), offset: zero, activation };
    case 'ADD':
      return { input, scale: one, offset: vector, activation };
    case 'SUB':
      return { input, scale: one, offset: vector.map((x) => -x), activation };
  }
}

/**
 * The per-channel vector as seen from a tensor of the same elements whose last axis has `channels`:
 * both index flat memory modulo their length. null where that doesn't repeat (Flatten before a
 * BatchNorm of every feature on its own).
 */
export function alignChannels(vector: Float64Array, channels: number): Float64Array | null {
  const length = vector.length;
  if (length === channels) return vector;
  if (channels % length === 0) {
    return Float64Array.from({ length: channels }, (_, i) => vector[i % length]!);
  }
  if (length % channels !== 0) return null;
  for (let i = channels; i < length; i += 1) if (vector[i] !== vector[i % channels]) return null;
  return vector.slice(0, channels);
}
