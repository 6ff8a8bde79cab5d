/** What a variant of a run comes to, on samples that choices may look at: never those that are evaluated. */
import type { Score } from './figures';

export interface Outcome {
  /** The score that stands for the model. */
  readonly score: Score;
  /** Of each of the model's outputs, in their order: signal to quantization noise against float, dB. */
  readonly outputs: readonly { readonly name: string; readonly sqnr: number }[];
}

/** The samples that outcomes stand on. */
export interface OutcomeSamples {
  readonly count: number;
  /** Which they are: "20 of 100 selection samples, which neither calibrate nor are evaluated". */
  readonly sentence: string;
}
