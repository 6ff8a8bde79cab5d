/**
 * Times on the device. The clock guard: GPUs idle at a fraction of their clock and leave it only under load,
 * so candidates are timed in turn, several rounds, after a warm-up, and the least time of each counts.
 */
import type { Device } from './device';
import type { Abilities } from './kernels/site';
import { planGraph } from './plan';
import { createRunner, type Runner } from './runner';
import { dotProbe } from './selfTestCases';

const ROUNDS = 5;
/** A timing lasts at least so long: above the jitter of a wake-up, below a wait that is felt. */
const LEAST_MS = 2;
const MOST_REPEATS = 1000;

/** Least milliseconds of each candidate, in turn. */
export async function timedInTurn(
  candidates: readonly ((repeats: number) => Promise<number>)[],
  rounds = ROUNDS,
): Promise<number[]> {
  const repeats: number[] = [];
  for (const candidate of candidates) {
    let count = 1;
    for (;;) {
      const ms = (await candidate(count)) * count;
      if (ms >= LEAST_MS || count >= MOST_REPEATS) break;
      count = Math.min(
        MOST_REPEATS,
        Math.max(2 * count, Math.ceil((count * LEAST_MS) / Math.max(ms, 0.05))),
      );
    }
    repeats.push(count);
  }
  const best = candidates.map(() => Infinity);
  for (let round = 0; round < rounds; round++)
    for (const [at, candidate] of candidates.entries())
      best[at] = Math.min(best[at]!, await candidate(repeats[at]!));
  return best;
}

/**
 * dot4I8Packed where it is faster than the same product in f32: a matrix product is timed both ways. Never
 * the language feature alone, which emulation has too.
 */
export async function probeArithmetic(
  device: Device,
  floats: Abilities['floats'],
): Promise<{ readonly arithmetic: Abilities['arithmetic']; readonly why: string }> {
  if (!device.hasDot) return { arithmetic: 'f32', why: 'the browser has no dot4I8Packed' };
  const ways = ['dot4', 'f32'] as const;
  const runners: Runner[] = [];
  try {
    for (const arithmetic of ways) {
      const plan = planGraph(dotProbe(device.isSoftware), {
        batch: 1,
        abilities: { arithmetic, floats },
        shapes: device.isSoftware ? 'small' : undefined,
      });
      if (!('steps' in plan)) return { arithmetic: 'f32', why: plan[0]! };
      runners.push(await createRunner(device, plan));
    }
    const [dot4, f32] = (await timedInTurn(
      runners.map((runner) => (repeats) => runner.timeStep(0, 0, repeats)),
      device.isSoftware ? 2 : ROUNDS,
    )) as [number, number];
    const ratio = (f32 / dot4).toFixed(2);
    return dot4 <= f32
      ? { arithmetic: 'dot4', why: `dot4I8Packed is ${ratio} times as fast as f32 here` }
      : { arithmetic: 'f32', why: `dot4I8Packed is emulated here, ${ratio} times as fast as f32` };
  } finally {
    for (const runner of runners) runner.dispose();
  }
}

/**
 * Shapes of the matrix products that are fastest here, step by step, within a budget of time.
 * @param known of earlier graphs on this device: a product of the same size is timed once
 */
export async function tune(
  runner: Pick<Runner, 'batch' | 'timeStep' | 'choose'>,
  steps: readonly {
    readonly alternatives: readonly { readonly code: string; readonly uniform?: Uint32Array }[];
  }[],
  budgetMs: number,
  known = new Map<string, number>(),
): Promise<void> {
  const started = performance.now();
  for (const [step, { alternatives }] of steps.entries()) {
    if (alternatives.length < 2) continue;
    const key = `${runner.batch} ${alternatives.map(({ code }) => code.length).join()} ${alternatives[0]!.uniform?.join() ?? ''}`;
    let best = known.get(key);
    if (best === undefined) {
      if (performance.now() - started > budgetMs) continue;
      const times = await timedInTurn(
        alternatives.map((_, at) => (repeats) => runner.timeStep(step, at, repeats)),
        3,
      );
      best = times.indexOf(Math.min(...times));
      known.set(key, best);
    }
    runner.choose(step, best);
  }
}
