/** Models and arrays of the shared folder, read. Tests that ask for them skip themselves without it. */
import { unzipSync } from 'fflate';
import { readNpy } from '../data/arrays/npy';
import { readTflite } from '../formats/tflite/read';
import type { Graph } from '../model/graph';
import { readShared } from './shared';

/** The graph of a .tflite. */
export function graphOfTflite(bytes: Uint8Array, name: string): Graph {
  return readTflite(bytes, name).graph;
}

/** A .tflite by its path in the shared folder. */
export function sharedModel(path: string): { readonly bytes: Uint8Array; readonly graph: Graph } {
  const bytes = readShared(path);
  return { bytes, graph: graphOfTflite(bytes, path) };
}

/** An array of an .npz. */
export function sharedArray(path: string, name: string): ReturnType<typeof readNpy> {
  return readNpy(unzipSync(readShared(path))[name]!, name);
}
