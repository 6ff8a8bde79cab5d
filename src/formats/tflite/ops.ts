/** TFLite operators ⇄ OpAttrs. Operators without attributes have no option table, as the runtime allows. */
import type { OpAttrs, OpName } from '../../model/ops';
import * as fb from './generated/tflite_generated';
import type { Codec } from './options';
import {
  activationCode,
  activationOf,
  argument,
  badActivation,
  batchMatmul,
  conv,
  depthwise,
  empty,
} from './options';
import {
  fullyConnected,
  fused,
  indexType,
  notAnIndexType,
  optionsOf,
  pool,
  reduce,
  scalesArePowersOfTwo,
  transposeConv,
} from './options';
import { tensorTypes } from './types';

export type KnownOp = Exclude<OpName, 'UNSUPPORTED'>;

export const codecs: { readonly [K in KnownOp]: Codec<OpAttrs[K]> } = {
  CONV_2D: conv,
  DEPTHWISE_CONV_2D: depthwise,
  TRANSPOSE_CONV: transposeConv,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: batchMatmul,
  ADD: fused(fb.BuiltinOptions.AddOptions, fb.AddOptions, (builder, activation, site) =>
    fb.AddOptions.createAddOptions(builder, activation, scalesArePowersOfTwo(site)),
  ),
  SUB: fused(fb.BuiltinOptions.SubOptions, fb.SubOptions, (builder, activation, site) =>
    fb.SubOptions.createSubOptions(builder, activation, scalesArePowersOfTwo(site)),
  ),
  MUL: fused(fb.BuiltinOptions.MulOptions, fb.MulOptions, fb.MulOptions.createMulOptions),
  DIV: fused(fb.BuiltinOptions.DivOptions, fb.DivOptions, fb.DivOptions.createDivOptions),
  MAXIMUM: empty,
  MINIMUM: empty,
  SQUARED_DIFFERENCE: empty,
  POW: empty,
  FLOOR_DIV: empty,
  FLOOR_MOD: empty,
  PRELU: empty,
  RELU: empty,
  RELU6: empty,
  RELU_N1_TO_1: empty,
  RELU_0_TO_1: empty,
  LEAKY_RELU: {
    options: fb.BuiltinOptions.LeakyReluOptions,
    read(site) {
      return { alpha: optionsOf(site, this.options, new fb.LeakyReluOptions()).alpha() };
    },
    write: (attrs, { builder }) => fb.LeakyReluOptions.createLeakyReluOptions(builder, attrs.alpha),
  },
  ELU: empty,
  GELU: {
    options: fb.BuiltinOptions.GeluOptions,
    read(site) {
      return { approximate: optionsOf(site, this.options, new fb.GeluOptions()).approximate() };
    },
    write: (attrs, { builder }) => fb.GeluOptions.createGeluOptions(builder, attrs.approximate),
  },
  HARD_SWISH: empty,
  LOGISTIC: empty,
  TANH: empty,
  SOFTMAX: {
    options: fb.BuiltinOptions.SoftmaxOptions,
    read(site) {
      return { beta: optionsOf(site, this.options, new fb.SoftmaxOptions()).beta() };
    },
    write: (attrs, { builder }) => fb.SoftmaxOptions.createSoftmaxOptions(builder, attrs.beta),
  },
  LOG_SOFTMAX: empty,
  EXP: empty,
  LOG: empty,
  SQRT: empty,
  RSQRT: empty,
  SQUARE: empty,
  ABS: empty,
  NEG: empty,
  SIGN: empty,
  SIN: empty,
  COS: empty,
  FLOOR: empty,
  CEIL: empty,
  ROUND: empty,
  CAST: {
    options: fb.BuiltinOptions.CastOptions,
    read: ({ outputs }) => (outputs[0] ? { to: outputs[0].dtype } : 'it has no output'),
    write: (attrs, { builder, inputs }) =>
      fb.CastOptions.createCastOptions(
        builder,
        tensorTypes[inputs[0]?.dtype ?? 'float32'],
        tensorTypes[attrs.to],
      ),
  },
  L2_NORMALIZATION: fused(
    fb.BuiltinOptions.L2NormOptions,
    fb.L2NormOptions,
    fb.L2NormOptions.createL2NormOptions,
  ),
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  L2_POOL_2D: pool,
  MEAN: reduce,
  SUM: reduce,
  REDUCE_MAX: reduce,
  REDUCE_MIN: reduce,
  REDUCE_PROD: reduce,
  REDUCE_ANY: reduce,
  REDUCE_ALL: reduce,
  ARG_MAX: argument(fb.BuiltinOptions.ArgMaxOptions, fb.ArgMaxOptions.createArgMaxOptions),
  ARG_MIN: argument(fb.BuiltinOptions.ArgMinOptions, fb.ArgMinOptions.createArgMinOptions),
  CUMSUM: {
    options: fb.BuiltinOptions.CumsumOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.CumsumOptions());
      return { exclusive: table.exclusive(), reverse: table.reverse() };
    },
    write: (attrs, { builder }) =>
      fb.CumsumOptions.createCumsumOptions(builder, attrs.exclusive, attrs.reverse),
  },
  RESHAPE: empty,
  SQUEEZE: {
    options: fb.BuiltinOptions.SqueezeOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.SqueezeOptions());
      const squeezeDims = site.ints(table.squeezeDimsLength(), (index) => table.squeezeDims(index));
      return { squeezeDims };
    },
    write: (attrs, { builder }) =>
      fb.SqueezeOptions.createSqueezeOptions(
        builder,
        fb.SqueezeOptions.createSqueezeDimsVector(builder, [...attrs.squeezeDims]),
      ),
  },
  EXPAND_DIMS: empty,
  TRANSPOSE: empty,
  CONCATENATION: {
    options: fb.BuiltinOptions.ConcatenationOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.ConcatenationOptions());
      const code = table.fusedActivationFunction();
      return badActivation(code) ?? { axis: table.axis(), activation: activationOf(code) };
    },
    write: (attrs, { builder }) =>
      fb.ConcatenationOptions.createConcatenationOptions(
        builder,
        attrs.axis,
        activationCode(attrs.activation),
      ),
  },
  SPLIT: {
    options: fb.BuiltinOptions.SplitOptions,
    read(site) {
      return { numSplits: optionsOf(site, this.options, new fb.SplitOptions()).numSplits() };
    },
    write: (attrs, { builder }) => fb.SplitOptions.createSplitOptions(builder, attrs.numSplits),
  },
  SPLIT_V: {
    options: fb.BuiltinOptions.SplitVOptions,
    read(site) {
      return { numSplits: optionsOf(site, this.options, new fb.SplitVOptions()).numSplits() };
    },
    write: (attrs, { builder }) => fb.SplitVOptions.createSplitVOptions(builder, attrs.numSplits),
  },
  PACK: {
    options: fb.BuiltinOptions.PackOptions,
    read(site) {
      return { axis: optionsOf(site, this.options, new fb.PackOptions()).axis() };
    },
    write: (attrs, { builder, inputs }) =>
      fb.PackOptions.createPackOptions(builder, inputs.length, attrs.axis),
  },
  UNPACK: {
    options: fb.BuiltinOptions.UnpackOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.UnpackOptions());
      return { axis: table.axis(), num: table.num() };
    },
    write: (attrs, { builder }) =>
      fb.UnpackOptions.createUnpackOptions(builder, attrs.num, attrs.axis),
  },
  SLICE: empty,
  STRIDED_SLICE: {
    options: fb.BuiltinOptions.StridedSliceOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.StridedSliceOptions());
      return {
        beginMask: table.beginMask(),
        endMask: table.endMask(),
        ellipsisMask: table.ellipsisMask(),
        newAxisMask: table.newAxisMask(),
        shrinkAxisMask: table.shrinkAxisMask(),
        offset: table.offset(),
      };
    },
    write: (attrs, { builder }) =>
      fb.StridedSliceOptions.createStridedSliceOptions(
        builder,
        attrs.beginMask,
        attrs.endMask,
        attrs.ellipsisMask,
        attrs.newAxisMask,
        attrs.shrinkAxisMask,
        attrs.offset,
      ),
  },
  GATHER: {
    options: fb.BuiltinOptions.GatherOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.GatherOptions());
      return { axis: table.axis(), batchDims: table.batchDims() };
    },
    write: (attrs, { builder }) =>
      fb.GatherOptions.createGatherOptions(builder, attrs.axis, attrs.batchDims),
  },
  GATHER_ND: empty,
  PAD: empty,
  PADV2: empty,
  MIRROR_PAD: {
    options: fb.BuiltinOptions.MirrorPadOptions,
    read(site) {
      const mode = optionsOf(site, this.options, new fb.MirrorPadOptions()).mode();
      return { mode: mode === fb.MirrorPadMode.SYMMETRIC ? 'SYMMETRIC' : 'REFLECT' };
    },
    write: (attrs, { builder }) =>
      fb.MirrorPadOptions.createMirrorPadOptions(builder, fb.MirrorPadMode[attrs.mode]),
  },
  TILE: empty,
  BROADCAST_TO: empty,
  FILL: empty,
  SHAPE: {
    options: fb.BuiltinOptions.ShapeOptions,
    read(site) {
      const outType = indexType(site);
      return outType ? { outType } : notAnIndexType;
    },
    write: (attrs, { builder }) =>
      fb.ShapeOptions.createShapeOptions(builder, tensorTypes[attrs.outType]),
  },
  RESIZE_BILINEAR: {
    options: fb.BuiltinOptions.ResizeBilinearOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.ResizeBilinearOptions());
      return { alignCorners: table.alignCorners(), halfPixelCenters: table.halfPixelCenters() };
    },
    write: (attrs, { builder }) =>
      fb.ResizeBilinearOptions.createResizeBilinearOptions(
        builder,
        attrs.alignCorners,
        attrs.halfPixelCenters,
      ),
  },
  RESIZE_NEAREST_NEIGHBOR: {
    options: fb.BuiltinOptions.ResizeNearestNeighborOptions,
    read(site) {
      const table = optionsOf(site, this.options, new fb.ResizeNearestNeighborOptions());
      return { alignCorners: table.alignCorners(), halfPixelCenters: table.halfPixelCenters() };
    },
    write: (attrs, { builder }) =>
      fb.ResizeNearestNeighborOptions.createResizeNearestNeighborOptions(
        builder,
        attrs.alignCorners,
        attrs.halfPixelCenters,
      ),
  },
  SPACE_TO_DEPTH: {
    options: fb.BuiltinOptions.SpaceToDepthOptions,
    read(site) {
      return { blockSize: optionsOf(site, this.options, new fb.SpaceToDepthOptions()).blockSize() };
    },
    write: (attrs, { builder }) =>
      fb.SpaceToDepthOptions.createSpaceToDepthOptions(builder, attrs.blockSize),
  },
  DEPTH_TO_SPACE: {
    options: fb.BuiltinOptions.DepthToSpaceOptions,
    read(site) {
      return { blockSize: optionsOf(site, this.options, new fb.DepthToSpaceOptions()).blockSize() };
    },
    write: (attrs, { builder }) =>
      fb.DepthToSpaceOptions.createDepthToSpaceOptions(builder, attrs.blockSize),
  },
  SPACE_TO_BATCH_ND: empty,
  BATCH_TO_SPACE_ND: empty,
  REVERSE_V2: empty,
  EQUAL: empty,
  NOT_EQUAL: empty,
  GREATER: empty,
  GREATER_EQUAL: empty,
  LESS: empty,
  LESS_EQUAL: empty,
  LOGICAL_AND: empty,
  LOGICAL_OR: empty,
  LOGICAL_NOT: empty,
  SELECT: empty,
  SELECT_V2: empty,
  EMBEDDING_LOOKUP: empty,
  DYNAMIC_UPDATE_SLICE: empty,
  QUANTIZE: empty,
  DEQUANTIZE: empty,
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
