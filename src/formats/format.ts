/** What a format is to the rest: files in, one Graph out, with what could not be understood in words. */
import type { Graph, Issue } from '../model/graph';

/** One dropped file. `path` keeps folders ("weights/group1-shard1of1.bin"), "/"-separated. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type FormatId = 'keras-h5' | 'keras-v3' | 'tfjs' | 'tflite';

export interface Imported {
  readonly graph: Graph;
  /** In words: what could not be understood, what was assumed, what was converted. */
  readonly issues: readonly Issue[];
  readonly format: FormatId;
  /** "Keras 2.4.0 HDF5", "TensorFlow Lite, schema 3", … */
  readonly description: string;
  /** Bytes of the files that the model was read from. */
  readonly fileBytes: number;
  /** Signatures that the file offers, where it has several, and the one that was read. */
  readonly signatures?: { readonly read: string; readonly all: readonly string[] };
}

/** What the user decides where a file holds more than one model. */
export interface ReadOptions {
  /** Key of the signature to read, of a .tflite with several. */
  readonly signature?: string;
}

/** A file format. `sniff` looks at content, never at the extension, and must be quick and total. */
export interface Format {
  readonly id: FormatId;
  readonly label: string;
  sniff(files: readonly ModelFile[]): boolean;
  /** Throws IntactError `malformed` | `unsupported`; never returns half a graph. */
  read(files: readonly ModelFile[], options?: ReadOptions): Promise<Imported>;
}
