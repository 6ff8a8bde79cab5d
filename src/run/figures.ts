/** Numbers that are measured, as plain data. Their definitions, units and thresholds: analysis/figures. */

/** How far a quantized tensor is from its float twin, both as real numbers. */
export interface TensorError {
  /** 10·log10(Σx² / Σ(x−x̂)²), dB; Infinity when equal. */
  readonly sqnr: number;
  readonly cosine: number;
  readonly mse: number;
  readonly maxAbs: number;
  /** RMSE in units of the output's scale: about 0.289 = 1/√12 when rounding is the only loss. */
  readonly rmseOverScale?: number;
}

export interface Energy {
  /** Picojoules, 45 nm model of Horowitz, ISSCC 2014: not a measurement. */
  readonly compute: number;
  readonly memory: number;
}

/** Kinds of score; analysis/score has one file for each. */
export type ScoreKind =
  | 'classes'
  | 'binary'
  | 'multi-label'
  | 'numbers'
  | 'mask'
  | 'reconstruction'
  | 'agreement'
  | 'likeness';

/** Score of one output of a model on some samples. */
export interface Score {
  readonly kind: ScoreKind;
  /** Name of the output. */
  readonly output: string;
  /** "accuracy", "mean absolute error", "mean IoU", "SQNR to float" */
  readonly label: string;
  readonly value: number;
  readonly unit: '%' | 'dB' | '';
  readonly better: 'higher' | 'lower';
  readonly samples: number;
  readonly synthetic: boolean;
  /** Top-5, AUC, RMSE, pixel accuracy, cosine …: label → value with unit. */
  readonly more: readonly {
    readonly label: string;
    readonly value: number;
    readonly unit: '%' | 'dB' | '';
  }[];
  /** Which class was answered to which. */
  readonly confusion?: {
    readonly classes: readonly string[];
    /** rows: truth, columns: answer; row-major classes × classes. Empty of more than 200 classes. */
    readonly counts: readonly number[];
    /** Per class: samples, those without an answer among them. Absent in older runs: the row's sum. */
    readonly samples?: readonly number[];
    /** Per class: samples that were answered right. */
    readonly right?: readonly number[];
  };
}
