/**
 * Weights of one layer on their way to integers: scale · (base + h(V)), with Adam's moments, in the rounder's
 * memory (arXiv 2004.10568 eq. 22–24; ζ = 1.1, γ = −0.1).
 */
import { roundHalfAway } from '../affine';
import { eachWeight, layoutOf, type Layout } from './layout';
import type { Rounder } from './module';
import type { AdaRoundOptions, Linear } from './problem';

const ZETA = 1.1;
const GAMMA = -0.1;
/** Share of the steps before the regulariser begins, and its exponent at both ends (§5 of the paper). */
const WARMUP = 0.2;
const BETA = { start: 20, end: 2 } as const;
/** A weight beyond the grid: h is 0 or 1 and stays so, since its slope is 0 there. */
const SATURATED = 20;
/** Part of the way to integers that are known. */
const LEANING = 0.7;

/** Addresses, and the bias of the layout's channels. */
export interface SoftWeights {
  readonly layout: Layout;
  readonly base: number;
  readonly v: number;
  /** What products are made with: soft, float or integer ones, whichever were put there last. */
  readonly weights: number;
  readonly gradients: number;
  readonly first: number;
  readonly second: number;
  readonly scale: number;
  readonly bias: Float32Array;
}

export function softWeights(rounder: Rounder, linear: Linear): SoftWeights {
  const { weights, scale, levels, bias } = linear;
  const layout = layoutOf(linear);
  const soft: SoftWeights = {
    layout,
    base: rounder.take(layout.size),
    v: rounder.take(layout.size),
    weights: rounder.take(layout.size),
    gradients: rounder.take(layout.size),
    first: rounder.take(layout.size),
    second: rounder.take(layout.size),
    scale: rounder.take(layout.channels),
    bias: new Float32Array(layout.channels),
  };
  if (bias) soft.bias.set(bias);
  rounder.floats(soft.scale, layout.channels).set(scale);
  const v = rounder.floats(soft.v, layout.size);
  const base = rounder.floats(soft.base, layout.size);
  eachWeight(linear, layout, (own, packed, channel) => {
    const real = weights[own]! / scale[channel]!;
    const outside = Math.abs(real) >= levels;
    const low = outside ? (real > 0 ? levels - 1 : -levels) : Math.floor(real);
    base[packed] = low;
    v[packed] = outside ? Math.sign(real) * SATURATED : inverse(real - low);
  });
  return soft;
}

/** Puts V between where it begins and these integers, so that it goes on from there and may still come back. */
export function lean(
  rounder: Rounder,
  linear: Linear,
  { layout, base, v }: SoftWeights,
  integers: Int8Array,
): void {
  const low = rounder.floats(base, layout.size);
  const soft = rounder.floats(v, layout.size);
  eachWeight(linear, layout, (own, packed, channel) => {
    if (Math.abs(soft[packed]!) >= SATURATED) return;
    const part = linear.weights[own]! / linear.scale[channel]! - low[packed]!;
    const up = integers[own]! > low[packed]! ? 1 : 0;
    soft[packed] = inverse(part + LEANING * (up - part));
  });
}

/** V of an h between 0 and 1. */
const inverse = (h: number) => -Math.log((ZETA - GAMMA) / (h - GAMMA) - 1);

export function putSoft({ kernels }: Rounder, { k }: Linear, soft: SoftWeights): void {
  const { v, base, scale, weights, layout } = soft;
  kernels.soften(v, base, scale, weights, layout.panels, k, layout.width);
}

export function putFloat(rounder: Rounder, linear: Linear, { layout, weights }: SoftWeights): void {
  const packed = rounder.floats(weights, layout.size);
  eachWeight(linear, layout, (own, to) => (packed[to] = linear.weights[own]!));
}

export function putIntegers(
  rounder: Rounder,
  linear: Linear,
  { layout, weights }: SoftWeights,
  integers: Int8Array,
): void {
  const packed = rounder.floats(weights, layout.size);
  eachWeight(linear, layout, (own, to, channel) => {
    packed[to] = linear.scale[channel]! * integers[own]!;
  });
}

/** Outputs without bias of `rows` (a multiple of 4) rows of patches. */
export function outputsInto(
  { kernels }: Rounder,
  { kind, k }: Linear,
  { layout, weights }: SoftWeights,
  x: number,
  out: number,
  rows: number,
): void {
  if (kind === 'full') kernels.forward(x, weights, out, rows, k, layout.panels);
  else kernels.forwardDepthwise(x, weights, out, rows, k, layout.channels);
}

/** Gradients to h from those to the outputs, which hold the channel's scale. */
export function gradientsFrom(
  { kernels }: Rounder,
  { kind, k }: Linear,
  { layout, gradients }: SoftWeights,
  x: number,
  errors: number,
  rows: number,
): void {
  if (kind === 'full') kernels.gradient(x, errors, gradients, rows, k, layout.panels);
  else kernels.gradientDepthwise(x, errors, gradients, rows, k, layout.channels);
}

/** One step of Adam, with the regulariser as far as it is annealed. */
export function stepBy(
  { kernels }: Rounder,
  { v, gradients, first, second, layout: { size } }: SoftWeights,
  { iterations, lambda, rate }: AdaRoundOptions,
  step: number,
): void {
  const done = (step / iterations - WARMUP) / (1 - WARMUP);
  const beta = BETA.end + (BETA.start - BETA.end) * Math.max(0, 1 - done);
  kernels.gradientToV(gradients, v, size, done < 0 ? 0 : lambda, beta);
  const [c1, c2] = [1 / (1 - 0.9 ** (step + 1)), 1 / (1 - 0.999 ** (step + 1))];
  kernels.adam(v, gradients, first, second, size, rate, c1, c2);
}

/** The integers that the relaxation has come to. */
export function hardened(
  rounder: Rounder,
  linear: Linear,
  { layout, base, v }: SoftWeights,
): Int8Array {
  const low = rounder.floats(base, layout.size);
  const up = rounder.floats(v, layout.size);
  const integers = new Int8Array(linear.weights.length);
  // h(0) = ½
  eachWeight(linear, layout, (own, packed) => {
    integers[own] = low[packed]! + Number(up[packed]! >= 0);
  });
  return integers;
}

/** The nearest integers, as convert has them. */
export function nearestIntegers(linear: Linear): Int8Array {
  const { weights, scale, levels } = linear;
  const integers = new Int8Array(weights.length);
  eachWeight(linear, layoutOf(linear), (own, _, channel) => {
    const q = roundHalfAway(weights[own]! / scale[channel]!);
    integers[own] = Math.max(-levels, Math.min(levels, q));
  });
  return integers;
}

export const countChanged = (integers: Int8Array, nearest: Int8Array): number =>
  integers.reduce((count, q, i) => count + Number(q !== nearest[i]), 0);
