/** Samples shared among workers: order, losses, and a whole job with and without them. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWasmBackend } from '../../engine/wasm';
import type { Run, RunUpdate } from '../../run/types';
import { random } from '../../numbers/random';
import { builder, conv, numbers } from '../../testing/graphs';
import type { Sample } from '../../data/samples';
import { createContext, withJobContext } from '../context';
import { createCores, localLock } from '../cores';
import type { JobContext } from '../job';
import { quantize } from '../quantize';
import { fakeWorker } from '../testing/fakeWorker';
import { listening, tinyContext, tinyModel, tinyOpened, tinyRequest } from '../testing/tiny';
import { createHelpers, type Helpers } from './helpers';
import { inOrder, type Sharing } from './inOrder';
import { serveShards } from './serve';
import type { Question, ShardOf } from './types';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A helper that answers as `answer` does; undefined: never. */
function helper(answer: (question: Question) => unknown) {
  const made = fakeWorker();
  made.inside.addEventListener('message', ({ data }) => {
    const { id } = data as Question;
    void Promise.resolve(answer(data as Question)).then((result) => {
      if (result !== undefined) made.inside.postMessage({ id, result });
    });
  });
  return made;
}

function together(helpers: Helpers, lent = 2): Pick<JobContext, 'share' | 'helpers'> {
  return { share: { ...tinyContext().share, lent: () => lent }, helpers };
}

/** Twenty samples: `[position]` in, `{ expected: [position] }` out. */
function sharing(log: number[], ms = 1): Sharing<'errors'> & { readonly here: number[] } {
  const here: number[] = [];
  const answerOf = ({ inputs }: { inputs: readonly Float32Array[] }) => ({
    expected: inputs,
    outputs: [],
    sums: new Float64Array(0),
  });
  const own: ShardOf<'errors'> = {
    async run(task) {
      here.push(task.inputs[0]![0]!);
      await wait(ms);
      return answerOf(task);
    },
    dispose: () => undefined,
  };
  return {
    ...{ kind: 'errors', setup: {} as never, own, count: 20, bytes: 1, work: 1, here },
    task: (position) =>
      Promise.resolve({ inputs: [Float32Array.of(position)], layers: true as const }),
    done(position, { expected }) {
      expect(expected[0]![0]).toBe(position);
      log.push(position);
    },
    stopped: () => false,
  };
}
const all = Array.from({ length: 20 }, (_, position) => position);
const good = ({ call, argument }: Question) =>
  call === 'run'
    ? { expected: (argument as { inputs: unknown }).inputs, outputs: [], sums: [] }
    : 'opened';

describe('samples in order', () => {
  it('are shared with helpers that work meanwhile', async () => {
    const log: number[] = [];
    let asked = 0;
    const worker = helper(async (question) => {
      if (question.call === 'run') asked++;
      await wait(2);
      return good(question);
    });
    const one = sharing(log);
    expect(await inOrder(one, together(createHelpers(() => worker.worker, 0)))).toBe(20);
    expect(log).toEqual(all);
    expect(asked).toBeGreaterThan(2);
    expect(asked + one.here.length).toBe(20);
  });

  it('stay here where no core is lent, where there is too little work, and where a helper would take too much', async () => {
    for (const change of [{ lent: 1 }, { bytes: 2 ** 40 }, { leastWork: 1e9 }]) {
      const log: number[] = [];
      const start = vi.fn(() => helper(good).worker);
      const context = together(createHelpers(start, change.leastWork ?? 0), change.lent ?? 2);
      await inOrder({ ...sharing(log), bytes: change.bytes ?? 1 }, context);
      expect(log).toEqual(all);
      expect(start).not.toHaveBeenCalled();
    }
  });

  it.each(['dies', 'fails', 'cannot open', 'cannot start'])(
    'are done here where a helper %s midway',
    async (how) => {
      const log: number[] = [];
      let runs = 0;
      const worker = helper(async (question) => {
        if (how === 'cannot open') worker.crash('no memory');
        if (question.call === 'run' && ++runs === 3) {
          if (how === 'dies') worker.crash('killed');
          else worker.inside.postMessage({ id: question.id, error: 'no more memory is to be had' });
          return undefined;
        }
        await wait(1);
        return good(question);
      });
      const start = () => {
        if (how === 'cannot start') throw new Error('no worker');
        return worker.worker;
      };
      expect(await inOrder(sharing(log, 2), together(createHelpers(start, 0)))).toBe(20);
      expect(log).toEqual(all);
    },
  );

  it('are not waited for without end: who keeps one is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const log: number[] = [];
    const worker = helper((question) => (question.call === 'run' ? undefined : 'opened'));
    const ended = inOrder(sharing(log, 5), together(createHelpers(() => worker.worker, 0)));
    for (let i = 0; i < 400 && log.length < 20; i++) {
      await vi.advanceTimersByTimeAsync(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toBe(20);
    expect(log).toEqual(all);
    expect(worker.terminated).toBe(true);
  });

  it('end where the job is stopped, with all that came before', async () => {
    const log: number[] = [];
    const worker = helper(async (question) => {
      await wait(1);
      return good(question);
    });
    const done = await inOrder(
      { ...sharing(log), stopped: () => log.length >= 5 },
      together(createHelpers(() => worker.worker, 0)),
    );
    expect(done).toBeGreaterThanOrEqual(5);
    expect(done).toBeLessThan(20);
    expect(log).toEqual(all.slice(0, done));
  });

  it('are all at rest before the cores are given up', async () => {
    const log: number[] = [];
    let flying = 0;
    const worker = helper(async (question) => {
      if (question.call !== 'run') return 'opened';
      flying++;
      await wait(4);
      flying--;
      return good(question);
    });
    const context = together(createHelpers(() => worker.worker, 0));
    let borders = 0;
    const border = async (quiet?: () => Promise<void>) => {
      if (++borders % 3 > 0) return;
      await quiet?.();
      expect(flying).toBe(0);
    };
    await inOrder(sharing(log), { ...context, share: { ...context.share, border } });
    expect(log).toEqual(all);
    expect(borders).toBeGreaterThan(3);
  });
});

/** Two convolutions and a sum, on made-up pictures. */
function net() {
  const b = builder();
  const x = b.input('x', [1, 8, 8, 4]);
  const weights = (name: string, seed: number) =>
    b.constant(name, [4, 3, 3, 4], numbers(144, seed));
  const one = b.node(
    'CONV_2D',
    'one',
    conv({ padding: 'SAME' }),
    [x, weights('w1', 3), -1],
    [1, 8, 8, 4],
  );
  const two = b.node(
    'CONV_2D',
    'two',
    conv({ padding: 'SAME' }),
    [one, weights('w2', 4), -1],
    [1, 8, 8, 4],
  );
  const sum = b.node('ADD', 'sum', { activation: 'NONE' }, [one, two], [1, 8, 8, 4]);
  return b.graph([sum]);
}

describe('a whole run', () => {
  const graph = net();
  const model = { ...tinyModel, graph, optimized: graph };
  const samples = {
    ...tinyOpened.samples,
    count: 24,
    targets: [],
    inputShapes: [[1, 8, 8, 4]],
    read: (index: number) => {
      const next = random(index);
      const input = Float32Array.from({ length: 256 }, () => 4 * next() - 1);
      return Promise.resolve<Sample>({ inputs: [input], targets: [] });
    },
    sampleKey: (index: number) => Promise.resolve(`sample ${index}`),
  };
  const roles = {
    ...tinyOpened.roles,
    calibration: all.slice(0, 10),
    evaluation: Array.from({ length: 14 }, (_, at) => at + 10),
  };
  const needs = {
    inputs: [],
    outputs: [{ name: 'sum', shape: [1, 8, 8, 4], ends: 'linear' as const }],
  };

  /** What the report holds, times and identity apart. */
  const reported = ({ made, figures }: Run) => ({
    figures,
    stats: made.stats,
    plan: made.plan,
    converted: made.converted,
  });

  async function run(shared: boolean) {
    let shares = 0;
    const startShard = () => {
      const { worker, inside } = fakeWorker();
      const slow = {
        ...inside,
        postMessage: (message: unknown) => {
          shares++;
          // Answers come late and out of turn, as on a busy machine.
          setTimeout(() => inside.postMessage(message), shares % 3);
        },
      };
      serveShards(slow, async () => (await createWasmBackend({ variant: 'dot16' }))!);
      return worker;
    };
    const made = createContext({
      cores: createCores(localLock(), 2),
      ...(shared ? { startShard } : {}),
    });
    made.useThreads(shared ? 2 : 1);
    const worker = {
      ...made,
      backend: async () => (await createWasmBackend({ variant: 'dot16' }))!,
      openSamples: () => Promise.resolve({ samples, roles, needs }),
    };
    const heard = listening<RunUpdate>();
    const finished = await withJobContext(worker, heard.events, { stopped: false }, (context) => {
      const helpers = { ...context.helpers, leastWork: 0 };
      const request = tinyRequest({ model });
      return quantize(request, { ...context, helpers });
    });
    return { run: finished, shares, updates: heard.partials.length };
  }

  it('is the same, bit for bit, whoever shares the samples and however slow the machine is', async () => {
    const alone = await run(false);
    expect(alone.shares).toBe(0);
    expect(alone.run.figures.counts).toEqual({
      evaluated: 14,
      accumulated: 14,
      isolated: 14,
      sensitivity: 14,
    });
    // A clock that leaps: whatever depended on it would differ.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 5000 * (now % 3) + 401));
    const busy = await run(true);
    expect(busy.shares).toBeGreaterThan(6);
    expect(busy.updates).toBeGreaterThan(alone.updates);
    expect(reported(busy.run)).toEqual(reported(alone.run));
  });
});
