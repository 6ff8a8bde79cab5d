/** HDF5 files held in memory, read through h5wasm: what Keras' containers ask of them. */
import { damaged, openInstance } from './h5instance';
import { budgetOf, readArray, readStrings } from './h5read';
import type { WeightArray } from './source';

export interface H5File {
  /** 'group', 'dataset', or undefined when the path leads nowhere. */
  type(path: string): 'group' | 'dataset' | undefined;
  /** Names of a group's members; [] for a missing group. */
  names(path: string): readonly string[];
  attributeNames(path: string): readonly string[];
  /** A string attribute (scalar or array) as a list; undefined when absent or not of strings. */
  strings(path: string, attribute: string): readonly string[] | undefined;
  /** A numeric dataset as float32, or undefined when there is no such dataset. */
  array(path: string, name: string): WeightArray | undefined;
  /** Frees the instance. Further calls throw. */
  close(): void;
}

/** Members of one group, attributes of one object: far above any real model. */
const maxNames = 100_000;
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** HDF5 superblock signature at 0, or at 512, 1024, … after a user block (HDF5 spec III.A). */
export function isH5(bytes: Uint8Array): boolean {
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : at * 2) {
    if (signature.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

/**
 * Opens an HDF5 file held in memory.
 *
 * @throws IntactError `malformed` when the bytes cannot be opened; so do all methods of the result
 *   when they meet a structure that the HDF5 library refuses or traps on.
 */
export async function openH5(bytes: Uint8Array, fileName: string): Promise<H5File> {
  const instance = await openInstance(bytes, fileName);
  const budget = budgetOf(instance);
  const cache = new Map<string, WeightArray>();

  function type(path: string): 'group' | 'dataset' | undefined {
    return instance.call(path, (m, file) => {
      const code = m.get_type(file, path);
      return code === m.H5G_GROUP ? 'group' : code === m.H5G_DATASET ? 'dataset' : undefined;
    });
  }

  function checked(path: string, names: readonly string[]): readonly string[] {
    if (names.length > maxNames) throw damaged(fileName, `${path} holds ${names.length} entries`);
    return names;
  }

  return {
    type,
    names(path) {
      if (type(path) !== 'group') return [];
      const names = instance.call(path, (m, file) => m.get_names(file, path, false));
      return checked(path, names);
    },
    attributeNames(path) {
      const names = instance.call(path, (m, file) => m.get_attribute_names(file, path));
      return checked(path, names);
    },
    strings: (path, attribute) => readStrings(instance, path, attribute),
    array(path, name) {
      const known = cache.get(path);
      if (known) return { ...known, name };
      if (type(path) !== 'dataset') return undefined;
      const array = readArray(instance, budget, path, name);
      cache.set(path, array);
      return array;
    },
    close() {
      instance.close();
      cache.clear();
    },
  };
}
