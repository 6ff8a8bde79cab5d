/**
 * What layer functions compute with: few operations that carry fake quantization, each with its
 * gradient. Two implementations: `fused.ts` (our kernels on the wasm backend's memory) and `composed.ts`
 * (TF.js ops, for webgpu and cpu, and the first one's oracle).
 */
import type { TfTensor } from './tf';

/** Where ties go: to even, up, away from zero, away from zero of the stored integer. */
export const roundings = ['even', 'up', 'away', 'away-stored'] as const;
export type Rounding = (typeof roundings)[number];

/** An integer grid: y = scale · (clamp(round(x / scale) + zero, low, high) − zero). */
export interface Quantizer {
  /** [1]; carries a gradient where it is a variable (LSQ, arXiv 1902.08153). */
  readonly scale: TfTensor;
  readonly zero: number;
  readonly low: number;
  readonly high: number;
  readonly rounding: Rounding;
}

/** Real bounds of a fused activation; infinite where there are none. Their ends pass no gradient. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}
export const unbounded: Bounds = { low: -Infinity, high: Infinity };

/** Weights seen as [outer][channels][inner]. */
export interface ChannelShape {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/** A convolution, depthwise convolution or dense layer on NHWC, weights HWIO (dense: [in, out]). */
export interface Geometry {
  readonly kind: 'conv' | 'depthwise' | 'dense';
  readonly filterH: number;
  readonly filterW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly outH: number;
  readonly outW: number;
  readonly outC: number;
  /** False where nothing before the layer trains: its input's gradient is not computed. */
  readonly needsInputGradient: boolean;
  /** False where its weights are frozen. */
  readonly needsWeightGradient: boolean;
}

export interface Arithmetic {
  /** The activation's bounds, then the grid. */
  finish(x: TfTensor, bounds: Bounds, to: Quantizer | undefined): TfTensor;
  layer(
    x: TfTensor,
    w: TfTensor,
    b: TfTensor,
    geometry: Geometry,
    bounds: Bounds,
    to: Quantizer | undefined,
  ): TfTensor;
  add(a: TfTensor, b: TfTensor, bounds: Bounds, to: Quantizer | undefined): TfTensor;
  /** Mean over height and width of NHWC: [n, c]. */
  spatialMean(x: TfTensor): TfTensor;
  /** Symmetric weights with one scale [1] or one per channel [channels]; `levels`: 127, 7. */
  weights(w: TfTensor, scales: TfTensor, shape: ChannelShape, levels: number): TfTensor;
  /** A bias on the grid input scale · weight scale; the scales get no gradient from it. */
  bias(b: TfTensor, inputScale: TfTensor, scales: TfTensor): TfTensor;
}
