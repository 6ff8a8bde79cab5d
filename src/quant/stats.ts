/** Calibration: runs the float graph over samples and keeps, per activation, what the plan needs. */
import { IntactError } from '../model/error';
import type { Graph, Tensor } from '../model/graph';
import { summarize } from '../numbers/summary';
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
  count: number;
  sum: number;
  squares: number;
}

function collector(calibrations: readonly Calibration[]): Collector {
  return {
    histogram: runningHistogram(),
    observers: calibrations.map(createObserver),
    seenMin: Infinity,
    seenMax: -Infinity,
    minSample: -1,
    maxSample: -1,
    count: 0,
    sum: 0,
    squares: 0,
  };
}

function refuseNonFinite(graph: Graph, valueIndex: number, data: Float32Array, sample: number) {
  const { name } = graph.values[valueIndex]!;
  const node = graph.nodes.find((candidate) => candidate.outputs.includes(valueIndex));
  const where = node ? `Layer "${node.name}"` : `Input "${name}"`;
  const found = data.find((x) => !Number.isFinite(x));
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

function observe(into: Collector, data: Float32Array, sample: number): boolean {
  const { min, max, sum, squares } = summarize(data);
  if (!Number.isFinite(sum)) return false;
  if (data.length === 0) return true;
  if (min < into.seenMin) {
    into.seenMin = min;
    into.minSample = sample;
  }
  if (max > into.seenMax) {
    into.seenMax = max;
    into.maxSample = sample;
  }
  into.count += data.length;
  into.sum += sum;
  into.squares += squares;
  into.histogram.cover(min, max);
  const every = into.observers.some(({ needsHistogram }) => needsHistogram);
  into.histogram.count(data, every ? 1 : strideFor(data.length));
  for (const observer of into.observers) observer.add({ min, max });
  return true;
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
  };
}

/** Calibration samples: an array of feeds, or anything that makes them when asked. */
export interface CalibrationSamples {
  readonly length: number;
  at(index: number): readonly Tensor[] | undefined | Promise<readonly Tensor[] | undefined>;
}

/**
 * One pass over `samples` (each: one tensor per graph input, in their order); 64 KiB kept per
 * activation, whatever the number of samples. `run` must run this very graph and tap every value.
 * `onSample` is called with the number done and their total. Throws `bad-data` without samples, and
 * naming layer and sample when an activation is NaN or infinite.
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
  calibrations.forEach(createObserver); // refuses bad parameters before the first run
  const collectors = new Map<number, Collector>();
  const skipped = new Set(
    graph.nodes.flatMap((node) => (padsBelowRange(graph, node) ? node.outputs : [])),
  );
  if (samples.length === 0) {
    throw new IntactError(
      'bad-data',
      'Calibration needs at least one sample. Add data, or choose a scheme whose activations stay float (float16, dynamic range).',
    );
  }
  for (let sample = 0; sample < samples.length; sample += 1) {
    const feeds = await samples.at(sample);
    if (!feeds) throw new IntactError('internal', `Calibration sample ${sample} is missing.`);
    await run(feeds, (valueIndex, tensor) => {
      const value = graph.values[valueIndex]!;
      if (value.dtype !== 'float32' || value.data || skipped.has(valueIndex)) return;
      if (!(tensor.data instanceof Float32Array)) return;
      let into = collectors.get(valueIndex);
      if (!into) collectors.set(valueIndex, (into = collector(calibrations)));
      if (!observe(into, tensor.data, sample)) {
        refuseNonFinite(graph, valueIndex, tensor.data, sample);
      }
    });
    onSample?.(sample + 1, samples.length);
  }
  const seen = [...collectors].filter(([, from]) => from.count > 0);
  return calibrations.map((calibration, which) => {
    const values = Object.fromEntries(
      seen.map(([valueIndex, from]) => [graph.values[valueIndex]!.name, summarise(from, which)]),
    );
    return { samples: samples.length, calibration, values };
  });
}
