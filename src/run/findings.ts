/**
 * Findings: why a layer is bad, what it costs, what to do. Made by analysis/findings (a file for each
 * rule) from what a run has measured; shown by the page and the shell.
 */
import type { RecipeChange } from '../quant/change';
import type { TensorError } from './figures';

/** Keys in stored runs and reports: added to, never renamed. */
export type RuleId =
  | 'channel-ranges'
  | 'unlike-things'
  | 'outliers'
  | 'beyond-range'
  | 'bias-shift'
  | 'negative-tail'
  | 'coarse-grid'
  | 'first-divergence'
  | 'vanished-classes'
  | 'flattened-output'
  | 'calibration-small'
  | 'calibration-unlike'
  | 'input-range'
  | 'wide-head'
  | 'float-islands'
  | 'slower'
  | 'more-than-needed';

/** A change for the better is above zero. */
export interface Gain {
  /** Of the primary score, in its own unit; or of the output's SQNR. */
  readonly unit: '%' | 'dB' | '';
  readonly value: number;
}

/** What is lost by it: measured, with these layers alone quantized where nothing else is said. */
export interface Cost extends Gain {
  /** Evaluation samples that it was measured on. */
  readonly samples: number;
  /** "output SQNR", "accuracy" */
  readonly label: string;
}

export interface Fix {
  /** Of the finding; stands in runs that were made by it. */
  readonly id: string;
  /** "Quantize weights per channel" */
  readonly label: string;
  readonly change: RecipeChange;
  /** Absent where nothing measured allows one; `how` says what it stands on. */
  readonly predicted?: Gain & { readonly how: string };
  /** Of the exported file; absent: unchanged or unknown. */
  readonly bytes?: number;
  /** Of one inference in this browser, ms; absent: unchanged or unknown. */
  readonly ms?: number;
  /** What else it means: "the model gets two outputs". */
  readonly note?: string;
}

export interface Finding {
  /** Rule and layers: the same finding has the same id in another run of the model. */
  readonly id: string;
  readonly rule: RuleId;
  /** Ids of layers, the worst first. Empty: of the whole model or its data. */
  readonly layers: readonly string[];
  /** A few words: "Channel ranges of weights far apart". */
  readonly title: string;
  /** The reason in plain words with its own numbers, a sentence or two. */
  readonly reason: string;
  readonly cost?: Cost;
  /** The loss is within what other samples could turn round (analysis/significance). */
  readonly couldBeChance: boolean;
  /** Worst first: larger is worse; what findings are ordered by. In points or dB of loss explained, made comparable by the rule's file. */
  readonly weight: number;
  readonly fixes: readonly Fix[];
}

/** What findings stand on, by layer id and output; measured with the errors. */
export interface Evidence {
  readonly layers: Readonly<Record<string, LayerEvidence>>;
  /** Of each of the model's outputs, by its name: SQNR after the layer, one series an output. */
  readonly outputs?: Readonly<Record<string, OutputEvidence>>;
  /** Ranges of two halves of the calibration samples, by value name: how far they differ, as a part of the range. */
  readonly halves?: Readonly<Record<string, number>>;
}
export interface LayerEvidence {
  /** Of the float activation over the evaluation samples. */
  readonly seen?: { readonly min: number; readonly max: number };
  /** Part of its elements beyond the calibrated range there. */
  readonly beyond?: number;
  /** Largest |mean error| of a channel, in units of the output's scale; only this layer quantized. */
  readonly shift?: number;
  /** Part of its mean square error that the channels' mean errors make. */
  readonly shiftPart?: number;
  /** Only its weights, or only its activations, quantized; at its own output. */
  readonly weightsOnly?: TensorError;
  readonly activationsOnly?: TensorError;
  /** SQNR of each output of the model, in their order, with only this layer quantized, dB. */
  readonly outputSqnr?: readonly number[];
}
export interface OutputEvidence {
  /** Whole model quantized, dB. */
  readonly sqnr: number;
}

/** How a run came out of a finding. */
export interface Repair {
  /** The run that had the finding. */
  readonly from: string;
  readonly finding: string;
  readonly fix: string;
  /** "Quantize weights per channel" */
  readonly label: string;
  readonly predicted?: Gain;
}
