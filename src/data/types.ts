/** Contracts of the data room: files → samples → input tensors. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Decoded samples before preprocessing. All samples of one set have one shape and one storage type. */
export interface Dataset {
  readonly name: string;
  /** What a person reads: "PNG images in class folders", "NPZ (x, y)", "Synthetic". */
  readonly description: string;
  readonly count: number;
  /** Without the batch: [28, 28], [32, 32, 3], [8]. Images that differ in size are stored at the first one's. */
  readonly sampleShape: readonly number[];
  /** count × elements(sampleShape), sample-major. uint8 for images. */
  readonly samples: Uint8Array | Float32Array;
  /** Class index per sample, or regression targets (Float32Array, count × targetSize). */
  readonly labels?: Int32Array | Float32Array;
  readonly classNames?: readonly string[];
  /**
   * Where the files themselves hold training and test samples (npz with x_train and x_test): samples
   * before this index are for calibration, from it on for evaluation. Undefined: split freely.
   */
  readonly evaluationFrom?: number;
  /** Made up by us: every figure that depends on it must say so. */
  readonly synthetic: boolean;
}

/** x → (resize/crop to the input's H×W) → x·scale → (x − mean[c]) / std[c]. */
export interface Preprocessing {
  readonly preset: 'none' | 'zero-one' | 'minus-one-one' | 'imagenet' | 'raw-255' | 'custom';
  readonly resize: 'none' | 'stretch' | 'crop-centre';
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** RGB ↔ BGR */
  readonly channelOrder: 'as-is' | 'reversed';
}

/** Disjoint index lists, shuffled with a seed. */
export interface Split {
  readonly calibration: readonly number[];
  readonly evaluation: readonly number[];
  readonly seed: number;
}

// ── Functions of this room ────────────────────────────────────────────────────────────────────
//   readData(files: DataFile[], options?): Promise<Dataset>                   read.ts  (sniffs by content)
//   synthetic(inputShape, count, seed): Dataset                               synthetic.ts
//   suggestPreprocessing(dataset, inputShape): Preprocessing                  preprocess.ts
//   preprocess(dataset, index, preprocessing, inputShape, out: Float32Array)  preprocess.ts (throws bad-data)
//   split(dataset, { calibration, evaluation, seed }): Split                    split.ts
