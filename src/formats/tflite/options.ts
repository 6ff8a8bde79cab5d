/**
 * Option tables of schema.fbs ⇄ attributes, for the operators whose tables hold more than a field or
 * two, and what all codecs share. A table that a file leaves out reads as the schema's defaults.
 */
import type { Builder } from 'flatbuffers';
import { ByteBuffer } from 'flatbuffers';
import type { Activation, OpAttrs, Padding } from '../../model/ops';
import type { Value } from '../../model/graph';
import * as fb from './generated/tflite_generated';
import { tensorTypes } from './types';

/** What of an operator is known when its attributes are read. */
export interface ReadSite {
  readonly operator: fb.Operator;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  ints(length: number, at: (index: number) => number | null): number[];
}
/** What the writer knows. */
export interface WriteSite extends OperandSite {
  readonly builder: Builder;
}
export interface OperandSite {
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
}

export interface Codec<A> {
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

export function optionsOf<T extends OptionTable<T>>(
  site: ReadSite,
  type: fb.BuiltinOptions,
  table: T,
): T {
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
export const activationOf = (code: number): Activation => activations[code] ?? 'NONE';
export const activationCode = (name: Activation): number => activations.indexOf(name);
const paddingOf = (code: number): Padding => (code === fb.Padding.VALID ? 'VALID' : 'SAME');
const paddingCode = (name: Padding): number =>
  name === 'VALID' ? fb.Padding.VALID : fb.Padding.SAME;
export const badActivation = (code: number): string | undefined =>
  activations[code] === undefined ? `activation ${code} is not known` : undefined;

export const empty: Codec<OpAttrs['ABS']> = {
  options: fb.BuiltinOptions.NONE,
  read: () => ({}),
  write: () => 0,
};

/** Option tables that hold nothing but a fused activation. */
export function fused<T extends OptionTable<T> & { fusedActivationFunction(): number }>(
  options: fb.BuiltinOptions,
  table: new () => T,
  create: (builder: Builder, activation: number, site: WriteSite) => number,
): Codec<OpAttrs['ADD']> {
  return {
    options,
    read(site) {
      const code = optionsOf(site, options, new table()).fusedActivationFunction();
      return badActivation(code) ?? { activation: activationOf(code) };
    },
    write: (attrs, site) => create(site.builder, activationCode(attrs.activation), site),
  };
}

export const conv: Codec<OpAttrs['CONV_2D']> = {
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

export const depthwise: Codec<OpAttrs['DEPTHWISE_CONV_2D']> = {
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

export const transposeConv: Codec<OpAttrs['TRANSPOSE_CONV']> = {
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

export const fullyConnected: Codec<OpAttrs['FULLY_CONNECTED']> = {
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

export const batchMatmul: Codec<OpAttrs['BATCH_MATMUL']> = {
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

export const pool: Codec<OpAttrs['MAX_POOL_2D']> = {
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

export const reduce: Codec<OpAttrs['SUM']> = {
  options: fb.BuiltinOptions.ReducerOptions,
  read(site) {
    return { keepDims: optionsOf(site, this.options, new fb.ReducerOptions()).keepDims() };
  },
  write: (attrs, { builder }) => fb.ReducerOptions.createReducerOptions(builder, attrs.keepDims),
};

/** The type of an index output stands in the output tensor; the option repeats it. */
export function indexType({ outputs }: ReadSite): 'int32' | 'int64' | undefined {
  const type = outputs[0]?.dtype;
  return type === 'int32' || type === 'int64' ? type : undefined;
}
export const notAnIndexType = 'its output is neither int32 nor int64';

export function argument(
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

/**
 * `pot_scale_int16` of ADD and SUB: whether int16 operands take the runtime's older kernel, which
 * wants scales that are powers of two. Other types ignore it, and true is the schema's default.
 */
export function scalesArePowersOfTwo({ inputs, outputs }: OperandSite): boolean {
  if (inputs[0]?.dtype !== 'int16') return true;
  return [...inputs, ...outputs].every((value) => {
    const scale = value?.quant?.scale[0];
    return scale === undefined || Number.isInteger(Math.log2(scale));
  });
}
