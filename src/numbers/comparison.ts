/** Sums of the differences between a float tensor and what stands for it: float32, or integers on a grid. */
import type { QuantParams, TensorData } from '../model/graph';
import { chunk, place, sums, type Sums } from './module';
import { joined } from './summary';

export interface Comparison {
  /** Σx², Σ(x − y)², Σy², Σxy, largest |x − y|, over `count` numbers. */
  readonly signal: number;
  readonly noise: number;
  readonly quantized: number;
  readonly dot: number;
  readonly largest: number;
  readonly count: number;
}

const few = 64;
/** Numbers of one tensor's sums: four chains of each of the five. */
export const sizeOfSums = 20;

/** Adds one tensor's sums to those of others, in the tensors' order: it doesn't matter who has made them. */
export function addSums(total: Float64Array, one: Float64Array): void {
  for (let i = 0; i < 16; i++) total[i]! += one[i]!;
  for (let i = 16; i < sizeOfSums; i++) total[i] = Math.max(total[i]!, one[i]!);
}

/** What sums over `count` numbers come to. */
export const comparisonOf = (sums: Float64Array, count: number): Comparison => ({
  signal: joined(sums, 0),
  noise: joined(sums, 4),
  quantized: joined(sums, 8),
  dot: joined(sums, 12),
  largest: Math.max(...sums.subarray(16)),
  count,
});

/**
 * The sums of one tensor in double precision, in four chains. `data` stands for scale · (q − zeroPoint), in
 * float32, where it holds integers with `quant` (per tensor). @param state `sizeOfSums` zeros
 */
export function sumInto(
  state: Float64Array,
  float: ArrayLike<number>,
  data: ArrayLike<number> | TensorData,
  quant?: QuantParams,
): void {
  const grid = quant && quant.scale.length > 0 && !(data instanceof Float32Array);
  const scale = grid ? quant.scale[0]! : 1;
  const zeroPoint = grid ? (quant.zeroPoint[0] ?? 0) : 0;
  const wasm = float.length < few ? null : sums();
  const compare = wasm && float instanceof Float32Array ? kernelFor(wasm, data) : undefined;
  if (compare) inChunks(wasm!, compare, state, float as Float32Array, data, scale, zeroPoint);
  else addPlain(state, float, data, scale, zeroPoint);
}

type Kernel = Sums['compareF32'];
type Stored = Float32Array | Int8Array | Uint8Array | Int16Array;

function kernelFor(wasm: Sums, data: ArrayLike<number> | TensorData): Kernel | undefined {
  if (data instanceof Float32Array) return wasm.compareF32;
  if (data instanceof Int8Array) return wasm.compareI8;
  if (data instanceof Uint8Array) return wasm.compareU8;
  if (data instanceof Int16Array) return wasm.compareI16;
  return undefined;
}

function inChunks(
  wasm: Sums,
  compare: Kernel,
  state: Float64Array,
  float: Float32Array,
  data: ArrayLike<number> | TensorData,
  scale: number,
  zeroPoint: number,
): void {
  const { first, second, state: out } = place;
  const stored = data as Stored;
  const Storage = stored.constructor as new (
    buffer: ArrayBuffer,
    at: number,
    length: number,
  ) => Stored;
  const inside = new Float64Array(wasm.memory, out, sizeOfSums);
  const left = new Float32Array(wasm.memory, first, chunk);
  const right = new Storage(wasm.memory, second, chunk);
  inside.set(state);
  for (let at = 0; at < float.length; at += chunk) {
    const end = Math.min(float.length, at + chunk);
    left.set(float.subarray(at, end));
    right.set(stored.subarray(at, end));
    compare(first, second, end - at, scale, zeroPoint, out);
  }
  state.set(inside);
}

/** The definition; runs for few numbers, other types, and where WASM is missing. */
export function addPlain(
  state: Float64Array,
  float: ArrayLike<number>,
  data: ArrayLike<number> | TensorData,
  scale: number,
  zeroPoint: number,
): void {
  const isFloat = data instanceof Float32Array;
  for (let i = 0; i < float.length; i += 1) {
    const x = float[i]!;
    const y = isFloat ? data[i]! : Math.fround(scale * (Number(data[i]) - zeroPoint));
    const e = x - y;
    const chain = i & 3;
    state[chain]! += x * x;
    state[4 + chain]! += e * e;
    state[8 + chain]! += y * y;
    state[12 + chain]! += x * y;
    const size = Math.abs(e);
    if (state[16 + chain]! < size) state[16 + chain] = size;
  }
}
