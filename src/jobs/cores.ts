/**
 * The one place that lends the machine's cores to jobs. Any number of jobs hold a share side by side;
 * a timing holds all of them alone, or it waits. A job that holds a share gives it up at its next step's
 * border while a timing waits, and a timing lets jobs that came meanwhile go first between two rounds.
 */

/** More threads than this gain little and each takes its share of memory. */
export const mostThreads = 8;

export type Mode = 'shared' | 'exclusive';
/** One lock that everything which computes in this application asks for; granted in the order of asking. */
export interface Lock {
  /** Resolves when granted, with what gives it back. */
  take(mode: Mode): Promise<() => void>;
  /** Somebody waits for it. */
  wanted(): Promise<boolean>;
  /** How many hold a share of it. */
  shares(): Promise<number>;
}

export interface Cores {
  /** Runs `work` with a share of the cores. */
  share<T>(work: (share: Share) => Promise<T>): Promise<T>;
}

export interface Share {
  /** Threads that a job may run at once. */
  readonly count: number;
  /** Jobs that hold a share now, this one among them. */
  beside(): Promise<number>;
  /**
   * A step's border: lets messages in and, while a timing waits for all cores, the timing go first; not
   * before `quiet` has resolved, so that nothing of this job computes meanwhile.
   */
  border(quiet?: () => Promise<void>): Promise<void>;
  /**
   * Runs `work` with all cores and no other job beside it; the share is given up meanwhile. Its argument
   * is the border between two rounds of timing, where jobs that wait go first.
   */
  all<T>(work: (border: () => Promise<void>) => Promise<T>): Promise<T>;
}

/** How often a border looks whether anyone waits. */
const LOOK_EVERY_MS = 50;

export function createCores(lock: Lock, count: number): Cores {
  return {
    async share(work) {
      const held = await holding(lock, 'shared');
      try {
        return await work({
          count,
          beside: async () => Math.max(1, await lock.shares()),
          border: held.border,
          async all(timing) {
            held.release();
            try {
              const alone = await holding(lock, 'exclusive');
              try {
                return await timing(alone.border);
              } finally {
                alone.release();
              }
            } finally {
              await held.take();
            }
          },
        });
      } finally {
        held.release();
      }
    },
  };
}

async function holding(lock: Lock, mode: Mode) {
  let give: (() => void) | undefined = await lock.take(mode);
  let looked = performance.now();
  const release = () => {
    give?.();
    give = undefined;
  };
  const take = async () => {
    give = await lock.take(mode);
    looked = performance.now();
  };
  return {
    release,
    take,
    async border(quiet?: () => Promise<void>) {
      if (performance.now() - looked < LOOK_EVERY_MS) return;
      await messages();
      if (await lock.wanted()) {
        await quiet?.();
        release();
        await take();
      }
      looked = performance.now();
    },
  };
}

/** Lets what was posted to this thread come in: a promise alone never yields to it. */
function messages(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The lock of one thread. */
export function localLock(): Lock {
  const waiting: { mode: Mode; grant: () => void }[] = [];
  let shares = 0;
  let alone = false;
  const next = () => {
    for (let first = waiting[0]; first; first = waiting[0]) {
      if (alone || (first.mode === 'exclusive' && shares > 0)) return;
      waiting.shift();
      if (first.mode === 'exclusive') alone = true;
      else shares++;
      first.grant();
    }
  };
  return {
    take: (mode) =>
      new Promise((resolve) => {
        waiting.push({
          mode,
          grant: () => {
            resolve(() => {
              if (mode === 'exclusive') alone = false;
              else shares--;
              next();
            });
          },
        });
        next();
      }),
    wanted: () => Promise.resolve(waiting.length > 0),
    shares: () => Promise.resolve(shares),
  };
}

/** What is used of the Web Locks API. */
export type LockApi = Pick<LockManager, 'request' | 'query'>;
const NAME = 'intact-cores';

/** The lock of every worker and tab of this origin; a worker that is ended gives its own back. */
export function webLock(locks: LockApi): Lock {
  return {
    take: (mode) =>
      new Promise((resolve, reject) => {
        locks
          .request(NAME, { mode }, () => new Promise<void>((release) => resolve(release)))
          .catch(reject);
      }),
    wanted: async () => {
      const { pending = [] } = await locks.query();
      return pending.some(({ name }) => name === NAME);
    },
    shares: async () => {
      const { held = [] } = await locks.query();
      return held.filter(({ name, mode }) => name === NAME && mode === 'shared').length;
    },
  };
}
