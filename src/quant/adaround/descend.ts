/**
 * After the relaxation: weights, alone and on small filters in pairs, go to their other neighbour where the
 * exact loss on the training positions (quantized inputs, with the activation) falls. Small filters, whose
 * relaxation has little to average over, are also begun at the nearest integers.
 */
import type { Activation } from './activations';
import type { Problem } from './problem';

/** Filters of so many weights are searched in pairs. */
export const PAIRS = 32;
const PASSES = 4;

export interface Descent {
  /** [position][stride]: float outputs behind the activation. */
  readonly target: Float32Array;
  readonly stride: number;
  /** Positions that count, from the first. */
  readonly positions: number;
  /** Where to begin: one, or several. */
  readonly starts: readonly Int8Array[];
}

/** The best of what the starts lead to, channel by channel. */
export function descend(problem: Problem, act: Activation, descent: Descent): Int8Array {
  const { kind, channels, k } = problem;
  const isFull = kind === 'full';
  const step = isFull ? 1 : channels;
  const best = descent.starts[0]!.slice();
  const starts = k <= PAIRS ? descent.starts : descent.starts.slice(0, 1);
  for (let channel = 0; channel < channels; channel++) {
    const first = isFull ? channel * k : channel;
    let least = Infinity;
    for (const start of starts) {
      const one = Int8Array.from({ length: k }, (_, i) => start[first + i * step]!);
      const loss = descendChannel(problem, act, descent, channel, one);
      if (!(loss < least)) continue;
      least = loss;
      one.forEach((q, i) => (best[first + i * step] = q));
    }
  }
  return best;
}

/** Changes one channel's integers in place; returns the loss. */
function descendChannel(
  { kind, channels, k, quantized, scale, weights, bias, levels }: Problem,
  act: Activation,
  { target, stride, positions }: Descent,
  channel: number,
  integers: Int8Array,
): number {
  const isFull = kind === 'full';
  const row = isFull ? k : k * channels;
  const step = isFull ? 1 : channels;
  const at = isFull ? 0 : channel;
  const s = scale[channel]!;
  const y = new Float64Array(positions).fill(bias?.[channel] ?? 0);
  const t = Float64Array.from({ length: positions }, (_, p) => target[p * stride + channel]!);
  const move = (i: number, by: number) => {
    for (let p = 0, x = at + i * step; p < positions; p++, x += row) y[p]! += by * quantized[x]!;
  };
  for (let i = 0; i < k; i++) move(i, s * integers[i]!);
  /** The step to each weight's other neighbour; 0 for one beyond the grid. */
  const deltas = Int8Array.from({ length: k }, (_, i) => {
    const real = weights[isFull ? channel * k + i : i * channels + channel]! / s;
    if (Math.abs(real) >= levels) return 0;
    return integers[i]! > Math.floor(real) ? -1 : 1;
  });
  /** The loss with y moved by a·x[i] + b·x[j]; some number above `least` where it is above. */
  const lossWith = (i: number, a: number, j: number, b: number, least: number) => {
    let sum = 0;
    for (let p = 0, x = at; p < positions; p++, x += row) {
      const moved = y[p]! + a * quantized[x + i * step]! + b * quantized[x + j * step]!;
      const error = act.of(moved) - t[p]!;
      sum += error * error;
      if (sum >= least) return sum;
    }
    return sum;
  };
  let least = lossWith(0, 0, 0, 0, Infinity);
  const tried = (i: number, j: number | undefined) => {
    const a = s * deltas[i]!;
    const b = j === undefined ? 0 : s * deltas[j]!;
    const loss = lossWith(i, a, j ?? i, b, least);
    if (!(loss < least * (1 - 1e-9))) return false;
    least = loss;
    for (const flipped of j === undefined ? [i] : [i, j]) {
      move(flipped, s * deltas[flipped]!);
      integers[flipped]! += deltas[flipped]!;
      deltas[flipped] = -deltas[flipped]!;
    }
    return true;
  };
  const alone = () => {
    let fell = false;
    for (const i of promising()) if (tried(i, undefined)) fell = true;
    return fell;
  };
  const inPairs = () => {
    let fell = false;
    for (let i = 0; i < k; i++) {
      if (deltas[i] === 0) continue;
      if (tried(i, undefined)) fell = true;
      for (let j = 0; j < i; j++) if (deltas[j] !== 0 && tried(i, j)) fell = true;
    }
    return fell;
  };
  for (let pass = 0; pass < PASSES; pass++) if (!(k > PAIRS ? alone() : inPairs())) break;
  return least;

  /** Weights whose step lowers the loss by its slope and curvature here (Gauss–Newton), the best first. */
  function promising(): number[] {
    const slopes = new Float64Array(k);
    const curves = new Float64Array(k);
    for (let p = 0, x = at; p < positions; p++, x += row) {
      const slope = act.slope(y[p]!);
      if (slope === 0) continue;
      const error = (act.of(y[p]!) - t[p]!) * slope;
      const square = slope * slope;
      for (let i = 0, from = x; i < k; i++, from += step) {
        const number = quantized[from]!;
        slopes[i]! += error * number;
        curves[i]! += square * number * number;
      }
    }
    const changes = Float64Array.from(
      slopes,
      (slope, i) => s * deltas[i]! * (2 * slope + s * deltas[i]! * curves[i]!),
    );
    return Array.from(changes.keys())
      .filter((i) => changes[i]! < 0)
      .sort((a, b) => changes[a]! - changes[b]!);
  }
}
