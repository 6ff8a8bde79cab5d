/** Option tables of reductions, index results and data movement ⇄ attributes. */
import type { Builder } from 'flatbuffers';
import type { OpAttrs } from '../../model/ops';
import * as fb from './generated/tflite';
import type { Options, ReadSite } from './options';
import { activationCode, activationOf, badActivation, fields, optionsOf } from './options';
import { tensorTypes } from './types';

export const reduce = fields<OpAttrs['SUM'], fb.ReducerOptions>(
  fb.BuiltinOptions.ReducerOptions,
  fb.ReducerOptions,
  (table) => ({ keepDims: table.keepDims() }),
  (builder, { keepDims }) => fb.ReducerOptions.createReducerOptions(builder, keepDims),
);

/** The type of an index output stands in the output tensor; the option repeats it. */
function indexType({ outputs }: ReadSite): 'int32' | 'int64' | undefined {
  const type = outputs[0]?.dtype;
  return type === 'int32' || type === 'int64' ? type : undefined;
}
const notAnIndexType = 'its output is neither int32 nor int64';

export function argument(
  options: fb.BuiltinOptions,
  create: (builder: Builder, type: number) => number,
): Options<OpAttrs['ARG_MAX']> {
  return {
    options,
    read(site) {
      const outputType = indexType(site);
      return outputType ? { outputType } : notAnIndexType;
    },
    write: (attrs, { builder }) => create(builder, tensorTypes[attrs.outputType]),
  };
}

export const cast: Options<OpAttrs['CAST']> = {
  options: fb.BuiltinOptions.CastOptions,
  read: ({ outputs }) => (outputs[0] ? { to: outputs[0].dtype } : 'it has no output'),
  write: (attrs, { builder, inputs }) =>
    fb.CastOptions.createCastOptions(
      builder,
      tensorTypes[inputs[0]?.dtype ?? 'float32'],
      tensorTypes[attrs.to],
    ),
};

export const squeeze: Options<OpAttrs['SQUEEZE']> = {
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
};

export const concatenation: Options<OpAttrs['CONCATENATION']> = {
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
};

export const pack: Options<OpAttrs['PACK']> = {
  options: fb.BuiltinOptions.PackOptions,
  read(site) {
    return { axis: optionsOf(site, this.options, new fb.PackOptions()).axis() };
  },
  write: (attrs, { builder, inputs }) =>
    fb.PackOptions.createPackOptions(builder, inputs.length, attrs.axis),
};

export const unpack: Options<OpAttrs['UNPACK']> = {
  options: fb.BuiltinOptions.UnpackOptions,
  read(site) {
    const table = optionsOf(site, this.options, new fb.UnpackOptions());
    return { axis: table.axis(), num: table.num() };
  },
  write: (attrs, { builder }) =>
    fb.UnpackOptions.createUnpackOptions(builder, attrs.num, attrs.axis),
};

export const mirrorPad: Options<OpAttrs['MIRROR_PAD']> = {
  options: fb.BuiltinOptions.MirrorPadOptions,
  read(site) {
    const mode = optionsOf(site, this.options, new fb.MirrorPadOptions()).mode();
    return { mode: mode === fb.MirrorPadMode.SYMMETRIC ? 'SYMMETRIC' : 'REFLECT' };
  },
  write: (attrs, { builder }) =>
    fb.MirrorPadOptions.createMirrorPadOptions(builder, fb.MirrorPadMode[attrs.mode]),
};

export const shape: Options<OpAttrs['SHAPE']> = {
  options: fb.BuiltinOptions.ShapeOptions,
  read(site) {
    const outType = indexType(site);
    return outType ? { outType } : notAnIndexType;
  },
  write: (attrs, { builder }) =>
    fb.ShapeOptions.createShapeOptions(builder, tensorTypes[attrs.outType]),
};
