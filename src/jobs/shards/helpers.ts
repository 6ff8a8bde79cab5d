/**
 * A job's further workers. One that doesn't start, fails or dies is left out, and what it was asked is
 * done by others: a job never depends on them.
 */
import { mostThreads } from '../cores';
import type { WorkerLike } from '../lane';
import type { Answer, Question, ShardKind, ShardTable } from './types';

export interface Helper {
  readonly isLost: () => boolean;
  /** Rejects when it can't, or is lost. */
  open<K extends ShardKind>(kind: K, setup: ShardTable[K]['setup']): Promise<void>;
  run<K extends ShardKind>(kind: K, task: ShardTable[K]['task']): Promise<ShardTable[K]['answer']>;
  close(kind: ShardKind): void;
  end(): void;
}

export interface Helpers {
  /** Below this much work, in multiply-accumulates, a worker starts too late to help. */
  readonly leastWork: number;
  /** At least so many are started, where they can be; those that live. */
  atLeast(count: number): readonly Helper[];
  end(): void;
}

export const noHelpers: Helpers = {
  leastWork: Infinity,
  atLeast: () => [],
  end: () => undefined,
};

const LEAST_WORK = 4e9;

/** Beside this thread. */
const MOST = mostThreads - 1;

export function createHelpers(start: () => WorkerLike, leastWork = LEAST_WORK): Helpers {
  const started: Helper[] = [];
  return {
    leastWork,
    atLeast(count) {
      // One that died is not started again: what ended it would end the next.
      while (started.length < Math.min(MOST, count)) {
        try {
          started.push(helperOf(start()));
        } catch {
          break;
        }
      }
      return started.filter(({ isLost }) => !isLost()).slice(0, count);
    },
    end() {
      for (const helper of started) helper.end();
    },
  };
}

function helperOf(worker: WorkerLike): Helper {
  const open = new Map<number, { ok(result: unknown): void; failed(error: Error): void }>();
  let last = 0;
  let lost = false;
  const lose = (why: string) => {
    lost = true;
    worker.terminate();
    for (const { failed } of open.values()) failed(new Error(why));
    open.clear();
  };
  worker.addEventListener('message', ({ data }) => {
    const answer = data as Answer;
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    if ('error' in answer) waiting?.failed(new Error(answer.error));
    else waiting?.ok(answer.result);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    lose(event.message);
  });
  const ask = <T>(call: Question['call'], kind: ShardKind, argument?: unknown): Promise<T> =>
    new Promise<T>((ok, failed) => {
      if (lost) {
        failed(new Error('it was lost'));
        return;
      }
      const id = ++last;
      open.set(id, { ok: ok as (result: unknown) => void, failed });
      worker.postMessage({ id, call, kind, argument } satisfies Question);
    });
  return {
    isLost: () => lost,
    open: (kind, setup) => ask('open', kind, setup),
    run: (kind, task) => ask('run', kind, task),
    close(kind) {
      ask('close', kind).catch(() => undefined);
    },
    end() {
      lose('it was ended');
    },
  };
}
