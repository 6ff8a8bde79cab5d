/**
 * AdaRound (arXiv 2004.10568 eq. 21–26) of one linear layer on sampled positions: a rectified sigmoid h(V)
 * between the two nearest integers, ζ = 1.1, γ = −0.1; the regulariser 1 − |2h − 1|^β with β from 20 to 2 after a
 * fifth of the steps; Adam. Asymmetric: the target is the float output on float inputs, the input comes from
 * the quantized prefix, mixed number by number with the float one (QDrop, arXiv 2203.05740 §3). The layer's own
 * activation function is in the loss. Errors count in units of the channel's weight scale times its inputs'
 * mean square, so that rates and λ suit any layer.
 */
import { roundHalfAway } from '../affine';
import { activationOf, type Activation } from './activations';
import { descend, PAIRS } from './descend';
import { eachWeight, layoutOf, type Layout } from './layout';
import type { Rounder } from './module';
import { patchLength, type AdaRoundOptions, type Problem, type RoundedLayer } from './problem';
import { streamOf } from './stream';

const ZETA = 1.1;
const GAMMA = -0.1;
/** Share of the steps before the regulariser begins, and its exponent at both ends (§5 of the paper). */
const WARMUP = 0.2;
const BETA = { start: 20, end: 2 } as const;
/** A weight beyond the grid: h is 0 or 1 and stays so, since its slope is 0 there. */
const SATURATED = 20;
/** Part of the nearest's error on held positions: above it other integers would be a change for nothing. */
const WORTH = 0.97;
/** Further beginnings of small filters. */
const DRAWN = 8;

/** Addresses in the rounder's memory, and what the loss needs of each channel. */
interface Placed {
  readonly layout: Layout;
  readonly length: number;
  readonly float: number;
  readonly quantized: number;
  readonly base: number;
  readonly v: number;
  readonly weights: number;
  readonly gradients: number;
  readonly first: number;
  readonly second: number;
  readonly scale: number;
  readonly rows: number;
  readonly batch: number;
  readonly outputs: number;
  readonly errors: number;
  /** [position][channels of the layout], behind the activation. */
  readonly target: Float32Array;
  readonly bias: Float32Array;
  /** What an error of 1 adds to the gradient of h. */
  readonly unit: Float32Array;
}

/** `between` is awaited every few steps; true from it gives up the layer: its nearest integers are returned. */
export async function adaround(
  rounder: Rounder,
  problem: Problem,
  options: AdaRoundOptions,
  between: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<RoundedLayer> {
  rounder.clear();
  const placed = place(rounder, problem, options);
  const act = activationOf(problem.activation, problem.alpha);
  const nearest = nearestIntegers(problem);
  const before = errorOf(rounder, problem, placed, act, nearest);
  const kept = { integers: nearest, changed: 0, nearest: before, rounded: before };
  const draw = streamOf(options.seed, 1);
  const order = Int32Array.from({ length: problem.training }, (_, i) => i);
  let next = order.length;
  for (let step = 0; step < options.iterations; step++) {
    if (step % 16 === 0 && (await between())) return kept;
    const rows = rounder.ints(placed.rows, options.batch);
    for (let i = 0; i < options.batch; i++) {
      if (next === order.length) next = reshuffled(order, draw);
      rows[i] = order[next++]!;
    }
    stepOf(rounder, problem, placed, act, options, step);
  }
  const relaxed = hardened(rounder, problem, placed);
  const positions = refinedPositions(problem, options);
  const { target, layout } = placed;
  const candidates = [relaxed];
  if (positions > 0)
    candidates.push(
      descend(problem, act, {
        ...{ target, stride: layout.channels, positions },
        starts: [relaxed, nearest, ...drawn(problem, options.seed)],
      }),
    );
  let best = kept;
  for (const integers of candidates) {
    const rounded = errorOf(rounder, problem, placed, act, integers);
    if (!(rounded < best.rounded && rounded < before * WORTH)) continue;
    const changed = integers.reduce((count, q, i) => count + Number(q !== nearest[i]), 0);
    best = { integers, changed, nearest: before, rounded };
  }
  return best;
}

/** Positions that the descent looks at; 0 where they would be fewer than the weights that they choose. */
function refinedPositions({ training, k }: Problem, { refined }: AdaRoundOptions): number {
  const tries = k <= PAIRS ? k * (DRAWN + 2) : 1;
  const positions = Math.min(training, Math.floor(refined / tries));
  return positions < k ? 0 : positions;
}

/** Small filters: up or down at random, with the chances of stochastic rounding. */
function drawn(problem: Problem, seed: number): Int8Array[] {
  const { weights, scale, levels, k } = problem;
  if (k > PAIRS) return [];
  return Array.from({ length: DRAWN }, (_, start) => {
    const next = streamOf(seed, 4, start);
    const integers = new Int8Array(weights.length);
    eachWeight(problem, layoutOf(problem), (own, _packed, channel) => {
      const q = Math.floor(weights[own]! / scale[channel]! + next());
      integers[own] = Math.max(-levels, Math.min(levels, q));
    });
    return integers;
  });
}

function reshuffled(order: Int32Array, draw: () => number): number {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(draw() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return 0;
}

function place(rounder: Rounder, problem: Problem, { batch }: AdaRoundOptions): Placed {
  const layout = layoutOf(problem);
  const length = patchLength(problem);
  // Rows of a depthwise layer are padded to whole vectors.
  const padded = problem.kind === 'full' ? length : problem.k * layout.channels;
  const positions = problem.training + problem.held;
  const whole = Math.ceil(positions / 4) * 4;
  const addresses = {
    float: rounder.take(whole * padded),
    quantized: rounder.take(whole * padded),
    base: rounder.take(layout.size),
    v: rounder.take(layout.size),
    weights: rounder.take(layout.size),
    gradients: rounder.take(layout.size),
    first: rounder.take(layout.size),
    second: rounder.take(layout.size),
    scale: rounder.take(layout.channels),
    rows: rounder.take(batch),
    batch: rounder.take(batch * padded),
    outputs: rounder.take(Math.max(batch, whole) * layout.channels),
    errors: rounder.take(batch * layout.channels),
  };
  for (const [address, patches] of [
    [addresses.float, problem.float],
    [addresses.quantized, problem.quantized],
  ] as const) {
    const to = rounder.floats(address, whole * padded);
    if (padded === length) to.set(patches.subarray(0, positions * length));
    else
      for (let row = 0; row < positions * problem.k; row++)
        to.set(
          patches.subarray(row * problem.channels, (row + 1) * problem.channels),
          row * layout.channels,
        );
  }
  rounder.floats(addresses.scale, layout.channels).set(problem.scale);
  const v = rounder.floats(addresses.v, layout.size);
  const base = rounder.floats(addresses.base, layout.size);
  eachWeight(problem, layout, (own, packed, channel) => {
    const real = problem.weights[own]! / problem.scale[channel]!;
    const outside = Math.abs(real) >= problem.levels;
    const low = outside ? (real > 0 ? problem.levels - 1 : -problem.levels) : Math.floor(real);
    base[packed] = low;
    v[packed] = outside
      ? Math.sign(real) * SATURATED
      : -Math.log((ZETA - GAMMA) / (real - low - GAMMA) - 1);
  });
  const bias = new Float32Array(layout.channels);
  if (problem.bias) bias.set(problem.bias);
  const shared = { ...addresses, layout, length: padded, bias };
  return { ...shared, target: targetOf(rounder, problem, shared), unit: unitsOf(problem, layout) };
}

/** The float layer's outputs at every position. */
function targetOf(
  rounder: Rounder,
  problem: Problem,
  placed: Pick<Placed, 'layout' | 'length' | 'float' | 'weights' | 'outputs' | 'bias'>,
): Float32Array {
  const act = activationOf(problem.activation, problem.alpha);
  const { layout, bias } = placed;
  const packed = rounder.floats(placed.weights, layout.size);
  eachWeight(problem, layout, (own, to) => (packed[to] = problem.weights[own]!));
  const positions = problem.training + problem.held;
  product(rounder, problem, placed, placed.float, placed.outputs, Math.ceil(positions / 4) * 4);
  const target = rounder.floats(placed.outputs, positions * layout.channels).slice();
  for (let i = 0; i < target.length; i++)
    target[i] = act.of(target[i]! + bias[i % layout.channels]!);
  return target;
}

/** 2 / (scale · mean square of the channel's inputs): the loss in units of what one step of a weight costs. */
function unitsOf(problem: Problem, layout: Layout): Float32Array {
  const { kind, k, channels, quantized, training, scale } = problem;
  const inputs = kind === 'full' ? 1 : channels;
  const squares = new Float64Array(inputs);
  const numbers = training * patchLength(problem);
  for (let i = 0; i < numbers; i++) squares[i % inputs]! += quantized[i]! * quantized[i]!;
  const unit = new Float32Array(layout.channels);
  for (let channel = 0; channel < channels; channel++) {
    const mean = squares[channel % inputs]! / (training * k);
    // Inputs that are always 0 say nothing: no gradient.
    unit[channel] = mean > 0 ? 2 / (scale[channel]! * mean) : 0;
  }
  return unit;
}

function product(
  { kernels }: Rounder,
  { kind, k }: Problem,
  { layout, weights }: Pick<Placed, 'layout' | 'weights'>,
  x: number,
  out: number,
  rows: number,
): void {
  if (kind === 'full') kernels.forward(x, weights, out, rows, k, layout.panels);
  else kernels.forwardDepthwise(x, weights, out, rows, k, layout.channels);
}

/** Share of the regulariser's time that is over; below 0 before it begins. */
const annealed = (step: number, iterations: number) => (step / iterations - WARMUP) / (1 - WARMUP);

function stepOf(
  rounder: Rounder,
  problem: Problem,
  placed: Placed,
  act: Activation,
  options: AdaRoundOptions,
  step: number,
): void {
  const { kernels } = rounder;
  const { layout, length } = placed;
  const { batch, quantizedChance: chance } = options;
  if (chance >= 1) kernels.take(placed.quantized, placed.rows, batch, length, placed.batch);
  else {
    const seed = Math.floor(streamOf(options.seed, 2, step)() * 2 ** 32) | 0;
    const below = Math.floor(chance * 2 ** 32) | 0;
    const { quantized, float, rows, batch: to } = placed;
    kernels.mix(quantized, float, rows, batch, length, to, seed, below);
  }
  const { v, base, scale, weights, gradients } = placed;
  kernels.soften(v, base, scale, weights, layout.panels, problem.k, layout.width);
  product(rounder, problem, placed, placed.batch, placed.outputs, batch);
  errorsInto(rounder, placed, act, batch);
  if (problem.kind === 'full')
    kernels.gradient(placed.batch, placed.errors, gradients, batch, problem.k, layout.panels);
  else
    kernels.gradientDepthwise(
      placed.batch,
      placed.errors,
      gradients,
      batch,
      problem.k,
      layout.channels,
    );
  const done = annealed(step, options.iterations);
  const beta = BETA.end + (BETA.start - BETA.end) * Math.max(0, 1 - done);
  kernels.gradientToV(gradients, v, layout.size, done < 0 ? 0 : options.lambda, beta);
  const { first, second } = placed;
  const [c1, c2] = [1 / (1 - 0.9 ** (step + 1)), 1 / (1 - 0.999 ** (step + 1))];
  kernels.adam(v, gradients, first, second, layout.size, options.rate, c1, c2);
}

function errorsInto(rounder: Rounder, placed: Placed, act: Activation, batch: number): void {
  const { layout, target, bias, unit } = placed;
  const { channels } = layout;
  const outputs = rounder.floats(placed.outputs, batch * channels);
  const errors = rounder.floats(placed.errors, batch * channels);
  const rows = rounder.ints(placed.rows, batch);
  for (let row = 0, at = 0; row < batch; row++) {
    const wanted = rows[row]! * channels;
    for (let channel = 0; channel < channels; channel++, at++) {
      const x = outputs[at]! + bias[channel]!;
      errors[at] =
        ((act.of(x) - target[wanted + channel]!) * act.slope(x) * unit[channel]!) / batch;
    }
  }
}

/** The nearest integers, as convert has them. */
export function nearestIntegers(problem: Problem): Int8Array {
  const { weights, scale, levels } = problem;
  const integers = new Int8Array(weights.length);
  eachWeight(problem, layoutOf(problem), (own, _, channel) => {
    const q = roundHalfAway(weights[own]! / scale[channel]!);
    integers[own] = Math.max(-levels, Math.min(levels, q));
  });
  return integers;
}

function hardened(rounder: Rounder, problem: Problem, { layout, base, v }: Placed): Int8Array {
  const low = rounder.floats(base, layout.size);
  const up = rounder.floats(v, layout.size);
  const integers = new Int8Array(problem.weights.length);
  // h(0) = ½
  eachWeight(problem, layout, (own, packed) => {
    integers[own] = low[packed]! + Number(up[packed]! >= 0);
  });
  return integers;
}

/** Mean squared error on the held positions (all, where none is held), with quantized inputs. */
function errorOf(
  rounder: Rounder,
  problem: Problem,
  placed: Placed,
  act: Activation,
  integers: Int8Array,
): number {
  const { layout, target, bias } = placed;
  const { channels, training, held } = problem;
  const [from, count] = held > 0 ? [training, held] : [0, training];
  outputsOf(rounder, problem, placed, integers, from, count);
  const outputs = rounder.floats(placed.outputs, count * layout.channels);
  let sum = 0;
  for (let row = 0; row < count; row++)
    for (let channel = 0; channel < channels; channel++) {
      const at = row * layout.channels + channel;
      const error = act.of(outputs[at]! + bias[channel]!) - target[from * layout.channels + at]!;
      sum += error * error;
    }
  return sum / (count * channels);
}

/** Outputs without bias of positions [from, from + count) with these integers and quantized inputs. */
function outputsOf(
  rounder: Rounder,
  problem: Problem,
  placed: Placed,
  integers: Int8Array,
  from: number,
  count: number,
): void {
  const { layout, length } = placed;
  const packed = rounder.floats(placed.weights, layout.size);
  eachWeight(problem, layout, (own, to, channel) => {
    packed[to] = problem.scale[channel]! * integers[own]!;
  });
  const x = placed.quantized + from * length * 4;
  product(rounder, problem, placed, x, placed.outputs, Math.ceil(count / 4) * 4);
}
