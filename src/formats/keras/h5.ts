/**
 * HDF5 files, read through h5wasm. Every file gets a WebAssembly instance of its own, so a trap, an
 * abort or memory that the C library leaks on one file cannot touch the next one.
 *
 * The generated module is used directly, not h5wasm's high-level API: that one shares one instance,
 * and allocates whatever shape a file claims.
 */
import { IntactError } from '../../model/error';
import { elementsToFloat32 } from './floats';
import { brokenGlobalHeap } from './h5heap';
import type { H5Module, Metadata } from './h5module.js';
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
const maxRank = 32; // H5S_MAX_RANK
/** Deflate expands at most 1032:1 (zlib, "Maximum Expansion Factor"). */
const deflateRatio = 1032;
/** Memory of an instance: the library's own, and room for what compressed files honestly unfold to. */
const ownMemory = 64 * 2 ** 20;
const memoryFactor = 8;
const maxInflatedBytes = 2 ** 31 - 2 ** 27; // what a 2 GiB instance can hold beside the library
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** HDF5 superblock signature at 0, or at 512, 1024, … after a user block (HDF5 spec III.A). */
export function isH5(bytes: Uint8Array): boolean {
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : at * 2) {
    if (signature.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}

function damaged(fileName: string, detail: string): IntactError {
  return new IntactError(
    'malformed',
    `${fileName} is an HDF5 file, but it is damaged: ${detail}. Save or download it again.`,
    { file: fileName },
  );
}

/**
 * Opens an HDF5 file held in memory.
 *
 * @throws IntactError `malformed` when the bytes cannot be opened; so do all methods of the result
 *   when they meet a structure that the HDF5 library refuses or traps on.
 */
export async function openH5(bytes: Uint8Array, fileName: string): Promise<H5File> {
  const heap = brokenGlobalHeap(bytes);
  if (heap !== undefined)
    throw damaged(fileName, `its heap of strings at byte ${heap} is malformed`);
  const maxMemory = Math.min(2 ** 31, ownMemory + bytes.length * memoryFactor);
  // 5 MB of code that only HDF5 files need.
  const { default: createH5Module } = await import('./h5module.js');
  let module: H5Module | undefined = await createH5Module(maxMemory);
  const cache = new Map<string, WeightArray>();
  let budget = 2 * bytes.length;
  let inflatedBudget = maxInflatedBytes;

  /** Runs one call into the library; whatever it throws means a damaged file and ends the instance. */
  function call<T>(what: string, body: (m: H5Module) => T): T {
    if (!module) throw damaged(fileName, `${what} cannot be read after an earlier failure`);
    try {
      return body(module);
    } catch (thrown) {
      if (thrown instanceof IntactError) throw thrown;
      module = undefined;
      throw damaged(fileName, `the HDF5 library cannot read ${what}`);
    }
  }

  const file = call('its header', (m) => {
    const uncopied = { flags: 'w', canOwn: true };
    m.FS.writeFile('/model', bytes, uncopied);
    return m.open('/model', m.H5F_ACC_RDONLY, false, -1, -1);
  });
  if (file < 0n) throw damaged(fileName, 'its header or its end is missing or wrong');

  function type(path: string): 'group' | 'dataset' | undefined {
    return call(path, (m) => {
      const code = m.get_type(file, path);
      return code === m.H5G_GROUP ? 'group' : code === m.H5G_DATASET ? 'dataset' : undefined;
    });
  }

  function checkedNames(path: string, names: readonly string[]): readonly string[] {
    if (names.length > maxNames) throw damaged(fileName, `${path} holds ${names.length} entries`);
    return names;
  }

  /** Product of the shape; refuses shapes that are not lists of sizes. */
  function count(path: string, shape: readonly number[]): number {
    const elements = shape.reduce((product, size) => product * size, 1);
    const sizes = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
    if (!sizes || shape.length > maxRank || !Number.isSafeInteger(elements)) {
      throw damaged(fileName, `${path} claims the shape [${shape.join(', ')}]`);
    }
    return elements;
  }

  function withMemory<T>(m: H5Module, size: number, body: (pointer: number) => T): T {
    const pointer = m._malloc(Math.max(size, 8));
    if (pointer === 0)
      throw new IntactError(
        'limit',
        `${fileName} holds an array of ${size} bytes, more than this engine sets aside for a file ` +
          'of its size. Save the model without compression.',
      );
    const result = body(pointer);
    m._free(pointer);
    return result;
  }

  function strings(path: string, attribute: string): readonly string[] | undefined {
    const what = `attribute ${attribute} of ${path}`;
    return call(what, (m) => {
      if (!m.get_attribute_names(file, path).includes(attribute)) return undefined;
      const meta = m.get_attribute_metadata(file, path, attribute);
      if (meta.type !== m.H5T_class_t.H5T_STRING.value || !meta.shape) return undefined;
      const elements = count(what, meta.shape);
      // A variable-length string takes 16 bytes in the file beside its text (HDF5 spec IV.A.2.d).
      if (elements * (meta.vlen ? 16 : meta.size) > bytes.length) {
        throw damaged(fileName, `${what} claims more than the file holds`);
      }
      return withMemory(m, elements * meta.size, (pointer) => {
        if (m.get_attribute_data(file, path, attribute, BigInt(pointer)) < 0) {
          throw damaged(fileName, `${what} cannot be read`);
        }
        return Array.from({ length: elements }, (_, i) => readString(m, pointer, meta, i));
      });
    });
  }

  function read(path: string, name: string): WeightArray {
    const meta = call(path, (m) => m.get_dataset_metadata(file, path));
    if (!meta.shape || meta.virtual_sources) {
      throw damaged(fileName, `${path} is no plain array of numbers`);
    }
    const elements = count(path, meta.shape);
    const size = elements * meta.size;
    const filtered = meta.chunks && call(path, (m) => m.get_dataset_filters(file, path)).length > 0;
    const bound = filtered ? Math.min(inflatedBudget, bytes.length * deflateRatio) : budget;
    if (!(size <= bound)) {
      throw damaged(
        fileName,
        `${path} claims ${size} bytes ([${meta.shape.join(', ')}]), more than the file can hold`,
      );
    }
    if (filtered) inflatedBudget -= size;
    else budget -= size;
    const bfloat16 = meta.type === 5 && strings(path, 'dtype')?.[0] === 'bfloat16';
    return call(path, (m) =>
      withMemory(m, size, (pointer) => {
        if (m.get_dataset_data(file, path, null, null, null, BigInt(pointer)) < 0) {
          throw damaged(fileName, `the numbers of ${path} cannot be read`);
        }
        const raw = m.HEAPU8.subarray(pointer, pointer + size);
        const data = elementsToFloat32(raw, elements, elementKind(meta, bfloat16));
        if (!data) {
          throw new IntactError(
            'unsupported',
            `${path} in ${fileName} holds values of a type that is no number Intact reads ` +
              `(HDF5 class ${meta.type}, ${meta.size} bytes). Save the model with float32 weights.`,
          );
        }
        return { name, shape: meta.shape ?? [], data };
      }),
    );
  }

  return {
    type,
    names: (path) =>
      type(path) === 'group'
        ? checkedNames(
            path,
            call(path, (m) => m.get_names(file, path, false)),
          )
        : [],
    attributeNames: (path) =>
      checkedNames(
        path,
        call(path, (m) => m.get_attribute_names(file, path)),
      ),
    strings,
    array(path, name) {
      const known = cache.get(path);
      if (known) return { ...known, name };
      if (type(path) !== 'dataset') return undefined;
      const array = read(path, name);
      cache.set(path, array);
      return array;
    },
    close() {
      module = undefined;
      cache.clear();
    },
  };
}

const decoder = new TextDecoder();

function readString(m: H5Module, pointer: number, meta: Metadata, index: number): string {
  if (meta.vlen) {
    const at = new DataView(m.HEAPU8.buffer).getUint32(pointer + 4 * index, true);
    return at === 0 ? '' : m.UTF8ToString(at);
  }
  const start = pointer + meta.size * index;
  const raw = m.HEAPU8.slice(start, start + meta.size);
  const end = raw.indexOf(0);
  return decoder.decode(end < 0 ? raw : raw.subarray(0, end));
}

function elementKind(meta: Metadata, bfloat16: boolean): string {
  if (bfloat16 && meta.size === 2) return 'bfloat16';
  const bits = 8 * meta.size;
  if (meta.type === 1) return `float${bits}`;
  if (meta.type === 0) return `${meta.signed ? 'int' : 'uint'}${bits}`;
  if (meta.type === 8 && bits === 8) return 'uint8'; // h5py stores bool as an enum of one byte
  return 'other';
}
