/**
 * SQuant (arXiv 2202.07471): weights are rounded so that the errors of each kernel, and of each output
 * channel, sum to less than half a step; of the roundings that do, those that flip the least. It is the
 * diagonal approximation of the Hessian, and needs no samples.
 */
import { roundHalfAway } from '../affine';

export interface Kernels {
  /** In steps of the grid: weight / scale. */
  readonly steps: Float64Array;
  /** Of each output channel: its kernels, each a list of flat indices (kernels.ts). */
  readonly channels: Iterable<readonly Int32Array[]>;
}

/** @param levels the grid's largest integer: 127, 7 */
export function squant({ steps, channels }: Kernels, levels: number): Int8Array {
  const integers = Int8Array.from(steps, (x) =>
    Math.max(-levels, Math.min(levels, roundHalfAway(x))),
  );
  const errors = steps.map((x, at) => integers[at]! - x);
  const state: State = { integers, errors, flipped: new Uint8Array(steps.length), levels };
  for (const kernels of channels) {
    for (const kernel of kernels) flipLargest(state, [...kernel]);
    if (kernels.length > 1) settleChannel(state, kernels);
  }
  return integers;
}

interface State {
  readonly integers: Int8Array;
  /** Integer minus weight, in steps. */
  readonly errors: Float64Array;
  /** Elements that are not rounded to the nearest any more. */
  readonly flipped: Uint8Array;
  readonly levels: number;
}

const sumOf = ({ errors }: State, indices: Iterable<number>): number => {
  let sum = 0;
  for (const at of indices) sum += errors[at]!;
  return sum;
};

/** One step against the sign of `sum`; false where the grid ends. */
function canMove({ integers, levels }: State, at: number, sum: number): boolean {
  const next = integers[at]! - Math.sign(sum);
  return next >= -levels && next <= levels;
}

function move({ integers, errors, flipped }: State, at: number, sum: number): void {
  const step = Math.sign(sum);
  integers[at]! -= step;
  errors[at]! -= step;
  flipped[at] = flipped[at] ? 0 : 1;
}

/** SQuant-K (the paper's algorithm 2): the largest errors of the sum's sign go to the other side. */
function flipLargest(state: State, kernel: readonly number[]): void {
  const sum = sumOf(state, kernel);
  const count = Math.round(Math.abs(sum));
  if (count === 0) return;
  kernel
    .filter((at) => Math.sign(state.errors[at]!) === Math.sign(sum) && canMove(state, at, sum))
    .sort((a, b) => Math.abs(state.errors[b]!) - Math.abs(state.errors[a]!))
    .slice(0, count)
    .forEach((at) => {
      move(state, at, sum);
    });
}

/**
 * SQuant-C: of kernels whose sums have the channel's sign, those with the largest give one element each. It is
 * the one that costs the least: a flipped one goes back, else the largest error goes to the other side.
 */
function settleChannel(state: State, kernels: readonly Int32Array[]): void {
  const sums = kernels.map((kernel) => sumOf(state, kernel));
  const total = sums.reduce((sum, x) => sum + x, 0);
  const count = Math.round(Math.abs(total));
  if (count === 0) return;
  const sign = Math.sign(total);
  kernels
    .map((kernel, at) => ({ sum: sums[at]!, element: candidate(state, kernel, sign) }))
    .filter(({ sum, element }) => Math.sign(sum) === sign && element !== undefined)
    .sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum))
    .slice(0, count)
    .forEach(({ element }) => {
      move(state, element!, total);
    });
}

/** After a flip an error of this sign is at least half a step, so that going back leaves the smallest. */
function candidate(state: State, kernel: Int32Array, sign: number): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const at of kernel) {
    const error = state.errors[at]! * sign;
    if (error > most && error < 1 + 1e-9 && canMove(state, at, sign)) [best, most] = [at, error];
  }
  return best;
}
