/**
 * The contract of samples: what every job gets instead of decoded arrays. A `DataSource` is plain data
 * that crosses a thread border; a worker opens it (`openSamples`) and reads one sample at a time,
 * straight to the model's input form. Nothing holds the whole set decoded beyond a stated budget.
 */

/** A file that is read in parts: a Blob in the page, an open file in node. */
export interface ByteSource {
  readonly size: number;
  slice(start: number, end: number): ByteSource;
  arrayBuffer(): Promise<ArrayBuffer>;
}
export interface SourceFile {
  readonly path: string;
  readonly bytes: ByteSource;
}

/** What the user has decided; a check without an entry is decided by the reader, which then says so. Check id → value. */
export type Choices = Readonly<Record<string, string>>;

export type DataSource =
  | {
      readonly kind: 'files';
      readonly name: string;
      /** SHA-256 over paths and content. */
      readonly key: string;
      readonly files: readonly SourceFile[];
      /** Kept for evaluation alone (`--eval`); `files` are then for training and selection only. */
      readonly evaluation?: readonly SourceFile[];
      readonly choices: Choices;
    }
  | {
      readonly kind: 'synthetic';
      readonly name: string;
      readonly key: string;
      readonly count: number;
      readonly seed: number;
      readonly choices: Choices;
    };

/** What the samples must fit: made from the graph by jobs (`needsOf`), so that data knows no graph. */
export interface ModelNeeds {
  readonly inputs: readonly InputNeed[];
  readonly outputs: readonly OutputNeed[];
  /** The model begins with Rescaling or Normalization, or its first layers tell: what that implies for the range. */
  readonly rangeHint?: { readonly preset: string; readonly why: string; readonly proven: boolean };
}
export interface InputNeed {
  readonly name: string;
  readonly dtype: string;
  /** Batch first, as the graph is prepared. */
  readonly shape: readonly number[];
  /** As the file says it: −1 where a size is open. */
  readonly signature: readonly number[];
  /** Rows of the table that its values index (an embedding); 0: it is no index. */
  readonly indexLimit: number;
}
export interface OutputNeed {
  readonly name: string;
  readonly shape: readonly number[];
  /** What ends the graph before this output. */
  readonly ends: 'softmax' | 'sigmoid' | 'linear' | 'other';
}

/**
 * One thing that the files do not say, and how it was decided.
 * `told`: the files or the model say so · `proven`: tried on labelled samples, the figures say so ·
 * `chosen`: the user said so · `assumed`: the usual, unproven: figures that stand on it carry a mark ·
 * `asked`: cannot go on well without an answer; the usual was taken meanwhile, marked likewise.
 */
export interface Check {
  /** "range", "resize", "layout", "label", "class-order", "channels", "missing", "binding", "header", "index-column" … */
  readonly id: string;
  /** "Value range" */
  readonly label: string;
  readonly status: 'told' | 'proven' | 'chosen' | 'assumed' | 'asked';
  /** The value in force, one of `choices` where there are any; of `several`, those taken, joined by commas. */
  readonly value: string;
  /** Any number of the choices may be taken together, in their order. */
  readonly several?: true;
  /** What was found or done, with counts: "23 of 60 files left out: WebP …". */
  readonly sentence: string;
  readonly choices: readonly CheckChoice[];
}
export interface CheckChoice {
  readonly value: string;
  readonly label: string;
  /** What it would mean for a sample, or what was measured with it: "sample 1 becomes −1 … 1", "94 % right on 100". */
  readonly effect?: string;
}

/** What the labels are for one output. */
export type TargetKind =
  | {
      readonly kind: 'classes';
      readonly output: number;
      readonly names?: readonly string[];
      readonly count: number;
    }
  | {
      readonly kind: 'binary';
      readonly output: number;
      readonly names?: readonly string[];
      /** Output above it means 1: 0.5 for a sigmoid, 0 for a logit. */ readonly threshold: number;
    }
  | {
      readonly kind: 'multi-label';
      readonly output: number;
      readonly size: number;
      readonly threshold: number;
    }
  | { readonly kind: 'numbers'; readonly output: number; readonly size: number }
  | { readonly kind: 'mask'; readonly output: number; readonly classes: number }
  | { readonly kind: 'reconstruction'; readonly output: number };

/** What a sample carries for one target: a class index, numbers (also one-hot-free multi-labels), or class per pixel. */
export type TargetValue = number | Float32Array | Int32Array;

export interface Sample {
  /** Per model input: real numbers as the network gets them, without the batch. */
  readonly inputs: readonly Float32Array[];
  /** As `Samples.targets`; undefined: this sample has no label. */
  readonly targets: readonly (TargetValue | undefined)[];
}

export interface Samples {
  /** Of the content and of every choice that alters what the network gets. */
  readonly key: string;
  readonly name: string;
  /** "PNG images in class folders", "NPZ (x 1000×32×32×3, y 1000)", "Synthetic" */
  readonly description: string;
  readonly count: number;
  readonly synthetic: boolean;
  readonly targets: readonly TargetKind[];
  /** Where the files themselves keep training and evaluation apart: indices of each. */
  readonly parts?: { readonly training: readonly number[]; readonly evaluation: readonly number[] };
  readonly checks: readonly Check[];
  /** Per model input, batch included: what `read` gives. Differs from the needs where a size is open. */
  readonly inputShapes: readonly (readonly number[])[];
  /**
   * Samples by which something other than the usual was chosen while opening: `rolesOf` keeps them out of
   * evaluation. Where a trial only confirms the usual, figures are those without a trial.
   */
  readonly tried?: readonly number[];
  read(index: number): Promise<Sample>;
  /** Stable key of the sample's content, whatever its place in the set. */
  sampleKey(index: number): Promise<string>;
  /** For people: the picture, the row, the numbers, before and after preprocessing. */
  preview(index: number): Promise<SamplePreview>;
}
export interface SamplePreview {
  /** "cat/12.png", "row 17" */
  readonly name: string;
  readonly label?: string;
  /** As the network sees it, scaled back to 0…255 for the eye; RGBA. */
  readonly image?: {
    readonly width: number;
    readonly height: number;
    readonly pixels: Uint8ClampedArray;
  };
  /** The input's numbers (first input), at most a few thousand. */
  readonly numbers: Float32Array;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

// ── Roles ─────────────────────────────────────────────────────────────────────────────────────

export type RoleName = 'training' | 'selection' | 'evaluation';
/**
 * Disjoint index lists. Calibration is part of training. Whatever chooses (a range, an epoch, a budget)
 * chooses on selection or training; evaluation is only reported.
 */
export interface Roles {
  readonly training: readonly number[];
  /** The first of training. */
  readonly calibration: readonly number[];
  /** A seeded tenth of what is not evaluation, at most 1,000; empty below 20 samples. */
  readonly selection: readonly number[];
  readonly evaluation: readonly number[];
  readonly seed: number;
}
export interface RoleOptions {
  readonly calibration: number;
  readonly evaluation?: number;
  readonly seed: number;
}
/** As it stands in a run and in the report. */
export interface RoleSummary {
  readonly role: RoleName | 'calibration';
  readonly count: number;
  /** Key over the sample keys, or over source key + indices where hashing every sample is too dear; equal keys are equal samples. */
  readonly key: string;
}

// ── Functions of this room on this contract ──────────────────────────────────────────────────
//   openSamples(source: DataSource, needs: ModelNeeds, tryOut?: TryOut): Promise<Samples>        open.ts
//   rolesOf(samples: Samples, options: RoleOptions): Roles                                       roles.ts
//   roleSummaries(samples: Samples, roles: Roles): RoleSummary[]                                 roles.ts

/** Runs the float model on prepared samples and says how right it is in per cent (or −error); handed in by jobs, since data runs nothing. */
export type TryOut = (
  candidates: readonly {
    readonly value: string;
    readonly read: (index: number) => Promise<Sample>;
  }[],
  indices: readonly number[],
  targets: readonly TargetKind[],
  /** As `Samples.inputShapes`: an input of open size must be set to it before it is run. */
  inputShapes: readonly (readonly number[])[],
) => Promise<readonly TrialScore[]>;

/** What a trial of one candidate gave. */
export interface TrialScore {
  /** Per cent right, or the negative of an error: more is better. */
  readonly score: number;
  /**
   * Of each index, how badly the answer fits its label, whatever the scale of the outputs (log loss at
   * the candidate's own best temperature; an error): less is better. NaN without a label.
   */
  readonly losses?: Float64Array;
}

/** Runs the head of the float model on unlabelled samples of each candidate, and looks at what comes of them. */
export type LookAt = (
  candidates: readonly {
    readonly value: string;
    readonly read: (index: number) => Promise<Sample>;
  }[],
  indices: readonly number[],
  inputShapes: readonly (readonly number[])[],
  /** `statistics` alone runs no more than the model's head. */
  what: 'statistics' | 'all',
) => Promise<readonly Look[]>;

export interface Look {
  /**
   * What the first normalized layer gets, against what it got in training (the moving mean and variance
   * of its BatchNormalization): divergence in nats, the median over its channels.
   */
  readonly statistics?: {
    readonly layer: string;
    readonly divergence: number;
    /** The same, had a share of the statistics' initial values (0 and 1) remained: the least over shares. */
    readonly unsettled?: number;
  };
  /** How far the logarithms of a classifier's answers vary from sample to sample: deviation, mean over classes. */
  readonly spread?: number;
}
