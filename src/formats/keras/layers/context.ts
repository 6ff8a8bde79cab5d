/** What building a Keras model carries along, and how its work is bounded. */
import { IntactError } from '../../../model/error';
import type { Writer } from '../../build/writer';
import type { KerasSource } from '../source';
import type { CallArgument, KerasVersion } from './layer';
import type { LayerSpec } from './spec';

export interface Context {
  readonly source: KerasSource;
  readonly version: KerasVersion;
  readonly writer: Writer;
  /** How often each layer was called, by path. */
  readonly calls: Map<string, number>;
  /** Values whose shape is a guess: outputs of layers that can't run, and what follows from them. */
  readonly doubtful: Set<number>;
  /** Values that carry a Keras mask. */
  readonly masked: Set<number>;
  readonly budget: { left: number };
  /** `applyLayer` of apply.ts: a model applies layers, and a layer may be a model. */
  readonly applyLayer: (
    context: Context,
    spec: LayerSpec,
    path: readonly string[],
    given: Given,
  ) => readonly number[];
}

export interface Given {
  readonly args: readonly CallArgument[];
  readonly kwargs: Readonly<Record<string, CallArgument>>;
  /** How many outputs the model uses. */
  readonly outputs: number;
  /** The shape that the file names for an output. */
  readonly hint?: (tensor: number) => readonly unknown[] | undefined;
}

/** Of one call, in look-ups. */
export const callCost = 100;

/** Bounds the work on configs whose sub-models call each other again and again. */
export function spend(context: Context, amount: number): void {
  context.budget.left -= amount;
  if (context.budget.left < 0)
    throw new IntactError('limit', 'The model has more layer calls than Intact can hold.');
}
