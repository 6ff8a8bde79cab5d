/**
 * Mixed precision as it was measured: what each layer alone costs, and points of the curve, each a
 * combination that was converted and run. Types only. Everything here was measured on samples that choose
 * (selection), never on evaluation samples.
 */
import type { Override } from '../quant/recipe';
import type { Border } from '../quant/types';
import type { Score } from './figures';

/** What is asked of a mixture. */
export type Budget =
  /** At most so many points (of a score in %; else in its own unit) worse than float. */
  | { readonly kind: 'accuracy'; readonly points: number; readonly prefer: Preference }
  /** The outputs' SQNR is at least so many dB. */
  | { readonly kind: 'sqnr'; readonly dB: number; readonly prefer: Preference }
  /** The exported file has at most so many bytes. */
  | { readonly kind: 'size'; readonly bytes: number }
  /** At most this part of the multiply-accumulates is above 8 bit: 0 … 1. */
  | { readonly kind: 'high'; readonly share: number };
/** Of several that keep the budget: the fewest bytes, or the fewest MACs above 8 bit. */
export type Preference = 'smallest' | 'fastest';

/** One layer quantized while all others are float, at the model's outputs. */
export interface AloneAtOutput {
  /** 10·log10(Σx² / Σ(x − x̂)²) of the worst output, dB; Infinity: nothing changed. */
  readonly sqnr: number;
  /** Of the primary score: quantized minus float, in its unit; the SQNR where the score is the distance to float. */
  readonly change: number;
  /** Worse than float by more than chance (McNemar or bootstrap). */
  readonly beyondChance: boolean;
}

/** A layer that can be at more than one precision. */
export interface DialLayer {
  /** Node of the float graph. */
  readonly id: string;
  readonly macs: number;
  /** What it becomes above 8 bit: 'float' where the target has no int16 kernel for it. */
  readonly high: 'int16' | 'float';
  /** It moves numbers on one scale: it has the precision of what it reads. */
  readonly follows: boolean;
  /** The target takes 4-bit weights in it. */
  readonly low: boolean;
  /** Bytes of the file that 4-bit weights save, of this layer's constants. */
  readonly saves: number;
  readonly at8?: AloneAtOutput;
  readonly at4?: AloneAtOutput;
}

/** One combination, measured as a whole. */
export interface DialPoint {
  /** Ids of the layers above 8 bit, and of those with 4-bit weights; all others are int8. In the graph's order. */
  readonly high: readonly string[];
  readonly low: readonly string[];
  /** What the recipe needs for it, by layer id. */
  readonly overrides: Readonly<Record<string, Override>>;
  /** End: all layers at one precision. Curve: the worst first. Search: on the way to a budget. Refined: layers given back one by one. */
  readonly found: 'end' | 'curve' | 'search' | 'refined';
  /** Of the output that stands for the model. */
  readonly score: Score;
  /** Of the worst output, to the float model's, dB. */
  readonly sqnr: number;
  /** Worse than float by more than chance. */
  readonly beyondChance: boolean;
  /** Of the file that Export writes with the recipe's border. */
  readonly bytes: number;
  /** Part of the MACs above 8 bit: 0 … 1. */
  readonly highShare: number;
  /** Sum of the layers' times, ms: an estimate (Dial.latency says of what). */
  readonly ms?: number;
  /** Types at the model's border, where they aren't those that the recipe asks for. */
  readonly border?: Border;
  readonly answers: DialAnswers;
}

/** Of every sample, at the primary output: right or wrong ("1101"), or an error. */
export type DialAnswers = { readonly right: string } | { readonly errors: readonly number[] };

export interface Dial {
  /** What chose: 'both' where there are too few selection samples, so that calibration samples join them. */
  readonly on: 'selection' | 'calibration' | 'both';
  /** Samples of each point, and of each layer alone: the first ones. */
  readonly samples: number;
  readonly aloneSamples: number;
  readonly synthetic: boolean;
  /** The float model on the same samples, and its own file. */
  readonly float: {
    readonly score: Score;
    readonly bytes: number;
    readonly ms?: number;
    readonly answers: DialAnswers;
  };
  /** In the graph's order. */
  readonly layers: readonly DialLayer[];
  /** Ids, the worst at 8 bit first; and those that lose least per byte saved at 4 bit first. */
  readonly worstFirst: readonly string[];
  readonly cheapestFirst: readonly string[];
  /** In the order that they were measured in. */
  readonly points: readonly DialPoint[];
  /** Where the points' ms are from, a sentence; absent: nothing was timed. */
  readonly latency?: string;
  /** The best for each budget that was asked for, the last one last. */
  readonly chosen?: DialChoice;
  /** It ended early: asked to stop, or its work was spent. */
  readonly ended?: 'stopped' | 'spent';
}

export interface DialChoice {
  readonly budget: Budget;
  /** Index into `points`. */
  readonly point: number;
  readonly met: boolean;
  /** What was found, and how far it is from the budget where that can't be met. */
  readonly sentence: string;
}
