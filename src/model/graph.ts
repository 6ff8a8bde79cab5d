/**
 * What a network is: plain data, never mutated, structured-cloneable.
 * Ops, attributes and tensor layouts are TFLite's (NHWC; conv weights OHWI; depthwise weights 1HWC;
 * fully-connected weights [out, in]). Passes and the quantizer take a Graph and return a new one.
 */
import type { DType, TensorData } from './dtype';
import type { OpAttrs, OpName } from './ops';

export { allocate, byteSize, elementCount, type DType, type TensorData } from './dtype';

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
  /** Of the constant that a BatchNormalization multiplies by: what the layer got while it was trained. */
  readonly moving?: Moments;
}
/** Moving mean and variance of each channel. */
export interface Moments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
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

/** The graph's value at an input or output position; −1 gives undefined. */
export function valueAt(graph: Graph, index: number): Value | undefined {
  return index < 0 ? undefined : graph.values[index];
}
