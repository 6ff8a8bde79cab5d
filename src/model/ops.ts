/**
 * The operators a Graph may hold: TFLite builtin names, attributes in camelCase of schema.fbs.
 * Inputs and outputs are in TFLite's order (axes, shapes, paddings are int32 constant inputs where
 * TFLite has them as inputs).
 */
import type { DType } from './graph';

export type Padding = 'SAME' | 'VALID';
export type Activation = 'NONE' | 'RELU' | 'RELU_N1_TO_1' | 'RELU6' | 'TANH' | 'SIGN_BIT';

type Empty = Readonly<Record<never, never>>;
interface Fused {
  readonly activation: Activation;
}
interface Conv extends Fused {
  readonly padding: Padding;
  readonly strideW: number;
  readonly strideH: number;
  readonly dilationW: number;
  readonly dilationH: number;
}
interface Pool extends Fused {
  readonly padding: Padding;
  readonly strideW: number;
  readonly strideH: number;
  readonly filterW: number;
  readonly filterH: number;
}
interface Reduce {
  readonly keepDims: boolean;
}
interface Resize {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export interface OpAttrs {
  CONV_2D: Conv;
  DEPTHWISE_CONV_2D: Conv & { readonly depthMultiplier: number };
  /** Inputs: output shape, weights (OHWI), input, [bias]. */
  TRANSPOSE_CONV: Omit<Conv, 'dilationW' | 'dilationH'>;
  FULLY_CONNECTED: Fused & {
    readonly keepNumDims: boolean;
    readonly asymmetricQuantizeInputs: boolean;
  };
  BATCH_MATMUL: {
    readonly adjX: boolean;
    readonly adjY: boolean;
    readonly asymmetricQuantizeInputs: boolean;
  };
  ADD: Fused;
  SUB: Fused;
  MUL: Fused;
  DIV: Fused;
  MAXIMUM: Empty;
  MINIMUM: Empty;
  SQUARED_DIFFERENCE: Empty;
  POW: Empty;
  FLOOR_DIV: Empty;
  FLOOR_MOD: Empty;
  PRELU: Empty;
  RELU: Empty;
  RELU6: Empty;
  RELU_N1_TO_1: Empty;
  RELU_0_TO_1: Empty;
  LEAKY_RELU: { readonly alpha: number };
  ELU: Empty;
  GELU: { readonly approximate: boolean };
  HARD_SWISH: Empty;
  LOGISTIC: Empty;
  TANH: Empty;
  SOFTMAX: { readonly beta: number };
  LOG_SOFTMAX: Empty;
  EXP: Empty;
  LOG: Empty;
  SQRT: Empty;
  RSQRT: Empty;
  SQUARE: Empty;
  ABS: Empty;
  NEG: Empty;
  SIGN: Empty;
  SIN: Empty;
  COS: Empty;
  FLOOR: Empty;
  CEIL: Empty;
  ROUND: Empty;
  CAST: { readonly to: DType };
  L2_NORMALIZATION: Fused;
  AVERAGE_POOL_2D: Pool;
  MAX_POOL_2D: Pool;
  L2_POOL_2D: Pool;
  MEAN: Reduce;
  SUM: Reduce;
  REDUCE_MAX: Reduce;
  REDUCE_MIN: Reduce;
  REDUCE_PROD: Reduce;
  REDUCE_ANY: Reduce;
  REDUCE_ALL: Reduce;
  ARG_MAX: { readonly outputType: 'int32' | 'int64' };
  ARG_MIN: { readonly outputType: 'int32' | 'int64' };
  CUMSUM: { readonly exclusive: boolean; readonly reverse: boolean };
  RESHAPE: Empty;
  SQUEEZE: { readonly squeezeDims: readonly number[] };
  EXPAND_DIMS: Empty;
  TRANSPOSE: Empty;
  CONCATENATION: Fused & { readonly axis: number };
  /** Inputs: axis, input. */
  SPLIT: { readonly numSplits: number };
  SPLIT_V: { readonly numSplits: number };
  PACK: { readonly axis: number };
  UNPACK: { readonly axis: number; readonly num: number };
  SLICE: Empty;
  STRIDED_SLICE: {
    readonly beginMask: number;
    readonly endMask: number;
    readonly ellipsisMask: number;
    readonly newAxisMask: number;
    readonly shrinkAxisMask: number;
    readonly offset: boolean;
  };
  GATHER: { readonly axis: number; readonly batchDims: number };
  GATHER_ND: Empty;
  PAD: Empty;
  PADV2: Empty;
  MIRROR_PAD: { readonly mode: 'REFLECT' | 'SYMMETRIC' };
  TILE: Empty;
  BROADCAST_TO: Empty;
  FILL: Empty;
  SHAPE: { readonly outType: 'int32' | 'int64' };
  RESIZE_BILINEAR: Resize;
  RESIZE_NEAREST_NEIGHBOR: Resize;
  SPACE_TO_DEPTH: { readonly blockSize: number };
  DEPTH_TO_SPACE: { readonly blockSize: number };
  SPACE_TO_BATCH_ND: Empty;
  BATCH_TO_SPACE_ND: Empty;
  REVERSE_V2: Empty;
  EQUAL: Empty;
  NOT_EQUAL: Empty;
  GREATER: Empty;
  GREATER_EQUAL: Empty;
  LESS: Empty;
  LESS_EQUAL: Empty;
  LOGICAL_AND: Empty;
  LOGICAL_OR: Empty;
  LOGICAL_NOT: Empty;
  SELECT: Empty;
  SELECT_V2: Empty;
  EMBEDDING_LOOKUP: Empty;
  DYNAMIC_UPDATE_SLICE: Empty;
  QUANTIZE: Empty;
  DEQUANTIZE: Empty;
  /** Anything that was recognised but cannot run: named, kept in the graph, refused by quantize and run. */
  UNSUPPORTED: { readonly kind: string; readonly reason: string };
}

export type OpName = keyof OpAttrs;
