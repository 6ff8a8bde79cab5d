/** Contracts of the analysis room: numbers → findings per layer. */
import type { Why } from '../quant/why';

/** How far a quantized tensor is from its float twin, both as real numbers. */
export interface TensorError {
  /** 10·log10(Σx² / Σ(x−x̂)²), dB; Infinity when equal. */
  readonly sqnr: number;
  readonly cosine: number;
  readonly mse: number;
  readonly maxAbs: number;
  /** RMSE in units of the output's scale: about 0.289 = 1/√12 when rounding is the only loss. */
  readonly rmseOverScale?: number;
}

/** Score of a model on the evaluation samples. Higher is better for accuracy and agreement. */
export interface Score {
  /** accuracy: top-1 against labels; agreement: top-1 same as float (no labels); error: mean absolute error. */
  readonly kind: 'accuracy' | 'agreement' | 'mean absolute error' | 'SQNR to float';
  readonly value: number;
  readonly unit: '%' | 'dB' | '';
  readonly samples: number;
  readonly synthetic: boolean;
}

export interface Energy {
  /** Picojoules, 45 nm model of Horowitz, ISSCC 2014: not a measurement. */
  readonly compute: number;
  readonly memory: number;
}

/** One layer of one run; undefined while not measured yet. Rows are nodes of the optimized float graph. */
export interface LayerResult {
  /** Node name: the key in every view. */
  readonly id: string;
  /** Name of the layer that the user knows, and its type. */
  readonly layer: string;
  readonly type: string;
  readonly op: string;
  /** Name of the value that the node makes: the key into stats and plan. */
  readonly output: string;
  readonly outputShape: readonly number[];
  readonly params: number;
  readonly macs: number;
  /** How it computes in this run. */
  readonly scheme: string;
  readonly why: Why;
  /** Bytes in the exported file: weights + scales + bias of this node. */
  readonly bytesFloat: number;
  readonly bytesQuantized: number;
  readonly energyFloat: Energy;
  readonly energyQuantized: Energy;
  /** Only this layer quantized, at its own output. */
  readonly isolated?: TensorError;
  /** Whole model quantized, at this layer's output. */
  readonly accumulated?: TensorError;
  /** Score with only this layer quantized minus the float score. */
  readonly sensitivity?: number;
  /** Median ms in this browser, same engine and threads. */
  readonly msFloat?: number;
  readonly msQuantized?: number;
}

/** What the inspector draws for one layer. */
export interface LayerDetail {
  readonly id: string;
  readonly weights?: {
    readonly shape: readonly number[];
    readonly histogram: Histogram;
    /** Grid step(s): one, or one per output channel. */
    readonly scale: Float32Array;
    readonly channelMin: Float32Array;
    readonly channelMax: Float32Array;
  };
  readonly activation?: {
    readonly histogram: Histogram;
    readonly clipMin: number;
    readonly clipMax: number;
    readonly scale: number;
    readonly zeroPoint: number;
    readonly seenMin: number;
    readonly seenMax: number;
    readonly why: Why;
  };
}
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: Float64Array;
}
