/**
 * Samples shared among a job's own engine and its helpers; answers come in the samples' order. What a
 * lost helper was asked is done again here. One that keeps an answer for too long counts as lost.
 */
import type { JobContext } from '../job';
import type { Helper } from './helpers';
import type { ShardKind, ShardOf, ShardTable } from './types';

export interface Sharing<K extends ShardKind> {
  readonly kind: K;
  readonly setup: ShardTable[K]['setup'];
  /** The job's own. */
  readonly own: ShardOf<K>;
  readonly count: number;
  /** Bytes that a helper takes for this, and multiply-accumulates of one sample: whether helpers are worth it. */
  readonly bytes: number;
  readonly work: number;
  task(position: number): Promise<ShardTable[K]['task']>;
  done(position: number, answer: ShardTable[K]['answer']): void | Promise<void>;
  /** Looked at before each further sample. */
  stopped(): boolean;
}

type Context = Pick<JobContext, 'share' | 'helpers'>;

/** What all helpers together may take. */
const MOST_BYTES = 256 * 2 ** 20;
/** Samples that a helper has at once, so that it never waits for this thread; and answers that wait for earlier ones. */
const AT_ONCE = 2;
const AHEAD = 32;
/** A helper that keeps a sample for so long, and so many times as long as this thread takes, is lost. */
const STALL_MS = 10_000;
const STALL_TIMES = 30;

/** Resolves with the number of samples that were done. */
export async function inOrder<K extends ShardKind>(
  sharing: Sharing<K>,
  { share, helpers }: Context,
): Promise<number> {
  const { kind, setup, own, count, task, done } = sharing;
  type Answered = ShardTable[K]['answer'];
  const answers = new Map<number, Answered>();
  const again: number[] = [];
  const flights = new Set<Promise<void>>();
  const opened = new Map<Helper, { ready: boolean; flying: number }>();
  const turns = createTurns();
  let next = 0;
  let delivered = 0;
  let slowest = 0;

  const take = (): number | undefined => {
    const given = again.shift();
    if (given !== undefined) return given;
    return next < count && next < delivered + AHEAD ? next++ : undefined;
  };
  const open = (helper: Helper) => {
    const state = { ready: false, flying: 0 };
    opened.set(helper, state);
    helper.open(kind, setup).then(
      () => {
        state.ready = true;
      },
      () => undefined,
    );
  };
  const fly = async (helper: Helper, position: number) => {
    const state = opened.get(helper)!;
    const given = await task(position);
    state.flying++;
    const flight = helper
      .run(kind, given)
      .then(
        (answer) => {
          answers.set(position, answer);
        },
        () => {
          state.ready = false;
          again.push(position);
        },
      )
      .finally(() => {
        state.flying--;
        flights.delete(flight);
      });
    flights.add(flight);
  };
  const deliver = async () => {
    for (; answers.has(delivered); delivered++) {
      const answer = answers.get(delivered)!;
      answers.delete(delivered);
      await done(delivered, answer);
    }
  };
  /** The next answer, or the end of whoever keeps it. */
  const landed = async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), Math.max(STALL_MS, STALL_TIMES * slowest));
    });
    const first = await Promise.race([...flights, late]);
    clearTimeout(timer);
    if (first === 'late') for (const [helper, { flying }] of opened) if (flying > 0) helper.end();
  };
  const drained = async () => {
    while (flights.size > 0) await landed();
  };
  const worth = () => {
    const most = Math.floor(MOST_BYTES / Math.max(1, sharing.bytes));
    const left = (count - delivered) * sharing.work;
    return left < helpers.leastWork
      ? 0
      : Math.max(0, Math.min(share.lent() - 1, most, count - next));
  };

  try {
    while (delivered < count) {
      if (sharing.stopped()) break;
      for (const helper of helpers.atLeast(worth())) {
        if (!opened.has(helper)) open(helper);
        const state = opened.get(helper)!;
        while (state.ready && state.flying < AT_ONCE) {
          const position = take();
          if (position === undefined) break;
          await fly(helper, position);
        }
      }
      share.others([...opened.values()].filter(({ flying }) => flying > 0).length);
      const position = take();
      if (position !== undefined) {
        const started = performance.now();
        answers.set(position, await own.run(await task(position)));
        slowest = Math.max(slowest, performance.now() - started);
      } else if (flights.size > 0) await landed();
      await turns.next();
      await deliver();
      await share.border(drained);
    }
    await drained();
    await deliver();
  } finally {
    share.others(0);
    for (const helper of opened.keys()) helper.close(kind);
    turns.end();
  }
  return delivered;
}

/** Lets what was posted to this thread come in, without the wait of a timer. */
function createTurns() {
  const { port1, port2 } = new MessageChannel();
  let go: (() => void) | undefined;
  port1.onmessage = () => {
    go?.();
  };
  return {
    next: () =>
      new Promise<void>((resolve) => {
        go = resolve;
        port2.postMessage(0);
      }),
    end() {
      port1.close();
    },
  };
}
