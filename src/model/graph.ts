/**
 * What a network is: plain data, never mutated, structured-cloneable.
 * Ops, attributes and tensor layouts are TFLite's (NHWC; conv weights OHWI; depthwise weights 1HWC;
 * fully-connected weights [out, in]). Passes and the quantizer take a Graph and return a new one.
 */
import type { OpAttrs, OpName } from './ops';

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

/**
 * real = scale · (q − zeroPoint). Length 1: per tensor. Otherwise one entry per slice of `axis`
 * (per-channel). Scales are float32 values; TFLite spec "quantized dimension".
 */
export interface QuantParams {
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly axis: number;
}

export interface Value {
  /** Unique in its graph; survives passes and quantization, so values are compared by name. */
  readonly name: string;
  /** Concrete. An unknown batch is 1 here and −1 in `signature`. Scalars have shape []. */
  readonly shape: readonly number[];
  readonly signature?: readonly number[];
  readonly dtype: DType;
  /** Present exactly for constants. */
  readonly data?: TensorData;
  readonly quant?: QuantParams;
}

interface NodeOf<K extends OpName> {
  /** Unique in its graph; survives passes and quantization. A row of the Layers table. */
  readonly name: string;
  readonly op: K;
  readonly attrs: OpAttrs[K];
  /** Indices into `Graph.values`; −1 is an absent optional input. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Index into `Graph.layers`. */
  readonly layer: number;
}
/** Discriminated on `op`, so that `attrs` narrows. */
export type Node = { [K in OpName]: NodeOf<K> }[OpName];
export type NodeFor<K extends OpName> = Extract<Node, { op: K }>;

/** What the user named: a Keras layer (path with "/" for nesting) or, for .tflite, one operator. */
export interface Layer {
  readonly name: string;
  /** Keras class ("Conv2D", "BatchNormalization") or the TFLite op name. */
  readonly type: string;
}

/** How integer sums become int8 (docs/bit-exactness.md): by a float32 scale, or multiplier and shift. */
export type Rounding = 'xnnpack-f32' | 'fixed-point';

export interface Graph {
  readonly name: string;
  readonly values: readonly Value[];
  /** Topological order. */
  readonly nodes: readonly Node[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly layers: readonly Layer[];
  /**
   * Where the runtime that the graph was converted for rounds results of per-channel weights otherwise
   * than the current LiteRT, which is XNNPACK's way for all.
   */
  readonly rounding?: Readonly<Partial<Record<OpName, Rounding>>>;
}

/** Dense tensor with its own storage or a view that is valid only while it is handed out. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly data: TensorData;
}

export type IssueSeverity = 'info' | 'warning' | 'error';
/** Something that import or a pass wants the user to know, in a sentence. `error`: cannot run. */
export interface Issue {
  readonly severity: IssueSeverity;
  readonly layer?: string;
  readonly message: string;
}

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

/** The graph's value at an input or output position; −1 gives undefined. */
export function valueAt(graph: Graph, index: number): Value | undefined {
  return index < 0 ? undefined : graph.values[index];
}
