/**
 * Adam (arXiv 1412.6980). `relative`: steps in units of each output channel's root mean square, because
 * folding leaves weights of any magnitude; `adam`: absolute steps, ε where Keras has it (ε̂ of the
 * paper's §2). Scales move relatively in both.
 */
import type { Layout, Parameter } from '../parameters';
import type { TrainOptions } from '../options';
import type { Vectors } from './vectors';

/** Smallest unit: channels whose weights are all 0 still learn. */
const UNIT_FLOOR = 1e-6;

const rms = (sum: number, count: number) => Math.max(UNIT_FLOOR, Math.sqrt(sum / count));

function unitsOf({ kind, initial, channels }: Parameter, optimizer: string): Float32Array {
  if (kind === 'scale' || kind === 'weight-scale' || optimizer === 'adam')
    return new Float32Array(initial.length).fill(1);
  const { channels: count, inner } = channels;
  const sums = new Float64Array(count);
  const channelOf = (i: number) => Math.floor(i / inner) % count;
  initial.forEach((x, i) => (sums[channelOf(i)]! += x * x));
  const each = initial.length / count;
  return initial.map((_, i) => rms(sums[channelOf(i)]!, each));
}

/** Fills the units; moments begin at 0. */
export function initAdam(
  vectors: Vectors,
  { parameters }: Layout,
  { optimizer }: Pick<TrainOptions, 'optimizer'>,
): void {
  const unit = vectors.view('unit');
  for (const parameter of parameters) unit.set(unitsOf(parameter, optimizer), parameter.offset);
}

export interface Rates {
  readonly weights: number;
  readonly scales: number;
}

/** One step on the gradients in the vectors. `step` counts from 1. */
export function updateAdam(
  { kernels, at }: Vectors,
  { size, weightsSize }: Layout,
  step: number,
  rates: Rates,
  { optimizer }: Pick<TrainOptions, 'optimizer'>,
): void {
  const c1 = 1 / (1 - 0.9 ** step);
  const c2 = 1 / (1 - 0.999 ** step);
  const [w1, w2] = optimizer === 'adam' ? [c1 / Math.sqrt(c2), 1] : [c1, c2];
  const { parameters, gradients, mean, square, unit } = at;
  kernels.adam(parameters, gradients, mean, square, unit, weightsSize, rates.weights, w1, w2);
  const skip = weightsSize * 4;
  kernels.adamScales(
    parameters + skip,
    gradients + skip,
    mean + skip,
    square + skip,
    unit + skip,
    size - weightsSize,
    rates.scales,
    c1,
    c2,
  );
}
