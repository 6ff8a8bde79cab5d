/** TFLite operators ⇄ OpAttrs, and the versions to write: the one list of what the format knows. */
import type { KnownOp, OpAttrs } from '../../model/ops';
import * as fb from './generated/tflite';
import type { Codec, OperandSite } from './options';
import { argument, cast, concatenation, mirrorPad, pack, reduce, shape } from './arrangement';
import { squeeze, unpack } from './arrangement';
import { fields, fused, plain, scalesArePowersOfTwo } from './options';
import { conv, depthwise, fullyConnected, pool, transposeConv } from './windows';
import * as v from './versions';

export const codecs: { readonly [K in KnownOp]: Codec<OpAttrs[K]> } = {
  CONV_2D: { ...conv, version: v.conv },
  DEPTHWISE_CONV_2D: { ...depthwise, version: v.depthwise },
  TRANSPOSE_CONV: { ...transposeConv, version: v.transposeConv },
  FULLY_CONNECTED: { ...fullyConnected, version: v.fullyConnected },
  BATCH_MATMUL: {
    ...fields(
      fb.BuiltinOptions.BatchMatMulOptions,
      fb.BatchMatMulOptions,
      (table) => ({
        adjX: table.adjX(),
        adjY: table.adjY(),
        asymmetricQuantizeInputs: table.asymmetricQuantizeInputs(),
      }),
      (builder, attrs: OpAttrs['BATCH_MATMUL']) =>
        fb.BatchMatMulOptions.createBatchMatMulOptions(
          builder,
          attrs.adjX,
          attrs.adjY,
          attrs.asymmetricQuantizeInputs,
        ),
    ),
    version: v.batchMatmul,
  },
  ADD: {
    ...fused(fb.BuiltinOptions.AddOptions, fb.AddOptions, (builder, activation, site) =>
      fb.AddOptions.createAddOptions(builder, activation, scalesArePowersOfTwo(site)),
    ),
    version: v.add,
  },
  SUB: {
    ...fused(fb.BuiltinOptions.SubOptions, fb.SubOptions, (builder, activation, site) =>
      fb.SubOptions.createSubOptions(builder, activation, scalesArePowersOfTwo(site)),
    ),
    version: v.sub,
  },
  MUL: {
    ...fused(fb.BuiltinOptions.MulOptions, fb.MulOptions, fb.MulOptions.createMulOptions),
    version: v.mul,
  },
  DIV: {
    ...fused(fb.BuiltinOptions.DivOptions, fb.DivOptions, fb.DivOptions.createDivOptions),
    version: v.div,
  },
  MAXIMUM: plain(v.extreme),
  MINIMUM: plain(v.extreme),
  SQUARED_DIFFERENCE: plain(v.int8Only),
  POW: plain(v.one),
  FLOOR_DIV: plain(v.byInput({ float32: 2, int8: 3, int16: 3 })),
  FLOOR_MOD: plain(v.byInput({ int8: 2, int16: 2 })),
  PRELU: plain(v.one),
  RELU: plain(v.byInput({ int8: 2, uint8: 2, int16: 3 })),
  RELU6: plain(v.int8And16),
  RELU_N1_TO_1: plain(v.one),
  RELU_0_TO_1: plain(v.one),
  LEAKY_RELU: {
    ...fields(
      fb.BuiltinOptions.LeakyReluOptions,
      fb.LeakyReluOptions,
      (table) => ({ alpha: table.alpha() }),
      (builder, attrs: OpAttrs['LEAKY_RELU']) =>
        fb.LeakyReluOptions.createLeakyReluOptions(builder, attrs.alpha),
    ),
    version: v.byInput({ int16: 2 }),
  },
  ELU: plain(v.one),
  GELU: {
    ...fields(
      fb.BuiltinOptions.GeluOptions,
      fb.GeluOptions,
      (table) => ({ approximate: table.approximate() }),
      (builder, attrs: OpAttrs['GELU']) =>
        fb.GeluOptions.createGeluOptions(builder, attrs.approximate),
    ),
    version: v.byInput({ int8: 2, uint8: 2 }),
  },
  HARD_SWISH: plain(v.one),
  LOGISTIC: plain(v.int8And16),
  TANH: plain(v.int8And16),
  SOFTMAX: {
    ...fields(
      fb.BuiltinOptions.SoftmaxOptions,
      fb.SoftmaxOptions,
      (table) => ({ beta: table.beta() }),
      (builder, attrs: OpAttrs['SOFTMAX']) =>
        fb.SoftmaxOptions.createSoftmaxOptions(builder, attrs.beta),
    ),
    version: v.int8And16,
  },
  LOG_SOFTMAX: plain(v.int8Only),
  EXP: plain(v.byInput({ int8: 2, int16: 2 })),
  LOG: plain(v.byInput({ int8: 2, int16: 2 })),
  SQRT: plain(v.one),
  RSQRT: plain(v.int8And16),
  SQUARE: plain(v.one),
  ABS: plain(v.abs),
  NEG: plain(v.one),
  SIGN: plain(v.byInput({ int32: 2 })),
  SIN: plain(v.one),
  COS: plain(v.one),
  FLOOR: plain(v.one),
  CEIL: plain(v.one),
  ROUND: plain(v.one),
  CAST: { ...cast, version: v.cast },
  L2_NORMALIZATION: {
    ...fused(
      fb.BuiltinOptions.L2NormOptions,
      fb.L2NormOptions,
      fb.L2NormOptions.createL2NormOptions,
    ),
    version: v.byOutput({ int8: 2 }),
  },
  AVERAGE_POOL_2D: { ...pool, version: v.int8And16 },
  MAX_POOL_2D: { ...pool, version: v.int8And16 },
  L2_POOL_2D: { ...pool, version: v.one },
  MEAN: { ...reduce, version: v.int8And16 },
  SUM: { ...reduce, version: v.int8Only },
  REDUCE_MAX: { ...reduce, version: v.int8And16 },
  REDUCE_MIN: { ...reduce, version: v.int8And16 },
  REDUCE_PROD: { ...reduce, version: v.byInput({ int8: 2, int16: 2 }) },
  REDUCE_ANY: { ...reduce, version: v.one },
  REDUCE_ALL: { ...reduce, version: v.one },
  ARG_MAX: {
    ...argument(fb.BuiltinOptions.ArgMaxOptions, fb.ArgMaxOptions.createArgMaxOptions),
    version: v.byInput({ int8: 2, bool: 3 }),
  },
  ARG_MIN: {
    ...argument(fb.BuiltinOptions.ArgMinOptions, fb.ArgMinOptions.createArgMinOptions),
    version: v.byInput({ int8: 2, bool: 3 }),
  },
  CUMSUM: {
    ...fields(
      fb.BuiltinOptions.CumsumOptions,
      fb.CumsumOptions,
      (table) => ({ exclusive: table.exclusive(), reverse: table.reverse() }),
      (builder, attrs: OpAttrs['CUMSUM']) =>
        fb.CumsumOptions.createCumsumOptions(builder, attrs.exclusive, attrs.reverse),
    ),
    version: v.one,
  },
  RESHAPE: plain(v.one),
  SQUEEZE: { ...squeeze, version: v.one },
  EXPAND_DIMS: plain(v.one),
  TRANSPOSE: plain(v.transpose),
  CONCATENATION: { ...concatenation, version: v.byInput({ int8: 2, int16: 3, uint32: 4 }) },
  SPLIT: {
    ...fields(
      fb.BuiltinOptions.SplitOptions,
      fb.SplitOptions,
      (table) => ({ numSplits: table.numSplits() }),
      (builder, attrs: OpAttrs['SPLIT']) =>
        fb.SplitOptions.createSplitOptions(builder, attrs.numSplits),
    ),
    version: v.byInput({ int8: 2, int32: 3, int16: 4 }, 1),
  },
  SPLIT_V: {
    ...fields(
      fb.BuiltinOptions.SplitVOptions,
      fb.SplitVOptions,
      (table) => ({ numSplits: table.numSplits() }),
      (builder, attrs: OpAttrs['SPLIT_V']) =>
        fb.SplitVOptions.createSplitVOptions(builder, attrs.numSplits),
    ),
    version: v.int8Only,
  },
  PACK: { ...pack, version: v.byInput({ int8: 2, int16: 3, uint32: 4 }) },
  UNPACK: { ...unpack, version: v.byInput({ int8: 2, uint8: 2, bool: 3, int16: 4 }) },
  SLICE: plain(v.slice),
  STRIDED_SLICE: {
    ...fields(
      fb.BuiltinOptions.StridedSliceOptions,
      fb.StridedSliceOptions,
      (table) => ({
        beginMask: table.beginMask(),
        endMask: table.endMask(),
        ellipsisMask: table.ellipsisMask(),
        newAxisMask: table.newAxisMask(),
        shrinkAxisMask: table.shrinkAxisMask(),
        offset: table.offset(),
      }),
      (builder, attrs: OpAttrs['STRIDED_SLICE']) =>
        fb.StridedSliceOptions.createStridedSliceOptions(
          builder,
          attrs.beginMask,
          attrs.endMask,
          attrs.ellipsisMask,
          attrs.newAxisMask,
          attrs.shrinkAxisMask,
          attrs.offset,
        ),
    ),
    version: v.stridedSlice,
  },
  GATHER: {
    ...fields(
      fb.BuiltinOptions.GatherOptions,
      fb.GatherOptions,
      (table) => ({ axis: table.axis(), batchDims: table.batchDims() }),
      (builder, attrs: OpAttrs['GATHER']) =>
        fb.GatherOptions.createGatherOptions(builder, attrs.axis, attrs.batchDims),
    ),
    version: v.gather,
  },
  GATHER_ND: plain(v.gatherNd),
  PAD: plain(v.pad),
  PADV2: plain(v.pad),
  MIRROR_PAD: { ...mirrorPad, version: v.int8And16 },
  TILE: plain(v.byInput({ int8: 3 })),
  BROADCAST_TO: plain(v.broadcastTo),
  FILL: plain(v.byInput({ bool: 2, int8: 3, int16: 3, float16: 4 }, 1)),
  SHAPE: { ...shape, version: v.one },
  RESIZE_BILINEAR: {
    ...fields(
      fb.BuiltinOptions.ResizeBilinearOptions,
      fb.ResizeBilinearOptions,
      (table) => ({
        alignCorners: table.alignCorners(),
        halfPixelCenters: table.halfPixelCenters(),
      }),
      (builder, attrs: OpAttrs['RESIZE_BILINEAR']) =>
        fb.ResizeBilinearOptions.createResizeBilinearOptions(
          builder,
          attrs.alignCorners,
          attrs.halfPixelCenters,
        ),
    ),
    version: v.resizeBilinear,
  },
  RESIZE_NEAREST_NEIGHBOR: {
    ...fields(
      fb.BuiltinOptions.ResizeNearestNeighborOptions,
      fb.ResizeNearestNeighborOptions,
      (table) => ({
        alignCorners: table.alignCorners(),
        halfPixelCenters: table.halfPixelCenters(),
      }),
      (builder, attrs: OpAttrs['RESIZE_NEAREST_NEIGHBOR']) =>
        fb.ResizeNearestNeighborOptions.createResizeNearestNeighborOptions(
          builder,
          attrs.alignCorners,
          attrs.halfPixelCenters,
        ),
    ),
    version: v.resizeNearest,
  },
  SPACE_TO_DEPTH: {
    ...fields(
      fb.BuiltinOptions.SpaceToDepthOptions,
      fb.SpaceToDepthOptions,
      (table) => ({ blockSize: table.blockSize() }),
      (builder, attrs: OpAttrs['SPACE_TO_DEPTH']) =>
        fb.SpaceToDepthOptions.createSpaceToDepthOptions(builder, attrs.blockSize),
    ),
    version: v.int8Only,
  },
  DEPTH_TO_SPACE: {
    ...fields(
      fb.BuiltinOptions.DepthToSpaceOptions,
      fb.DepthToSpaceOptions,
      (table) => ({ blockSize: table.blockSize() }),
      (builder, attrs: OpAttrs['DEPTH_TO_SPACE']) =>
        fb.DepthToSpaceOptions.createDepthToSpaceOptions(builder, attrs.blockSize),
    ),
    version: v.int8Only,
  },
  SPACE_TO_BATCH_ND: plain(v.toOrFromBatch),
  BATCH_TO_SPACE_ND: plain(v.toOrFromBatch),
  REVERSE_V2: plain(v.byInput({ bool: 2, int8: 3 })),
  EQUAL: plain(v.byInput({ int8: 2, int16: 4 })),
  NOT_EQUAL: plain(v.int8Only),
  GREATER: plain(v.int8Only),
  GREATER_EQUAL: plain(v.int8And16),
  LESS: plain(v.int8And16),
  LESS_EQUAL: plain(v.int8Only),
  LOGICAL_AND: plain(v.one),
  LOGICAL_OR: plain(v.one),
  LOGICAL_NOT: plain(v.one),
  SELECT: plain(v.select),
  SELECT_V2: plain(v.byInput({ uint32: 2 })),
  EMBEDDING_LOOKUP: plain(v.one),
  DYNAMIC_UPDATE_SLICE: plain(v.one),
  QUANTIZE: plain(v.quantize),
  DEQUANTIZE: plain(v.dequantize),
};

/** The name of a builtin code, as schema.fbs has it; undefined for codes newer than the schema here. */
export function builtinName(code: number): string | undefined {
  return fb.BuiltinOperator[code];
}

export function isKnownOp(name: string): name is KnownOp {
  return Object.hasOwn(codecs, name);
}

export function builtinCode(op: KnownOp): number {
  return fb.BuiltinOperator[op];
}

/** The version to write for a node with these operands. */
export function operatorVersion(op: KnownOp, attrs: OpAttrs[KnownOp], site: OperandSite): number {
  return (codecs[op].version as (site: OperandSite, attrs: unknown) => number)(site, attrs);
}
