/**
 * What an observer is: it chooses the range of one activation from what calibration sees. A member of
 * the family is one descriptor, from which the type `Calibration`, the panel's control, the shell's
 * `method[:number]`, labels, reasons and defaults are derived.
 */

/** What every observer is told of one sample's tensor. */
export interface SampleExtremes {
  readonly min: number;
  readonly max: number;
}
/** What the collector knows at the end, over all samples. */
export interface Seen {
  readonly seenMin: number;
  readonly seenMax: number;
  /** The number below which `fraction` of all values lie, from the running histogram. */
  quantile(fraction: number): number;
  /** Counts of all values over `bins` equal bins from seenMin to seenMax (8,192 are counted). */
  histogram(bins: number): Float64Array;
}
export interface Range {
  readonly min: number;
  readonly max: number;
}
/** Chooses the range of one value: one instance per value. */
export interface Observer {
  /** Asks for `Seen.quantile` or `histogram`: every number must then be counted, not only enough for a picture. */
  readonly needsHistogram: boolean;
  add(sample: SampleExtremes): void;
  /** @param bits of the activations' grid; default 8 */
  range(seen: Seen, bits?: 8 | 16): Range;
}

/** The one number that a method takes. */
export interface Parameter<Name extends string = string> {
  /** Key in the JSON of the calibration. */
  readonly name: Name;
  /** Of the control: "Percentile, %". */
  readonly label: string;
  readonly default: number;
  /** Limits of the control, both taken. */
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What it must be, for the sentence that refuses it: "a decay between 0 and 1". */
  readonly needs: string;
  /** True for the numbers that the observer takes. */
  accepts(x: number): boolean;
}

interface Described<Id extends string> {
  /** Name in JSON and in the shell: "moving-average". */
  readonly id: Id;
  /** For people: "Moving average". */
  readonly label: string;
}
/** A method without a parameter. */
export interface PlainObserver<Id extends string = string> extends Described<Id> {
  readonly parameter?: undefined;
  /** In a sentence, before "of 200 samples": "min-max". */
  describe(): string;
  create(): Observer;
}
/** A method with one. */
export interface TunedObserver<
  Id extends string = string,
  Name extends string = string,
> extends Described<Id> {
  readonly parameter: Parameter<Name>;
  /** "moving average (decay 0.9)" */
  describe(parameter: number): string;
  create(parameter: number): Observer;
}
export type ObserverDescriptor = PlainObserver | TunedObserver;

/** The calibration that a descriptor stands for: `{ method: 'percentile', percentile: number }`. */
export type CalibrationOf<D extends ObserverDescriptor> =
  D extends TunedObserver<infer Id, infer Name>
    ? { readonly method: Id } & { readonly [K in Name]: number }
    : { readonly method: D['id'] };
