/** Attributes and datasets of an HDF5 file, read within what its bytes can honestly hold. */
import { IntactError } from '../../model/error';
import { elementsToFloat32 } from './floats';
import { damaged, withMemory, type H5Instance } from './h5instance';
import type { H5Module, Metadata } from './h5module.js';
import type { WeightArray } from './source';

const maxRank = 32; // H5S_MAX_RANK
/** Deflate expands at most 1032:1 (zlib, "Maximum Expansion Factor"). */
const deflateRatio = 1032;
const maxInflatedBytes = 2 ** 31 - 2 ** 27; // what a 2 GiB instance can hold beside the library

/** Bytes that may still be read: of plain arrays, and of compressed ones. */
export interface Budget {
  plain: number;
  inflated: number;
}

export function budgetOf({ byteLength }: H5Instance): Budget {
  return { plain: 2 * byteLength, inflated: maxInflatedBytes };
}

/** Product of the shape; refuses shapes that are not lists of sizes. */
function count(fileName: string, path: string, shape: readonly number[]): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  const sizes = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!sizes || shape.length > maxRank || !Number.isSafeInteger(elements)) {
    throw damaged(fileName, `${path} claims the shape [${shape.join(', ')}]`);
  }
  return elements;
}

/** A string attribute (scalar or array) as a list; undefined when absent or not of strings. */
export function readStrings(
  instance: H5Instance,
  path: string,
  attribute: string,
): readonly string[] | undefined {
  const { fileName } = instance;
  const what = `attribute ${attribute} of ${path}`;
  return instance.call(what, (m, file) => {
    if (!m.get_attribute_names(file, path).includes(attribute)) return undefined;
    const meta = m.get_attribute_metadata(file, path, attribute);
    if (meta.type !== m.H5T_class_t.H5T_STRING.value || !meta.shape) return undefined;
    const elements = count(fileName, what, meta.shape);
    // A variable-length string takes 16 bytes in the file beside its text (HDF5 spec IV.A.2.d).
    if (elements * (meta.vlen ? 16 : meta.size) > instance.byteLength) {
      throw damaged(fileName, `${what} claims more than the file holds`);
    }
    return withMemory(instance, m, elements * meta.size, (pointer) => {
      if (m.get_attribute_data(file, path, attribute, BigInt(pointer)) < 0) {
        throw damaged(fileName, `${what} cannot be read`);
      }
      return Array.from({ length: elements }, (_, i) => readString(m, pointer, meta, i));
    });
  });
}

/** A numeric dataset as float32, named `name`; what it takes goes off the budget. */
export function readArray(
  instance: H5Instance,
  budget: Budget,
  path: string,
  name: string,
): WeightArray {
  const { fileName, call } = instance;
  const meta = call(path, (m, file) => m.get_dataset_metadata(file, path));
  if (!meta.shape || meta.virtual_sources) {
    throw damaged(fileName, `${path} is no plain array of numbers`);
  }
  const shape = meta.shape;
  const elements = count(fileName, path, shape);
  const size = elements * meta.size;
  const isFiltered =
    meta.chunks && call(path, (m, file) => m.get_dataset_filters(file, path)).length > 0;
  const bound = isFiltered
    ? Math.min(budget.inflated, instance.byteLength * deflateRatio)
    : budget.plain;
  if (!(size <= bound)) {
    throw damaged(
      fileName,
      `${path} claims ${size} bytes ([${shape.join(', ')}]), more than the file can hold`,
    );
  }
  budget[isFiltered ? 'inflated' : 'plain'] -= size;
  const bfloat16 = meta.type === 5 && readStrings(instance, path, 'dtype')?.[0] === 'bfloat16';
  return call(path, (m, file) =>
    withMemory(instance, m, size, (pointer) => {
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
      return { name, shape, data };
    }),
  );
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
