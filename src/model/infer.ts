/** Output shapes and types of every operator, from attributes and inputs alone. */
import type { OpAttrs, OpName } from './ops';
import { IntactError } from './error';
import type { Inferred, Operands } from './infer/checks';
import { axisOf, broadcast, checkedShape, constantInts, operand, refuse } from './infer/checks';
import * as moves from './infer/moves';
import * as pick from './infer/pick';
import { argReduce, reduce, reduceSome } from './infer/reduce';
import * as windows from './infer/windows';

export type { Inferred } from './infer/checks';
export { windowSize } from './infer/windows';
export { planStridedSlice } from './infer/pick';

type Rule<K extends OpName> = (attrs: OpAttrs[K], inputs: Operands) => readonly Inferred[];

/** Shape and type of the first input. */
const same = (_: unknown, inputs: Operands): Inferred[] => {
  const { shape, dtype } = operand(inputs, 0);
  return [{ shape, dtype }];
};
const binary = (_: unknown, inputs: Operands): Inferred[] => {
  const a = operand(inputs, 0);
  return [{ shape: broadcast(a.shape, operand(inputs, 1).shape), dtype: a.dtype }];
};
const compare = (attrs: unknown, inputs: Operands): Inferred[] => [
  { shape: binary(attrs, inputs)[0]!.shape, dtype: 'bool' },
];
const alongAxis = (_: unknown, inputs: Operands): Inferred[] => {
  const { shape, dtype } = operand(inputs, 0);
  for (const axis of constantInts(inputs, 1)) axisOf(axis, shape.length);
  return [{ shape, dtype }];
};

const rules: { readonly [K in OpName]: Rule<K> } = {
  CONV_2D: windows.conv2d,
  DEPTHWISE_CONV_2D: windows.depthwise,
  TRANSPOSE_CONV: windows.transposeConv,
  FULLY_CONNECTED: windows.fullyConnected,
  BATCH_MATMUL: windows.batchMatmul,
  ADD: binary,
  SUB: binary,
  MUL: binary,
  DIV: binary,
  MAXIMUM: binary,
  MINIMUM: binary,
  SQUARED_DIFFERENCE: binary,
  POW: binary,
  FLOOR_DIV: binary,
  FLOOR_MOD: binary,
  PRELU: (attrs, inputs) => {
    const [out] = binary(attrs, inputs);
    const input = operand(inputs, 0);
    if (out!.shape.some((size, axis) => size !== input.shape[axis]))
      refuse('the slopes of PRELU are larger than its input.');
    return [out!];
  },
  RELU: same,
  RELU6: same,
  RELU_N1_TO_1: same,
  RELU_0_TO_1: same,
  LEAKY_RELU: same,
  ELU: same,
  GELU: same,
  HARD_SWISH: same,
  LOGISTIC: same,
  TANH: same,
  SOFTMAX: same,
  LOG_SOFTMAX: same,
  EXP: same,
  LOG: same,
  SQRT: same,
  RSQRT: same,
  SQUARE: same,
  ABS: same,
  NEG: same,
  SIGN: same,
  SIN: same,
  COS: same,
  FLOOR: same,
  CEIL: same,
  ROUND: same,
  CAST: (attrs, inputs) => [{ shape: operand(inputs, 0).shape, dtype: attrs.to }],
  L2_NORMALIZATION: same,
  AVERAGE_POOL_2D: windows.pool,
  MAX_POOL_2D: windows.pool,
  L2_POOL_2D: windows.pool,
  MEAN: reduceSome,
  SUM: reduce,
  REDUCE_MAX: reduceSome,
  REDUCE_MIN: reduceSome,
  REDUCE_PROD: reduce,
  REDUCE_ANY: reduce,
  REDUCE_ALL: reduce,
  ARG_MAX: argReduce,
  ARG_MIN: argReduce,
  CUMSUM: alongAxis,
  RESHAPE: moves.reshape,
  SQUEEZE: moves.squeeze,
  EXPAND_DIMS: moves.expandDims,
  TRANSPOSE: moves.transpose,
  CONCATENATION: moves.concatenation,
  SPLIT: moves.split,
  SPLIT_V: moves.splitV,
  PACK: moves.pack,
  UNPACK: moves.unpack,
  SLICE: pick.slice,
  STRIDED_SLICE: pick.stridedSlice,
  GATHER: pick.gather,
  GATHER_ND: pick.gatherNd,
  PAD: moves.pad,
  PADV2: moves.pad,
  MIRROR_PAD: moves.mirrorPad,
  TILE: moves.tile,
  BROADCAST_TO: moves.broadcastTo,
  FILL: (_, inputs) => [{ shape: constantInts(inputs, 0), dtype: operand(inputs, 1).dtype }],
  SHAPE: (attrs, inputs) => [{ shape: [operand(inputs, 0).shape.length], dtype: attrs.outType }],
  RESIZE_BILINEAR: moves.resize,
  RESIZE_NEAREST_NEIGHBOR: moves.resize,
  SPACE_TO_DEPTH: moves.spaceToDepth,
  DEPTH_TO_SPACE: moves.depthToSpace,
  SPACE_TO_BATCH_ND: moves.spaceToBatch,
  BATCH_TO_SPACE_ND: moves.batchToSpace,
  REVERSE_V2: alongAxis,
  EQUAL: compare,
  NOT_EQUAL: compare,
  GREATER: compare,
  GREATER_EQUAL: compare,
  LESS: compare,
  LESS_EQUAL: compare,
  LOGICAL_AND: compare,
  LOGICAL_OR: compare,
  LOGICAL_NOT: (_, inputs) => [{ shape: operand(inputs, 0).shape, dtype: 'bool' }],
  SELECT: (_, inputs) => [{ shape: operand(inputs, 1).shape, dtype: operand(inputs, 1).dtype }],
  SELECT_V2: (_, inputs) => {
    const [condition, yes, no] = [0, 1, 2].map((index) => operand(inputs, index));
    const shape = broadcast(broadcast(condition!.shape, yes!.shape), no!.shape);
    return [{ shape, dtype: yes!.dtype }];
  },
  EMBEDDING_LOOKUP: pick.embeddingLookup,
  DYNAMIC_UPDATE_SLICE: pick.dynamicUpdateSlice,
  // The type that a QUANTIZE leads to stands in its output value only; int8 is the usual one.
  QUANTIZE: (_, inputs) => [{ shape: operand(inputs, 0).shape, dtype: 'int8' }],
  DEQUANTIZE: (_, inputs) => [{ shape: operand(inputs, 0).shape, dtype: 'float32' }],
  UNSUPPORTED: () => [],
};

/**
 * Shapes and types of an operator's outputs. `inputs` in TFLite's order; axes, shapes and paddings
 * must be constants (with `data`). UNSUPPORTED gives []: nothing is known. QUANTIZE gives int8.
 * Throws IntactError `malformed` when the inputs can't go together or a result would exceed 2³¹−1
 * elements, `unsupported` when the shape depends on data that is known only at run time.
 */
export function inferShapes<K extends OpName>(
  op: K,
  attrs: OpAttrs[K],
  inputs: Operands,
): readonly Inferred[] {
  try {
    const results = rules[op](attrs, inputs);
    for (const { shape } of results) checkedShape(shape);
    return results;
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) throw thrown;
    throw new IntactError(thrown.code, `${op}: ${thrown.message}`, thrown.data);
  }
}
