/**
 * Where learned scales of activations begin. Scales of the smallest and largest value spend their steps on
 * a few outliers, and LSQ can't see that, for nothing is clipped there: narrower ones are tried on training
 * samples (least squared error; 9,999 of 10,000 values kept), and what loses least is taken. Zero points stay.
 */
import { elementCount } from '../model/graph';
import { gathered, microBatches, remember, type BatchSource } from './batches';
import type { GradientWorker } from './gradientWorker';
import type { Program } from './program';
import { shuffled } from './random';
import type { TrainRequest } from './types';

/** Samples that are looked at: as many as come to so many numbers, within bounds. */
const NUMBERS = 2 ** 27;
const SAMPLES = { least: 16, most: 256 } as const;

/** Share of the values that stay within the range. */
const KEPT = 0.9999;
/** Factors that least squared error is looked for among. */
const FACTORS = Array.from({ length: 71 }, (_, i) => 1 - i / 100);

/** How often each integer of an int8 grid occurs, from −128 on. */
export type Levels = Float64Array;

/** The factor by which a scale shrinks so that at each end as few values are clipped as `kept` allows. */
export function keepingFactor(levels: Levels, zero: number, kept: number): number {
  const most = levels.reduce((a, b) => a + b, 0) * (1 - kept);
  const middle = zero + 128;
  const reach = (from: number, step: number) => {
    let [at, clipped] = [from, 0];
    while (at !== middle && clipped + levels[at]! <= most) {
      clipped += levels[at]!;
      at += step;
    }
    return from === middle ? 0 : (at - middle) / (from - middle);
  };
  return Math.max(reach(0, 1), reach(255, -1)) || 1;
}

/** The factor of least squared error: a twelfth of a step's square for each value inside, but for 0 itself. */
export function leastErrorFactor(levels: Levels, zero: number): number {
  const middle = zero + 128;
  const errorOf = (factor: number) => {
    const [low, high] = [-middle * factor, (255 - middle) * factor];
    return levels.reduce((sum, count, at) => {
      const x = at - middle;
      const beyond = x < low ? low - x : x > high ? x - high : 0;
      const error = beyond > 0 ? beyond ** 2 : x === 0 ? 0 : factor ** 2 / 12;
      return sum + count * error;
    }, 0);
  };
  const errors = FACTORS.map(errorOf);
  return FACTORS[errors.indexOf(Math.min(...errors))]!;
}

interface Learned {
  readonly members: readonly string[];
  readonly zero: number;
  readonly scale: number;
  /** In the flat vector. */
  readonly offset: number;
  readonly levels: Levels;
}

function learnedRanges({ graph, layout, scaleParameters }: Program): Learned[] {
  return [...scaleParameters].flatMap(([{ plan, members }, parameter]) =>
    plan.dtype === 'int8'
      ? [
          {
            members: members.map((member) => graph.values[member]!.name),
            zero: plan.zeroPoint[0]!,
            scale: plan.scale[0]!,
            offset: layout.parameters[parameter]!.offset,
            levels: new Float64Array(256),
          },
        ]
      : [],
  );
}

/** What the search needs of a training. */
export interface Searching {
  readonly request: Pick<TrainRequest, 'border' | 'samples'>;
  readonly program: Program;
  readonly source: BatchSource;
  readonly workers: readonly GradientWorker[];
}

/** Runs the jobs on whoever is free; results in the jobs' order. */
async function shared<Job, Result>(
  workers: readonly GradientWorker[],
  jobs: readonly Job[],
  carryOut: (worker: GradientWorker, job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array<Result>(jobs.length);
  let next = 0;
  await Promise.all(
    workers.map(async (worker) => {
      for (let at = next++; at < jobs.length; at = next++)
        results[at] = await carryOut(worker, jobs[at]!);
    }),
  );
  return results;
}

async function countLevels(
  { source, workers }: Searching,
  learned: readonly Learned[],
  indices: Int32Array,
): Promise<void> {
  const { samples, sizes, microBatch } = source;
  const passes = Array.from({ length: Math.ceil(indices.length / microBatch) }, (_, pass) =>
    Array.from(indices.subarray(pass * microBatch, (pass + 1) * microBatch)),
  );
  await shared(workers, passes, async (worker, pass) => {
    const inputs = await gathered(samples, pass, sizes);
    const { taps } = await worker.outputs({
      ...{ inputs, count: pass.length, model: 'trained', taps: true },
    });
    for (const { members, zero, scale, levels } of learned)
      for (const member of members)
        taps[member]?.forEach((x) => {
          const level = Math.round(x / scale) + zero + 128;
          levels[Math.max(0, Math.min(255, level))]! += 1;
        });
  });
}

/** The training's own loss over its first samples, per step; what the teacher says is kept. */
async function lossOver(
  { source, workers }: Searching,
  order: Int32Array,
  count: number,
): Promise<number> {
  let sum = 0;
  for (let from = 0; from < count; from += source.options.batch) {
    const { batches, indices } = await microBatches(source, order, 0, from);
    const results = await shared(workers, batches, (worker, batch) => worker.loss(batch));
    results.forEach(({ loss, teacher }, at) => {
      sum += loss;
      if (teacher && source.remembered) remember(source.remembered, indices[at]!, teacher);
    });
  }
  return sum;
}

/**
 * Puts the scales that lose least into `flat`, whose parameters the workers must have loaded. The same
 * whoever computes. Leaves them as they are when the training is stopped or cancelled meanwhile.
 */
export async function searchRanges(search: Searching, flat: Float32Array): Promise<void> {
  const { program, workers, source, request } = search;
  const learned = learnedRanges(program);
  if (learned.length === 0) return;
  const numbers = program.graph.values.reduce(
    (sum, { data, shape }) => sum + (data ? 0 : elementCount(shape)),
    1,
  );
  const affordable = Math.floor(NUMBERS / numbers);
  const looked = Math.max(SAMPLES.least, Math.min(SAMPLES.most, affordable));
  const order = shuffled(source.samples.count, source.options.seed, 0);
  const count = Math.min(looked, order.length);
  await countLevels(search, learned, order.subarray(0, count));
  const ways = [
    () => 1,
    ({ levels, zero }: Learned) => leastErrorFactor(levels, zero),
    ({ levels, zero }: Learned) => keepingFactor(levels, zero, KEPT),
  ];
  const candidates = ways.map((factorOf) => {
    const candidate = flat.slice();
    for (const one of learned) candidate[one.offset] = one.scale * factorOf(one);
    return candidate;
  });
  let [best, least] = [flat, Infinity];
  for (const candidate of candidates) {
    if (((await request.border?.()) ?? 'continue') !== 'continue') return;
    await Promise.all(workers.map((worker) => worker.load(candidate)));
    const loss = await lossOver(search, order, count);
    if (loss < least) [best, least] = [candidate, loss];
  }
  flat.set(best);
}
