/**
 * What all codecs share: reading and writing an option table of schema.fbs. A table that a file leaves
 * out reads as the schema's defaults.
 */
import type { Builder } from 'flatbuffers';
import { ByteBuffer } from 'flatbuffers';
import type { Activation, OpAttrs, Padding } from '../../model/ops';
import type { Value } from '../../model/graph';
import * as fb from './generated/tflite';

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

/** An option table ⇄ attributes. */
export interface Options<A> {
  readonly options: fb.BuiltinOptions;
  /** Gives a string instead of attributes where the combination is not supported: why. */
  read(site: ReadSite): A | string;
  write(attrs: A, site: WriteSite): number;
}
/** The version to write for a node (see versions.ts). */
export type Version<A = unknown> = (site: OperandSite, attrs: A) => number;
/** All that the format knows of an operator. */
export interface Codec<A> extends Options<A> {
  readonly version: Version<A>;
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
export const paddingOf = (code: number): Padding => (code === fb.Padding.VALID ? 'VALID' : 'SAME');
export const paddingCode = (name: Padding): number =>
  name === 'VALID' ? fb.Padding.VALID : fb.Padding.SAME;
export const badActivation = (code: number): string | undefined =>
  activations[code] === undefined ? `activation ${code} is not known` : undefined;

/** Operators without attributes: they have no option table, as the runtime allows. */
export const plain = (version: Version): Codec<OpAttrs['ABS']> => ({
  options: fb.BuiltinOptions.NONE,
  read: () => ({}),
  write: () => 0,
  version,
});

/** Option tables that hold nothing but a fused activation. */
export function fused<T extends OptionTable<T> & { fusedActivationFunction(): number }>(
  options: fb.BuiltinOptions,
  table: new () => T,
  create: (builder: Builder, activation: number, site: WriteSite) => number,
): Options<OpAttrs['ADD']> {
  return {
    options,
    read(site) {
      const code = optionsOf(site, options, new table()).fusedActivationFunction();
      return badActivation(code) ?? { activation: activationOf(code) };
    },
    write: (attrs, site) => create(site.builder, activationCode(attrs.activation), site),
  };
}

/** Option tables that stand for themselves: a field is an attribute. */
export function fields<A, T extends OptionTable<T>>(
  options: fb.BuiltinOptions,
  table: new () => T,
  read: (table: T) => A,
  create: (builder: Builder, attrs: A) => number,
): Options<A> {
  return {
    options,
    read: (site) => read(optionsOf(site, options, new table())),
    write: (attrs, { builder }) => create(builder, attrs),
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
