/** One linear layer on sampled positions: what AdaRound is given, and what it returns. Plain data. */
import type { ActivationName } from './activations';

/** `full`: weights [channels][k], a patch has k numbers. `depthwise`: weights [k][channels], a patch [k][channels]. */
export interface Linear {
  readonly kind: 'full' | 'depthwise';
  readonly channels: number;
  readonly k: number;
  readonly weights: Float32Array;
  readonly bias?: Float32Array;
  /** Of each channel. */
  readonly scale: Float32Array;
  /** The grid's largest integer: 127, 7. */
  readonly levels: number;
  readonly activation: ActivationName;
  /** Of LEAKY_RELU. */
  readonly alpha?: number;
}

/** How many positions train, and judge: those are the last and train nothing. */
export interface Positions {
  readonly training: number;
  readonly held: number;
}

export interface Problem extends Linear, Positions {
  /** Patches of the float model and, at the same positions, of the quantized prefix: [training + held][patch]. */
  readonly float: Float32Array;
  readonly quantized: Float32Array;
}

export interface AdaRoundOptions {
  readonly iterations: number;
  /** Chance that a number of the input is taken quantized. */
  readonly quantizedChance: number;
  readonly seed: number;
  /** Positions of a step. */
  readonly batch: number;
  /** Adam's. */
  readonly rate: number;
  /** Of the regulariser, in units of what moving a weight by a whole step costs. */
  readonly lambda: number;
  /** Positions that a descent may look at for each weight; on small filters shared by all that it tries. */
  readonly refined: number;
}

export interface RoundedLayer {
  /** In the order of the weights. */
  readonly integers: Int8Array;
  /** Weights whose integer is not the nearest. */
  readonly changed: number;
  /** Mean squared error of the outputs on the held positions, quantized inputs: nearest, and as rounded. */
  readonly nearest: number;
  readonly rounded: number;
}

export const patchLength = ({ kind, k, channels }: Linear): number =>
  kind === 'full' ? k : k * channels;
