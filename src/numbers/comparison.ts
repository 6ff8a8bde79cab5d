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

/** Sums over any number of tensors. */
export interface Comparing {
  /** `data` stands for scale · (q − zeroPoint), in float32, where it holds integers with `quant` (per tensor). */
  add(float: ArrayLike<number>, data: ArrayLike<number> | TensorData, quant?: QuantParams): void;
  result(): Comparison;
}

const few = 64;
const sizeOfState = 20;

/** In double precision, four chains each tensor, in the order in which they come. */
export function comparing(): Comparing {
  const state = new Float64Array(sizeOfState);
  let count = 0;
  return {
    add(float, data, quant) {
      const grid = quant && quant.scale.length > 0 && !(data instanceof Float32Array);
      const scale = grid ? quant.scale[0]! : 1;
      const zeroPoint = grid ? (quant.zeroPoint[0] ?? 0) : 0;
      const wasm = float.length < few ? null : sums();
      const compare = wasm && float instanceof Float32Array ? kernelFor(wasm, data) : undefined;
      if (compare) inChunks(wasm!, compare, state, float as Float32Array, data, scale, zeroPoint);
      else addPlain(state, float, data, scale, zeroPoint);
      count += float.length;
    },
    result: () => ({
      signal: joined(state, 0),
      noise: joined(state, 4),
      quantized: joined(state, 8),
      dot: joined(state, 12),
      largest: Math.max(...state.subarray(16)),
      count,
    }),
  };
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
  const inside = new Float64Array(wasm.memory, out, sizeOfState);
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
