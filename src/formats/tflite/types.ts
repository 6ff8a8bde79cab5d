/** TensorType of schema.fbs ⇄ DType, and tensor bytes ⇄ typed arrays (TFLite buffers are little-endian). */
import type { DType, TensorData } from '../../model/graph';
import { TensorType } from './generated/tflite';

/** `other` has no number of its own: it is never written. */
export const tensorTypes: { readonly [K in DType]: TensorType } = {
  float32: TensorType.FLOAT32,
  float16: TensorType.FLOAT16,
  int32: TensorType.INT32,
  uint8: TensorType.UINT8,
  int64: TensorType.INT64,
  string: TensorType.STRING,
  bool: TensorType.BOOL,
  int16: TensorType.INT16,
  complex64: TensorType.COMPLEX64,
  int8: TensorType.INT8,
  float64: TensorType.FLOAT64,
  uint64: TensorType.UINT64,
  uint32: TensorType.UINT32,
  uint16: TensorType.UINT16,
  int4: TensorType.INT4,
  other: TensorType.RESOURCE,
};

const dtypes = new Map<number, DType>(
  Object.entries(tensorTypes).map(([name, code]) => [code, name as DType]),
);

export function dtypeOf(code: number): DType {
  return dtypes.get(code) ?? 'other';
}

/** "BFLOAT16"; for messages. */
export function typeName(code: number): string {
  return TensorType[code] ?? `number ${code}`;
}

/** Own storage for the bytes of a constant. int4: two values a byte, the low four bits first. */
export function decodeData(dtype: DType, bytes: Uint8Array, count: number): TensorData {
  const { buffer } = bytes.slice();
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float64':
      return new Float64Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int32':
      return new Int32Array(buffer);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    case 'float16':
    case 'uint16':
      return new Uint16Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'bool':
      return Uint8Array.from(bytes, (byte) => (byte === 0 ? 0 : 1));
    case 'int4': {
      const values = new Int8Array(count);
      for (let index = 0; index < count; index++) {
        const byte = bytes[index >> 1]!;
        values[index] = ((index & 1) === 0 ? byte << 28 : byte << 24) >> 28;
      }
      return values;
    }
    case 'uint8':
    case 'string':
    case 'complex64':
    case 'other':
      return new Uint8Array(buffer);
    default:
      return dtype satisfies never;
  }
}

/** The bytes of a tensor as they stand in a file; the opposite of `decodeData`. */
export function encodeData(dtype: DType, data: TensorData): Uint8Array {
  if (dtype !== 'int4') return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const packed = new Uint8Array((data.length + 1) >> 1);
  data.forEach((value: number | bigint, index: number) => {
    packed[index >> 1]! |= (Number(value) & 15) << ((index & 1) * 4);
  });
  return packed;
}
