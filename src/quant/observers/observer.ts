import type { ValueStats } from '../types';

/** What every observer is told of one sample's tensor. */
export interface SampleExtremes {
  readonly min: number;
  readonly max: number;
}
/** What the collector knows at the end, over all samples. */
export interface Seen extends Pick<ValueStats, 'seenMin' | 'seenMax'> {
  /** The number below which `fraction` of all values lie, from the running histogram. */
  quantile(fraction: number): number;
}
export interface Range {
  readonly min: number;
  readonly max: number;
}
/** Chooses the range of one value: one instance per value. */
export interface Observer {
  /** Asks for `Seen.quantile`: every number must then be counted, not only enough for a histogram. */
  readonly needsQuantiles: boolean;
  add(sample: SampleExtremes): void;
  range(seen: Seen): Range;
}
