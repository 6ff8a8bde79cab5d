/** What the inspector draws for one layer. */
import type { Why } from '../quant/types';

export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: Float64Array;
}

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
