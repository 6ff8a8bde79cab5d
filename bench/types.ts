/** What the page is asked to measure, and what it found. */
export interface BenchRequest {
  readonly name: string;
  /** Where the page finds the model's bytes. */
  readonly url: string;
  /** Folder of LiteRT.js' wasm files. */
  readonly litert: string;
  /** Milliseconds of measuring per graph. */
  readonly budgetMs: number;
  /** Time every layer too. */
  readonly layers: boolean;
}

export interface LayerTime {
  readonly node: string;
  readonly op: string;
  readonly ms: number;
}

/** One graph: the model in one scheme. */
export interface BenchResult {
  readonly model: string;
  /** "float32", "dynamic", "int8" or "as it is". */
  readonly scheme: string;
  /** Bytes of the file that both run. */
  readonly bytes: number;
  readonly engine: string;
  /** Median milliseconds per inference. */
  readonly ours: number;
  /** undefined: LiteRT.js refuses the model; `refusal` says why. */
  readonly theirs: number | undefined;
  readonly refusal?: string;
  /** Largest difference of the outputs on one sample, as part of the largest output. */
  readonly difference: number | undefined;
  readonly layers: readonly LayerTime[];
}
