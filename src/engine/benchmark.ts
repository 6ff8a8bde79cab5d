/**
 * Latency per node and per model (median over ≥ 50 warm runs, ≥ 5 warm-ups, several
 * executables in turn, so that a machine whose speed drifts treats them alike).
 */
import type { Tensor } from '../model/graph';
import type { Executable } from './engine';

export interface Timed {
  /** Prepared with keepAll. */
  readonly executable: Executable;
  readonly feeds: readonly Tensor[];
}

export interface Times {
  /** Median milliseconds per node, in the graph's order. */
  readonly layers: readonly number[];
  /** Median milliseconds of a whole inference; more than the sum of layers by the engine's own cost. */
  readonly total: number;
}

export interface TimingOptions {
  /** Most milliseconds for everything; a model slower than this still gets `LEAST_ROUNDS`. */
  readonly budgetMs?: number;
  /** Before each round, awaited and not counted: whoever times may let others go first. */
  readonly onRound?: (fraction: number) => void | Promise<void>;
}

const WARMUPS = 8; // V8 replaces Liftoff code after about six calls
const RUNS = 50;
const LEAST_ROUNDS = 3;
/** A block of repeats lasts at least this many timer steps, so that the step is under 2 % of it. */
const STEPS_PER_BLOCK = 50;
const MOST_REPEATS = 2000;

/** Smallest step of performance.now(): 5 µs in an isolated page, 100 µs in others. */
function timerStep(): number {
  let step = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    let now = start;
    for (let spin = 0; now === start && spin < 1e6; spin++) now = performance.now();
    if (now > start) step = Math.min(step, now - start);
  }
  return Number.isFinite(step) ? step : 0.1;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

interface Subject extends Timed {
  readonly repeats: number[];
  readonly layers: number[][];
  runRepeats: number;
  readonly totals: number[];
}

async function runs({ executable, feeds }: Timed, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await executable.run(feeds);
  return (performance.now() - start) / repeats;
}

async function warm(timed: Timed, block: number): Promise<Subject> {
  const { executable } = timed;
  await runs(timed, WARMUPS);
  const repeatsFor = (ms: number) =>
    Math.min(MOST_REPEATS, Math.max(1, Math.ceil(block / Math.max(ms, 1e-4))));
  const repeats: number[] = [];
  for (const node of executable.graph.nodes.keys()) {
    repeats.push(repeatsFor(await executable.timeNode(node, WARMUPS)));
  }
  return {
    ...timed,
    repeats,
    layers: executable.graph.nodes.map(() => []),
    runRepeats: repeatsFor(await runs(timed, 2)),
    totals: [],
  };
}

/** Times several executables, a round of each in turn. */
export async function timeInTurn(
  timed: readonly Timed[],
  { budgetMs = 4000, onRound }: TimingOptions = {},
): Promise<Times[]> {
  const started = performance.now();
  const block = timerStep() * STEPS_PER_BLOCK;
  const subjects: Subject[] = [];
  for (const one of timed) subjects.push(await warm(one, block));
  let waited = 0;
  for (let round = 0; round < RUNS; round++) {
    const now = performance.now();
    const spent = (now - started - waited) / budgetMs;
    if (round >= LEAST_ROUNDS && spent > 1) break;
    await onRound?.(Math.min(1, Math.max(round / RUNS, spent)));
    waited += performance.now() - now;
    for (const subject of subjects) {
      subject.totals.push(await runs(subject, subject.runRepeats));
      for (const [node, repeats] of subject.repeats.entries()) {
        subject.layers[node]!.push(await subject.executable.timeNode(node, repeats));
      }
    }
  }
  return subjects.map(({ layers, totals }) => ({
    layers: layers.map(median),
    total: median(totals),
  }));
}
