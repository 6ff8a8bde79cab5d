/**
 * The operators a Graph may hold: TFLite builtin names, attributes in camelCase of schema.fbs, and
 * what the types of their operands must be. Inputs and outputs are in TFLite's order (axes, shapes,
 * paddings are int32 constant inputs where TFLite has them as inputs). An operator that is entered
 * here is asked for by the compiler, or by a test, wherever it must be known (CONTRIBUTING.md).
 */
import type { DType } from './dtype';

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
/** The operators that a kernel, a shape rule and a codec are there for. */
export type KnownOp = Exclude<OpName, 'UNSUPPORTED'>;

/** What the types of an operator's operands must be; the rest is its kernels' business. */
export interface OperandRule {
  /** All inputs are of one type. */
  readonly alike?: true;
  /** Computes with the real values behind 8-bit and 4-bit operands, so these need a scale. */
  readonly scaled?: 'all' | 'inputs';
  /**
   * Input 1 holds weights, the only operand that may have one scale per channel; the input at this
   * position is the bias: float32 with float32 activations, else int32 (int64 with int16).
   */
  readonly bias?: 2 | 3;
}

const any: OperandRule = {};
const alike: OperandRule = { alike: true };
const scaled: OperandRule = { scaled: 'all' };
const arithmetic: OperandRule = { alike: true, scaled: 'all' };
const weighted = (bias: 2 | 3): OperandRule => ({ scaled: 'all', bias });

export const operandRules: { readonly [K in OpName]: OperandRule } = {
  CONV_2D: weighted(2),
  DEPTHWISE_CONV_2D: weighted(2),
  TRANSPOSE_CONV: weighted(3),
  FULLY_CONNECTED: weighted(2),
  BATCH_MATMUL: scaled,
  ADD: arithmetic,
  SUB: arithmetic,
  MUL: arithmetic,
  DIV: arithmetic,
  MAXIMUM: alike,
  MINIMUM: alike,
  SQUARED_DIFFERENCE: arithmetic,
  POW: alike,
  FLOOR_DIV: alike,
  FLOOR_MOD: alike,
  PRELU: arithmetic,
  RELU: any,
  RELU6: scaled,
  RELU_N1_TO_1: any,
  RELU_0_TO_1: any,
  LEAKY_RELU: scaled,
  ELU: scaled,
  GELU: scaled,
  HARD_SWISH: scaled,
  LOGISTIC: scaled,
  TANH: scaled,
  SOFTMAX: scaled,
  LOG_SOFTMAX: scaled,
  EXP: any,
  LOG: any,
  SQRT: any,
  RSQRT: scaled,
  SQUARE: any,
  ABS: any,
  NEG: any,
  SIGN: any,
  SIN: any,
  COS: any,
  FLOOR: any,
  CEIL: any,
  ROUND: any,
  CAST: any,
  L2_NORMALIZATION: scaled,
  AVERAGE_POOL_2D: any,
  MAX_POOL_2D: any,
  L2_POOL_2D: any,
  MEAN: scaled,
  SUM: scaled,
  REDUCE_MAX: any,
  REDUCE_MIN: any,
  REDUCE_PROD: any,
  REDUCE_ANY: any,
  REDUCE_ALL: any,
  ARG_MAX: any,
  ARG_MIN: any,
  CUMSUM: any,
  RESHAPE: any,
  SQUEEZE: any,
  EXPAND_DIMS: any,
  TRANSPOSE: any,
  CONCATENATION: alike,
  SPLIT: any,
  SPLIT_V: any,
  PACK: alike,
  UNPACK: any,
  SLICE: any,
  STRIDED_SLICE: any,
  GATHER: any,
  GATHER_ND: any,
  PAD: any,
  PADV2: any,
  MIRROR_PAD: any,
  TILE: any,
  BROADCAST_TO: any,
  FILL: any,
  SHAPE: any,
  RESIZE_BILINEAR: any,
  RESIZE_NEAREST_NEIGHBOR: any,
  SPACE_TO_DEPTH: any,
  DEPTH_TO_SPACE: any,
  SPACE_TO_BATCH_ND: any,
  BATCH_TO_SPACE_ND: any,
  REVERSE_V2: any,
  EQUAL: alike,
  NOT_EQUAL: alike,
  GREATER: alike,
  GREATER_EQUAL: alike,
  LESS: alike,
  LESS_EQUAL: alike,
  LOGICAL_AND: alike,
  LOGICAL_OR: alike,
  LOGICAL_NOT: any,
  SELECT: any,
  SELECT_V2: any,
  EMBEDDING_LOOKUP: any,
  DYNAMIC_UPDATE_SLICE: any,
  QUANTIZE: any,
  DEQUANTIZE: { scaled: 'inputs' },
  UNSUPPORTED: any,
};

export const knownOps = Object.keys(operandRules).filter(
  (op): op is KnownOp => op !== 'UNSUPPORTED',
) as readonly KnownOp[];
