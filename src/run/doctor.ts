/**
 * What the calibration doctor finds of a run: which calibration samples set the extremes of which layers,
 * and what ranges and score are without them. Types only.
 */
import type { Outcome, OutcomeSamples } from './outcome';

export interface Doctor {
  /** Id of the run. */
  readonly run: string;
  /** Calibration samples, without those that the recipe leaves out. */
  readonly samples: number;
  /** Layers and inputs whose range calibration decides. */
  readonly layers: number;
  /** How ranges without a sample were found: depends on the calibration method. */
  readonly method: string;
  readonly measured: OutcomeSamples;
  /** Of the run's own ranges; absent where a step has settled them, which `notes` says. */
  readonly all?: Outcome;
  /** Samples that set extremes, worst first, at most a few; the suspicious ones are all among them. */
  readonly suspects: readonly Suspect[];
  /** Without all suspicious ones, where they are several. */
  readonly together?: { readonly keys: readonly string[]; readonly outcome: Outcome };
  readonly halves?: Halves;
  /** By growing number of samples; the last is all of them. */
  readonly curve: readonly CurvePoint[];
  /** The least number on the curve from which on no point is worse by more than `tolerance`; absent: all of them are too few to say. */
  readonly enough?: number;
  /** dB of the output's SQNR: as far as two halves without a fault are apart, from 1 to 3. */
  readonly tolerance: number;
  /** Draws the samples of the curve. */
  readonly seed: number;
  /** What was not done as usual, in sentences. */
  readonly notes: readonly string[];
}

export interface Suspect {
  /** In the set, and its content key, by which a recipe leaves it out. */
  readonly index: number;
  readonly key: string;
  /** "cat/12.png", "row 17" */
  readonly name: string;
  readonly label?: string;
  /** It alone makes a range markedly wider, or lies far beyond those of nearly all others. */
  readonly suspicious: boolean;
  /** Layers of which it sets an end of the range, the most widened first. */
  readonly layers: readonly Stretched[];
  /** Layers whose range it makes wider by a quarter or more. */
  readonly widened: number;
  /** Of the run without it. */
  readonly outcome?: Outcome;
}

export interface Stretched {
  /** Node, or input of the model. */
  readonly layer: string;
  readonly ends: 'low' | 'high' | 'both';
  /** Its own extremes. */
  readonly min: number;
  readonly max: number;
  /** The layer's range with it, and without. */
  readonly range: readonly [number, number];
  readonly without: readonly [number, number];
  /** Width with it over width without; 1: another sample reaches as far. */
  readonly factor: number;
}

/** Calibrated by every second sample, and by the others. */
export interface Halves {
  readonly samples: readonly [number, number];
  /** How far the two ranges are apart, as a part of the wider: the median over layers, and the layer that differs most. */
  readonly median: number;
  readonly worst?: { readonly layer: string; readonly difference: number };
  readonly outcomes?: readonly [Outcome, Outcome];
}

export interface CurvePoint {
  readonly samples: number;
  /** Part of the full range that so many samples leave uncovered: mean over layers and draws. */
  readonly uncovered: number;
  /** Calibrated on the first draw of so many. */
  readonly outcome?: Outcome;
}
