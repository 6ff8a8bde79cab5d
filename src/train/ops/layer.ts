/**
 * What a layer function is: one TFLite operator on TF.js tensors, composed once for every backend. The
 * site gives it operands in the form in which the integer graph reads them, and the output's grid.
 */
import type { NodeFor, Value } from '../../model/graph';
import type { Activation, OpAttrs, OpName } from '../../model/ops';
import type { Arithmetic, Quantizer, Rounding } from '../arithmetic';
import type { TfTensor } from '../tf';

export interface Site<K extends OpName = OpName> {
  readonly node: NodeFor<K>;
  readonly attrs: OpAttrs[K];
  readonly arithmetic: Arithmetic;
  /** Samples in this pass: the leading size of a value is its own times this. */
  readonly batch: number;
  /** False where nothing before this node trains. */
  readonly needsInputGradient: boolean;
  /** False where its weights and their scale are frozen. */
  readonly needsWeightGradient: boolean;
  /** How many inputs the node has. */
  readonly inputs: number;
  has(position: number): boolean;
  /** The operand on its grid. */
  input(position: number): TfTensor;
  /** The numbers of a constant integer operand. Throws IntactError `unsupported` when it isn't one. */
  integers(position: number): readonly number[];
  value(position: number): Value;
  /** Of an output, with the batch. */
  outShape(position?: number): number[];
  /** Weights of a linear op, constant and on their grid, in TF.js' layout; undefined if not constant. */
  weights(): TfTensor | undefined;
  /** [channels], on its grid; zeros where the node has none. */
  bias(channels: number): TfTensor;
  /** Where the target's kernel for this layer with weights sends ties (linearRounding.ts). */
  readonly ties: Rounding;
  /** The output's grid, undefined in float. */
  grid(rounding: Rounding): Quantizer | undefined;
  /** Activation, then the output's grid. */
  finish(x: TfTensor, rounding: Rounding, activation?: Activation): TfTensor;
}

export type Forward<K extends OpName> = (site: Site<K>) => TfTensor | readonly TfTensor[];

export type Layer<K extends OpName> =
  /** Its result lies on a grid of its own. */
  | { readonly kind: 'computes'; readonly forward: Forward<K> }
  /** It hands values on: inputs are brought to the output's grid. */
  | { readonly kind: 'moves'; readonly forward: Forward<K> }
  /** It runs, but no gradient passes; what is before it and nowhere else is frozen. */
  | { readonly kind: 'stops'; readonly forward: Forward<K>; readonly why: string }
  /** A graph with it can't be trained. */
  | { readonly kind: 'refused'; readonly why: string };

export const computes = <K extends OpName>(forward: Forward<K>): Layer<K> => ({
  kind: 'computes',
  forward,
});
export const moves = <K extends OpName>(forward: Forward<K>): Layer<K> => ({
  kind: 'moves',
  forward,
});
export const stops = <K extends OpName>(why: string, forward: Forward<K>): Layer<K> => ({
  kind: 'stops',
  forward,
  why,
});
