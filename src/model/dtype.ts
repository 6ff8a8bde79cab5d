/** TFLite's tensor types: how elements are stored, and what they take. */

/** TFLite tensor types. `int4` data is held unpacked, one value per Int8Array element. */
export type DType =
  | 'float32'
  | 'float16' // data: Uint16Array of IEEE half bits
  | 'float64'
  | 'int4'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64' // data: BigInt64Array
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool' // data: Uint8Array of 0 and 1
  | 'complex64'
  | 'string' // data: Uint8Array, TFLite's packed string buffer
  | 'other';

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

const bytesPerElement = {
  float32: 4,
  float16: 2,
  float64: 8,
  int4: 0.5,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
  complex64: 8,
  string: 1,
  other: 1,
} as const satisfies Record<DType, number>;

/** Bytes that a tensor takes in a .tflite buffer (int4: two per byte, rounded up). */
export function byteSize(dtype: DType, shape: readonly number[]): number {
  return Math.ceil(elementCount(shape) * bytesPerElement[dtype]);
}

/** A zeroed array of the storage type of `dtype` (see DType). */
export function allocate(dtype: DType, length: number): TensorData {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'int4':
    case 'int8':
      return new Int8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'uint64':
      return new BigUint64Array(length);
    case 'float16':
    case 'uint16':
      return new Uint16Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'uint8':
    case 'bool':
    case 'string':
    case 'complex64':
    case 'other':
      return new Uint8Array(length);
    default:
      return dtype satisfies never;
  }
}
