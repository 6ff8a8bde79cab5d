/** Calibration: runs the float graph over samples and keeps, per activation, what the plan needs. */
import { IntactError } from '../model/error';
import type { Graph, Tensor } from '../model/graph';
import { linksOf } from '../model/links';
import { summarize, type Summary } from '../numbers/summary';
import { runningHistogram, type RunningHistogram } from './histogram';
import { createObserver } from './observers';
import type { Observer } from './observers/observer';
import { padsBelowRange } from './padding';
import type { Calibration, Runner, Stats, ValueStats } from './types';

interface Collector {
  readonly histogram: RunningHistogram;
  /** One per calibration. */
  readonly observers: readonly Observer[];
  seenMin: number;
  seenMax: number;
  minSample: number;
  maxSample: number;
  /** Extremes of the samples of even and of odd number. */
  readonly halves: readonly [Extremes, Extremes];
  count: number;
  sum: number;
  squares: number;
}

interface Extremes {
  min: number;
  max: number;
}
const nothingSeen = (): Extremes => ({ min: Infinity, max: -Infinity });

function collector(calibrations: readonly Calibration[]): Collector {
  return {
    histogram: runningHistogram(),
    observers: calibrations.map(createObserver),
    seenMin: Infinity,
    seenMax: -Infinity,
    minSample: -1,
    maxSample: -1,
    halves: [nothingSeen(), nothingSeen()],
    count: 0,
    sum: 0,
    squares: 0,
  };
}

function refuseNonFinite(graph: Graph, valueIndex: number, found: number, sample: number) {
  const { name } = graph.values[valueIndex]!;
  const node = graph.nodes[linksOf(graph).maker(valueIndex) ?? -1];
  const where = node ? `Layer "${node.name}"` : `Input "${name}"`;
  throw new IntactError(
    'bad-data',
    `${where} gives ${found} for calibration sample ${sample}. Check this sample and the preprocessing; a range that holds ${found} can't be quantized.`,
    { value: name, node: node?.name, sample },
  );
}

/** Primes: a stride that divides the number of channels would see only some of them. */
const STRIDES = [1, 3, 7, 13, 31, 61, 127, 251, 509, 1021] as const;
/** Numbers of one activation that a histogram for the eye needs per sample. */
const ENOUGH = 8192;

function strideFor(length: number): number {
  return STRIDES.findLast((stride) => stride === 1 || length / stride >= ENOUGH)!;
}

/** One activation of one sample: its extremes and sums, and numbers of it for the histogram. */
export interface SampleStats {
  /** In the graph. */
  readonly value: number;
  readonly summary: Summary;
  readonly length: number;
  /** Every number, or every `stride`-th; only good until the next. */
  readonly numbers: Float32Array;
  readonly stride: number;
  /** A number that is none, where there is one. */
  readonly bad?: number;
}

/** Looks at an activation. @param every the observer counts every number */
export function see(value: number, data: Float32Array, every: boolean): SampleStats {
  const summary = summarize(data);
  const seen = { value, summary, length: data.length, numbers: data };
  const finite = Number.isFinite(summary.sum);
  const stride = every ? 1 : strideFor(data.length);
  return finite
    ? { ...seen, stride }
    : { ...seen, stride, bad: data.find((x) => !Number.isFinite(x))! };
}

/** The same without the tensor it was taken from: it can be kept, and sent. */
export function takenAlong({ numbers, stride, ...seen }: SampleStats): SampleStats {
  if (stride === 1) return { ...seen, numbers: numbers.slice(), stride };
  const taken = new Float32Array(Math.ceil(numbers.length / stride));
  for (let i = 0, at = 0; at < numbers.length; i += 1, at += stride) taken[i] = numbers[at]!;
  return { ...seen, numbers: taken, stride: 1 };
}

function observe(
  into: Collector,
  { summary, length, numbers, stride }: SampleStats,
  sample: number,
) {
  const { min, max, sum, squares } = summary;
  if (length === 0) return;
  if (min < into.seenMin) {
    into.seenMin = min;
    into.minSample = sample;
  }
  if (max > into.seenMax) {
    into.seenMax = max;
    into.maxSample = sample;
  }
  const half = into.halves[sample % 2 === 0 ? 0 : 1];
  half.min = Math.min(half.min, min);
  half.max = Math.max(half.max, max);
  into.count += length;
  into.sum += sum;
  into.squares += squares;
  into.histogram.cover(min, max);
  into.histogram.count(numbers, stride);
  for (const observer of into.observers) observer.add({ min, max });
}

function summarise(from: Collector, which: number): ValueStats {
  const { seenMin, seenMax, minSample, maxSample, count } = from;
  const mean = from.sum / count;
  const observer = from.observers[which]!;
  const seen = {
    seenMin,
    seenMax,
    quantile: (fraction: number) => from.histogram.quantile(fraction, seenMin, seenMax),
    histogram: (bins: number) => from.histogram.export(seenMin, seenMax, bins),
  };
  const range = observer.range(seen, 8);
  const wide = observer.range(seen, 16);
  return {
    min: range.min,
    max: range.max,
    ...(wide.min !== range.min || wide.max !== range.max ? { wide } : {}),
    seenMin,
    seenMax,
    mean,
    std: Math.sqrt(Math.max(0, from.squares / count - mean * mean)),
    histogram: from.histogram.export(seenMin, seenMax),
    minSample,
    maxSample,
    ...apart(from),
  };
}

/** How far the two halves' extremes are apart, as a part of the whole range. */
function apart({ halves: [one, other], seenMin, seenMax }: Collector): { halves?: number } {
  const span = Math.max(seenMax, 0) - Math.min(seenMin, 0);
  if (!(one.max >= one.min) || !(other.max >= other.min) || !(span > 0)) return {};
  return { halves: Math.max(Math.abs(one.min - other.min), Math.abs(one.max - other.max)) / span };
}

/** Calibration samples: an array of feeds, or anything that makes them when asked. */
export interface CalibrationSamples {
  readonly length: number;
  at(index: number): readonly Tensor[] | undefined | Promise<readonly Tensor[] | undefined>;
}

/** Statistics as they come together, sample by sample in the samples' order. */
export interface Collecting {
  /** The values that are looked at. */
  readonly watched: ReadonlySet<number>;
  /** The observer counts every number, not only enough for a picture. */
  readonly every: boolean;
  /** Throws `bad-data` naming layer and sample when an activation is NaN or infinite. */
  add(seen: SampleStats, sample: number): void;
  /** One for each calibration, in their order. */
  stats(samples: number): Stats[];
}

/** 64 KiB kept per activation, whatever the number of samples. */
export function collecting(graph: Graph, calibrations: readonly Calibration[]): Collecting {
  // Refuses bad parameters before the first run.
  const every = calibrations.map(createObserver).some(({ needsHistogram }) => needsHistogram);
  const collectors = new Map<number, Collector>();
  const skipped = new Set(
    graph.nodes.flatMap((node) => (padsBelowRange(graph, node) ? node.outputs : [])),
  );
  const watched = graph.values.flatMap(({ dtype, data }, index) =>
    dtype === 'float32' && !data && !skipped.has(index) ? [index] : [],
  );
  return {
    watched: new Set(watched),
    every,
    add(seen, sample) {
      const { value, bad } = seen;
      if (bad !== undefined) refuseNonFinite(graph, value, bad, sample);
      let into = collectors.get(value);
      if (!into) collectors.set(value, (into = collector(calibrations)));
      observe(into, seen, sample);
    },
    stats(samples) {
      const seen = [...collectors].filter(([, from]) => from.count > 0);
      return calibrations.map((calibration, which) => {
        const values = Object.fromEntries(
          seen.map(([value, from]) => [graph.values[value]!.name, summarise(from, which)]),
        );
        return { samples, calibration, values };
      });
    },
  };
}

/** @throws IntactError `bad-data` */
export function refuseNoSamples(count: number): void {
  if (count === 0)
    throw new IntactError(
      'bad-data',
      'Calibration needs at least one sample. Add data, or choose a scheme whose activations stay float (float16, dynamic range).',
    );
}

/**
 * One pass over `samples` (each: one tensor per graph input, in their order). `run` must run this very
 * graph and tap every value. `onSample` is called with the number done and their total. Throws `bad-data`
 * without samples, and naming layer and sample when an activation is NaN or infinite.
 */
export async function calibrate(
  graph: Graph,
  run: Runner,
  samples: CalibrationSamples,
  calibration: Calibration,
  onSample?: (done: number, total: number) => void,
): Promise<Stats> {
  const [stats] = await calibrateAll(graph, run, samples, [calibration], onSample);
  return stats!;
}

/** The same pass for several calibrations: they see the same activations and differ in ranges only. */
export async function calibrateAll(
  graph: Graph,
  run: Runner,
  samples: CalibrationSamples,
  calibrations: readonly Calibration[],
  onSample?: (done: number, total: number) => void,
): Promise<Stats[]> {
  const { watched, every, add, stats } = collecting(graph, calibrations);
  refuseNoSamples(samples.length);
  for (let sample = 0; sample < samples.length; sample += 1) {
    const feeds = await samples.at(sample);
    if (!feeds) throw new IntactError('internal', `Calibration sample ${sample} is missing.`);
    await run(feeds, (value, { data }) => {
      if (watched.has(value) && data instanceof Float32Array) add(see(value, data, every), sample);
    });
    onSample?.(sample + 1, samples.length);
  }
  return stats(samples.length);
}
