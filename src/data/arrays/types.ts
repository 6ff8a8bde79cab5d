/** A numeric array in a file: its rows are read when they are needed, as real numbers. */
export interface NumberArray {
  readonly name: string;
  /** Rows first. */
  readonly shape: readonly number[];
  /** uint8 and bool are bytes: 0…255 as pictures are stored. */
  readonly storage: 'bytes' | 'integers' | 'floats' | 'texts';
  /** As the file names its type: "float16", "bool". */
  readonly type: string;
  /** One row, elements(shape without rows) numbers. */
  row(index: number): Promise<Float32Array>;
  /** Every number of a small array (labels), in full precision; texts for `texts`. */
  all(): Promise<Float64Array | readonly string[]>;
}
