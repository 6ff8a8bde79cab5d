/**
 * TFLite operators ⇄ OpAttrs: builtin codes, option tables and their fields (schema.fbs). An option
 * table that a file leaves out reads as the schema's defaults. Operators without attributes are
 * written without options, as the runtime allows.
 */
import type { Builder } from 'flatbuffers';
import { ByteBuffer } from 'flatbuffers';
import type { OpAttrs, OpName, Activation, Padding } from '../../model/ops';
import type { Value } from '../../model/graph';
import * as fb from './generated/tflite_generated';
import { tensorTypes } from './types';

export type KnownOp = Exclude<OpName, 'UNSUPPORTED'>;

/** What of an operator is known when its attributes are read. */
export interface ReadSite {
  readonly operator: fb.Operator;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  ints(length: number, at: (index: number) => number | null): number[];
}
/** What the writer knows. */
export interface WriteSite {
  readonly builder: Builder;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
}

interface Codec<A> {
  readonly options: fb.BuiltinOptions;
  /** Gives a string instead of attributes where the combination is not supported: why. */
  read(site: ReadSite): A | string;
  write(attrs: A, site: WriteSite): number;
}

interface OptionTable<T> {
  bb: ByteBuffer | null;
  __init(position: number, buffer: ByteBuffer): T;
}

/** A table without fields: a vtable of 4 bytes, then the offset back to it. */
const noFields = new ByteBuffer(new Uint8Array([4, 0, 4, 0, 4, 0, 0, 0]));

function optionsOf<T extends OptionTable<T>>(site: ReadSite, type: fb.BuiltinOptions, table: T): T {
  const { operator } = site;
  const found = operator.builtinOptionsType() === type ? operator.builtinOptions(table) : null;
  return (found as T | null) ?? table.__init(4, noFields);
}

const activations: readonly Activation[] = [
  'NONE',
  'RELU',
  'RELU_N1_TO_1',
  'RELU6',
  'TANH',
  'SIGN_BIT',
];
/** Unknown activation numbers become NONE only after `badActivation` has refused them. */
const activationOf = (code: number): Activation => activations[code] ?? 'NONE';
const activationCode = (name: Activation): number => activations.indexOf(name);
const paddingOf = (code: number): Padding => (code === fb.Padding.VALID ? 'VALID' : 'SAME');
const paddingCode = (name: Padding): number =>
  name === 'VALID' ? fb.Padding.VALID : fb.Padding.SAME;
const badActivation = (code: number): string | undefined =>
  activations[code] === undefined ? `activation ${code} is not known` : undefined;

const empty: Codec<OpAttrs['ABS']> = {
  options: fb.BuiltinOptions.NONE,
  read: () => ({}),
  write: () => 0,
};

/** Option tables that hold nothing but a fused activation. */
function fused<T extends OptionTable<T> & { fusedActivationFunction(): number }>(
  options: fb.BuiltinOptions,
  table: new () => T,
  create: (builder: Builder, activation: number) => number,
): Codec<OpAttrs['ADD']> {
  return {
    options,
    read(site) {
      const code = optionsOf(site, options, new table()).fusedActivationFunction();
      return badActivation(code) ?? { activation: activationOf(code) };
    },
    write: (attrs, { builder }) => create(builder, activationCode(attrs.activation)),
  };
}

const conv: Codec<OpAttrs['CONV_2D']> = {
  options: fb.BuiltinOptions.Conv2DOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.Conv2DOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        dilationW: table.dilationWFactor(),
        dilationH: table.dilationHFactor(),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.Conv2DOptions.createConv2DOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      activationCode(attrs.activation),
      attrs.dilationW,
      attrs.dilationH,
      fb.TensorType.FLOAT32,
    ),
};

const depthwise: Codec<OpAttrs['DEPTHWISE_CONV_2D']> = {
  options: fb.BuiltinOptions.DepthwiseConv2DOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.DepthwiseConv2DOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        dilationW: table.dilationWFactor(),
        dilationH: table.dilationHFactor(),
        // The runtime derives it from the shapes and ignores the field, which may be 0.
        depthMultiplier: table.depthMultiplier() || multiplierFromShapes(site),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.DepthwiseConv2DOptions.createDepthwiseConv2DOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      attrs.depthMultiplier,
      activationCode(attrs.activation),
      attrs.dilationW,
      attrs.dilationH,
    ),
};

function multiplierFromShapes({ inputs }: ReadSite): number {
  const [channels, filters] = [inputs[0]?.shape[3], inputs[1]?.shape[3]];
  return channels && filters && filters % channels === 0 ? filters / channels : 1;
}

const transposeConv: Codec<OpAttrs['TRANSPOSE_CONV']> = {
  options: fb.BuiltinOptions.TransposeConvOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.TransposeConvOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.TransposeConvOptions.createTransposeConvOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      activationCode(attrs.activation),
      fb.TensorType.FLOAT32,
    ),
};

const fullyConnected: Codec<OpAttrs['FULLY_CONNECTED']> = {
  options: fb.BuiltinOptions.FullyConnectedOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.FullyConnectedOptions());
    if (table.weightsFormat() !== fb.FullyConnectedOptionsWeightsFormat.DEFAULT)
      return 'its weights are in the shuffled 4×16 layout';
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        activation: activationOf(table.fusedActivationFunction()),
        keepNumDims: table.keepNumDims(),
        asymmetricQuantizeInputs: table.asymmetricQuantizeInputs(),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.FullyConnectedOptions.createFullyConnectedOptions(
      builder,
      activationCode(attrs.activation),
      fb.FullyConnectedOptionsWeightsFormat.DEFAULT,
      attrs.keepNumDims,
      attrs.asymmetricQuantizeInputs,
      fb.TensorType.FLOAT32,
    ),
};

const batchMatmul: Codec<OpAttrs['BATCH_MATMUL']> = {
  options: fb.BuiltinOptions.BatchMatMulOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.BatchMatMulOptions());
    return {
      adjX: table.adjX(),
      adjY: table.adjY(),
      asymmetricQuantizeInputs: table.asymmetricQuantizeInputs(),
    };
  },
  write: (attrs, { builder }) =>
    fb.BatchMatMulOptions.createBatchMatMulOptions(
      builder,
      attrs.adjX,
      attrs.adjY,
      attrs.asymmetricQuantizeInputs,
    ),
};

const pool: Codec<OpAttrs['MAX_POOL_2D']> = {
  options: fb.BuiltinOptions.Pool2DOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.Pool2DOptions());
    return (
      badActivation(table.fusedActivationFunction()) ?? {
        padding: paddingOf(table.padding()),
        strideW: table.strideW(),
        strideH: table.strideH(),
        filterW: table.filterWidth(),
        filterH: table.filterHeight(),
        activation: activationOf(table.fusedActivationFunction()),
      }
    );
  },
  write: (attrs, { builder }) =>
    fb.Pool2DOptions.createPool2DOptions(
      builder,
      paddingCode(attrs.padding),
      attrs.strideW,
      attrs.strideH,
      attrs.filterW,
      attrs.filterH,
      activationCode(attrs.activation),
    ),
};

const reduce: Codec<OpAttrs['SUM']> = {
  options: fb.BuiltinOptions.ReducerOptions,
  read(site) {
    return { keepDims: optionsOf(site, this.options, new fb.ReducerOptions()).keepDims() };
  },
  write: (attrs, { builder }) => fb.ReducerOptions.createReducerOptions(builder, attrs.keepDims),
};

/** The type of an index output stands in the output tensor; the option repeats it. */
function indexType({ outputs }: ReadSite): 'int32' | 'int64' | undefined {
  const type = outputs[0]?.dtype;
  return type === 'int32' || type === 'int64' ? type : undefined;
}
const notAnIndexType = 'its output is neither int32 nor int64';

function argument(
  options: fb.BuiltinOptions,
  create: (builder: Builder, type: number) => number,
): Codec<OpAttrs['ARG_MAX']> {
  return {
    options,
    read(site) {
      const outputType = indexType(site);
      return outputType ? { outputType } : notAnIndexType;
    },
    write: (attrs, { builder }) => create(builder, tensorTypes[attrs.outputType]),
  };
}

export const codecs: { readonly [K in KnownOp]: Codec<OpAttrs[K]> } = {
  CONV_2D: conv,
  DEPTHWISE_CONV_2D: depthwise,
  TRANSPOSE_CONV: transposeConv,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: batchMatmul,
  ADD: fused(fb.BuiltinOptions.AddOptions, fb.AddOptions, (builder, activation) =>
    fb.AddOptions.createAddOptions(builder, activation, true),
  ),
  SUB: fused(fb.BuiltinOptions.SubOptions, fb.SubOptions, (builder, activation) =>
    fb.SubOptions.createSubOptions(builder, activation, true),
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
