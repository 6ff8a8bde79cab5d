/** Extremes and sums of a tensor: what calibration keeps of every activation of every sample. */
import { chunk, place, sums } from './module';

export interface Summary {
  /** NaN is passed over. ∞ and −∞ where there are no numbers. */
  readonly min: number;
  readonly max: number;
  /** NaN or infinite where the tensor holds such a number. */
  readonly sum: number;
  readonly squares: number;
}

/** Below this many numbers the way into WASM costs more than it saves. */
const few = 64;

/** In double precision, in four chains (element i in chain i mod 4): the same with and without WASM. */
export function summarize(data: Float32Array): Summary {
  const wasm = data.length < few ? null : sums();
  return wasm ? inWasm(wasm, data) : summarizePlain(data);
}

function inWasm(wasm: NonNullable<ReturnType<typeof sums>>, data: Float32Array): Summary {
  const { state, first } = place;
  const doubles = new Float64Array(wasm.memory, state, 8);
  const floats = new Float32Array(wasm.memory, state + 64, 8);
  doubles.fill(0);
  floats.fill(Infinity, 0, 4).fill(-Infinity, 4);
  const input = new Float32Array(wasm.memory, first, chunk);
  for (let at = 0; at < data.length; at += chunk) {
    const part = data.subarray(at, Math.min(data.length, at + chunk));
    input.set(part);
    wasm.summarize(first, part.length, state);
  }
  return {
    min: Math.min(...floats.subarray(0, 4)),
    max: Math.max(...floats.subarray(4)),
    sum: joined(doubles, 0),
    squares: joined(doubles, 4),
  };
}

/** The definition; runs where WASM is missing. */
export function summarizePlain(data: Float32Array): Summary {
  const chains = new Float64Array(8);
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < data.length; i += 1) {
    const x = data[i]!;
    if (x < min) min = x;
    if (x > max) max = x;
    chains[i & 3]! += x;
    chains[4 + (i & 3)]! += x * x;
  }
  return { min, max, sum: joined(chains, 0), squares: joined(chains, 4) };
}

/** The sum of four chains from `at`. */
export function joined(chains: Float64Array, at: number): number {
  return chains[at]! + chains[at + 1]! + (chains[at + 2]! + chains[at + 3]!);
}
