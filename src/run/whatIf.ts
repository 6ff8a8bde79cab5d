/** A change of one layer of a quantized run, tried on some samples while the hand moves. Types only. */
import type { RecipeChange } from '../quant/change';
import type { Outcome, OutcomeSamples } from './outcome';

export interface WhatIf {
  /** As the run is, and with the change, on the same samples. */
  readonly now: Outcome;
  readonly then: Outcome;
  readonly float: Outcome['score'];
  readonly measured: OutcomeSamples;
  /** Samples there are; `measured.count` of them were taken. */
  readonly of: number;
  /** Nodes that were run again, of all of the changed graph. */
  readonly nodes: { readonly run: number; readonly of: number };
  readonly change: RecipeChange;
  /** Milliseconds from the question to the answer, without what was kept from before. */
  readonly ms: number;
}
