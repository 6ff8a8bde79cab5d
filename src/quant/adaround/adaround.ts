/**
 * AdaRound (arXiv 2004.10568 eq. 21–26) of one linear layer on sampled positions: a rectified sigmoid h(V)
 * between the two nearest integers, ζ = 1.1, γ = −0.1; the regulariser 1 − |2h − 1|^β with β from 20 to 2 after a
 * fifth of the steps; Adam. Asymmetric: the target is the float output on float inputs, the input comes from
 * the quantized prefix, mixed number by number with the float one (QDrop, arXiv 2203.05740 §3). The layer's own
 * activation function is in the loss. Errors count in units of the channel's weight scale times its inputs'
 * mean square, so that rates and λ suit any layer.
 */
import { activationOf, type Activation } from './activations';
import { descend, PAIRS } from './descend';
import { maskOf, streamOf, turns } from './draw';
import { eachWeight, layoutOf, type Layout } from './layout';
import type { Rounder } from './module';
import { patchLength, type AdaRoundOptions, type Problem, type RoundedLayer } from './problem';
import {
  countChanged,
  gradientsFrom,
  hardened,
  nearestIntegers,
  outputsInto,
  putFloat,
  putIntegers,
  putSoft,
  softWeights,
  stepBy,
  type SoftWeights,
} from './soft';

/** Part of the nearest's error on held positions: above it other integers would be a change for nothing. */
export const WORTH = 0.97;
/** Further beginnings of small filters. */
const DRAWN = 8;

/** Addresses in the rounder's memory, and what the loss needs of each channel. */
interface Placed {
  readonly soft: SoftWeights;
  /** Floats of a row. */
  readonly length: number;
  readonly float: number;
  readonly quantized: number;
  readonly rows: number;
  readonly batch: number;
  readonly outputs: number;
  readonly errors: number;
  /** [position][channels of the layout], behind the activation. */
  readonly target: Float32Array;
  /** What an error of 1 adds to the gradient of h. */
  readonly unit: Float32Array;
}

/** `between` is awaited every few steps. */
export async function adaround(
  rounder: Rounder,
  problem: Problem,
  options: AdaRoundOptions,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<RoundedLayer> {
  rounder.clear();
  const placed = place(rounder, problem, options);
  const act = activationOf(problem.activation, problem.alpha);
  const nearest = nearestIntegers(problem);
  const before = errorOf(rounder, problem, placed, act, nearest);
  const next = turns(problem.training, options.seed);
  for (let step = 0; step < options.iterations; step++) {
    if (step % 16 === 0) await between();
    next(rounder.ints(placed.rows, options.batch));
    stepOf(rounder, problem, placed, act, options, step);
  }
  const relaxed = hardened(rounder, problem, placed.soft);
  const positions = refinedPositions(problem, options);
  const candidates = [relaxed];
  if (positions > 0)
    candidates.push(
      descend(problem, act, {
        ...{ target: placed.target, stride: placed.soft.layout.channels, positions },
        starts: [relaxed, nearest, ...drawn(problem, options.seed)],
      }),
    );
  let best: RoundedLayer = { integers: nearest, changed: 0, nearest: before, rounded: before };
  for (const integers of candidates) {
    const rounded = errorOf(rounder, problem, placed, act, integers);
    if (!(rounded < best.rounded && rounded < before * WORTH)) continue;
    best = { integers, changed: countChanged(integers, nearest), nearest: before, rounded };
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

function place(rounder: Rounder, problem: Problem, { batch }: AdaRoundOptions): Placed {
  const length = patchLength(problem);
  const soft = softWeights(rounder, problem);
  const { layout } = soft;
  // Rows of a depthwise layer are padded to whole vectors.
  const padded = problem.kind === 'full' ? length : problem.k * layout.channels;
  const positions = problem.training + problem.held;
  const whole = Math.ceil(positions / 4) * 4;
  const placed = {
    ...{ soft, length: padded },
    float: rounder.take(whole * padded),
    quantized: rounder.take(whole * padded),
    rows: rounder.take(batch),
    batch: rounder.take(batch * padded),
    outputs: rounder.take(Math.max(batch, whole) * layout.channels),
    errors: rounder.take(batch * layout.channels),
  };
  for (const [address, patches] of [
    [placed.float, problem.float],
    [placed.quantized, problem.quantized],
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
  return { ...placed, target: targetOf(rounder, problem, placed), unit: unitsOf(problem, layout) };
}

/** The float layer's outputs at every position. */
function targetOf(
  rounder: Rounder,
  problem: Problem,
  { soft, float, outputs }: Pick<Placed, 'soft' | 'float' | 'outputs'>,
): Float32Array {
  const act = activationOf(problem.activation, problem.alpha);
  const { channels } = soft.layout;
  const positions = problem.training + problem.held;
  putFloat(rounder, problem, soft);
  outputsInto(rounder, problem, soft, float, outputs, Math.ceil(positions / 4) * 4);
  const target = rounder.floats(outputs, positions * channels).slice();
  for (let i = 0; i < target.length; i++) target[i] = act.of(target[i]! + soft.bias[i % channels]!);
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

function stepOf(
  rounder: Rounder,
  problem: Problem,
  placed: Placed,
  act: Activation,
  options: AdaRoundOptions,
  step: number,
): void {
  const { kernels } = rounder;
  const { soft, length, rows, quantized, float } = placed;
  const { batch, quantizedChance: chance } = options;
  if (chance >= 1) kernels.take(quantized, rows, batch, length, placed.batch);
  else {
    const { seed, below } = maskOf(options.seed, step, chance);
    kernels.mix(quantized, float, rows, batch, length, placed.batch, seed, below);
  }
  putSoft(rounder, problem, soft);
  outputsInto(rounder, problem, soft, placed.batch, placed.outputs, batch);
  errorsInto(rounder, placed, act, batch);
  gradientsFrom(rounder, problem, soft, placed.batch, placed.errors, batch);
  stepBy(rounder, soft, options, step);
}

function errorsInto(rounder: Rounder, placed: Placed, act: Activation, batch: number): void {
  const { soft, target, unit } = placed;
  const { bias } = soft;
  const { channels } = soft.layout;
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

/** Mean squared error on the held positions (all, where none is held), with quantized inputs. */
function errorOf(
  rounder: Rounder,
  problem: Problem,
  placed: Placed,
  act: Activation,
  integers: Int8Array,
): number {
  const { soft, target, length } = placed;
  const { channels, training, held } = problem;
  const stride = soft.layout.channels;
  const [from, count] = held > 0 ? [training, held] : [0, training];
  putIntegers(rounder, problem, soft, integers);
  const x = placed.quantized + from * length * 4;
  outputsInto(rounder, problem, soft, x, placed.outputs, Math.ceil(count / 4) * 4);
  const outputs = rounder.floats(placed.outputs, count * stride);
  let sum = 0;
  for (let row = 0; row < count; row++)
    for (let channel = 0; channel < channels; channel++) {
      const at = row * stride + channel;
      const error = act.of(outputs[at]! + soft.bias[channel]!) - target[from * stride + at]!;
      sum += error * error;
    }
  return sum / (count * channels);
}
