/** Little-endian numbers of any stored type, widened (or, for float64 and int64, rounded) to float32. */
import { halfToNumber } from '../../model/half';

type Getter = (view: DataView, at: number) => number;

const getters: Readonly<Record<string, { readonly size: number; readonly get: Getter }>> = {
  float64: { size: 8, get: (view, at) => view.getFloat64(at, true) },
  float32: { size: 4, get: (view, at) => view.getFloat32(at, true) },
  float16: { size: 2, get: (view, at) => halfToNumber(view.getUint16(at, true)) },
  bfloat16: { size: 2, get: (view, at) => bfloat16ToFloat(view.getUint16(at, true)) },
  int8: { size: 1, get: (view, at) => view.getInt8(at) },
  uint8: { size: 1, get: (view, at) => view.getUint8(at) },
  bool: { size: 1, get: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  int16: { size: 2, get: (view, at) => view.getInt16(at, true) },
  uint16: { size: 2, get: (view, at) => view.getUint16(at, true) },
  int32: { size: 4, get: (view, at) => view.getInt32(at, true) },
  uint32: { size: 4, get: (view, at) => view.getUint32(at, true) },
  int64: { size: 8, get: (view, at) => Number(view.getBigInt64(at, true)) },
  uint64: { size: 8, get: (view, at) => Number(view.getBigUint64(at, true)) },
};

/** Bytes per element of a stored type ('float32', 'int8', 'bool', …), undefined for an unknown one. */
export function elementBytes(kind: string): number | undefined {
  return Object.hasOwn(getters, kind) ? getters[kind]?.size : undefined;
}

/**
 * @param raw little-endian elements, row-major; exactly `length · elementBytes(kind)` bytes
 * @returns undefined when the type is unknown or the bytes are of another length
 */
export function elementsToFloat32(
  raw: Uint8Array,
  length: number,
  kind: string,
): Float32Array | undefined {
  const getter = Object.hasOwn(getters, kind) ? getters[kind] : undefined;
  if (!getter || raw.length !== length * getter.size) return undefined;
  const out = new Float32Array(length);
  if (kind === 'float32') {
    new Uint8Array(out.buffer).set(raw);
    return out;
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let i = 0; i < length; i++) out[i] = getter.get(view, i * getter.size);
  return out;
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function bfloat16ToFloat(bits: number): number {
  scratch.setUint16(2, bits, true);
  scratch.setUint16(0, 0, true);
  return scratch.getFloat32(0, true);
}
