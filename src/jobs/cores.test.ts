import { describe, expect, it, vi } from 'vitest';
import { createCores, localLock, webLock, type Lock, type LockApi } from './cores';

/** Lets everything that is ready happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

function gate() {
  let open!: () => void;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** The Web Locks API in one thread, as the standard says: granted in the order of asking. */
function fakeLocks(): LockApi {
  const lock = localLock();
  let pending = 0;
  const api = {
    async request(name: string, { mode }: { mode: 'shared' | 'exclusive' }, work: () => unknown) {
      expect(name).toBe('intact-cores');
      pending++;
      const give = await lock.take(mode);
      pending--;
      try {
        return await work();
      } finally {
        give();
      }
    },
    query: () =>
      Promise.resolve({
        held: [],
        pending: [
          { name: 'of somebody else' },
          ...Array.from({ length: pending }, () => ({ name: 'intact-cores' })),
        ],
      }),
  };
  return api as unknown as LockApi;
}

describe.each([
  ['one thread', localLock],
  ['all workers', () => webLock(fakeLocks())],
])('the lock of %s', (_, make) => {
  it('is shared by any number, and held by one alone', async () => {
    const lock: Lock = make();
    const first = await lock.take('shared');
    const second = await lock.take('shared');
    let alone: (() => void) | undefined;
    void lock.take('exclusive').then((give) => {
      alone = give;
    });
    await settle();
    expect(alone).toBeUndefined();
    expect(await lock.wanted()).toBe(true);
    first();
    await settle();
    expect(alone).toBeUndefined();
    second();
    await settle();
    expect(alone).toBeDefined();
    expect(await lock.wanted()).toBe(false);
    let third: (() => void) | undefined;
    void lock.take('shared').then((give) => {
      third = give;
    });
    await settle();
    expect(third).toBeUndefined();
    alone!();
    await settle();
    expect(third).toBeDefined();
  });

  it('is granted in the order of asking: a share that comes after a timing waits for it', async () => {
    const lock: Lock = make();
    const order: string[] = [];
    const held = await lock.take('shared');
    const take = (mode: 'shared' | 'exclusive', name: string) =>
      lock.take(mode).then((give) => {
        order.push(name);
        return give;
      });
    const timing = take('exclusive', 'timing');
    const late = take('shared', 'late');
    await settle();
    expect(order).toEqual([]);
    held();
    const give = await timing;
    expect(order).toEqual(['timing']);
    give();
    await late;
    expect(order).toEqual(['timing', 'late']);
  });
});

describe('cores', () => {
  it('are all a timing’s, with no job beside it', async () => {
    const cores = createCores(localLock(), 4);
    const job = gate();
    let running = 0;
    let beside = -1;
    const other = cores.share(async ({ count }) => {
      expect(count).toBe(4);
      running++;
      await job.promise;
      running--;
    });
    const timing = cores.share(({ all }) =>
      all(() => {
        beside = running;
        return Promise.resolve('timed');
      }),
    );
    await settle();
    expect(running).toBe(1);
    expect(beside).toBe(-1);
    job.open();
    expect(await timing).toBe('timed');
    expect(beside).toBe(0);
    await other;
  });

  it('are given up by a long job at a step’s border while a timing waits, and come back to it', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const cores = createCores(localLock(), 1);
      const events: string[] = [];
      const started = gate();
      const go = gate();
      const long = cores.share(async ({ border }) => {
        started.open();
        await go.promise;
        events.push('step 1');
        vi.advanceTimersByTime(1000);
        await border();
        events.push('step 2');
      });
      await started.promise;
      const timing = cores.share(({ all }) =>
        all(async () => {
          events.push('timing begins');
          await settle();
          events.push('timing ends');
        }),
      );
      await settle();
      expect(events).toEqual([]);
      go.open();
      await Promise.all([long, timing]);
      expect(events).toEqual(['step 1', 'timing begins', 'timing ends', 'step 2']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('let a job that came meanwhile go first between two rounds of a timing', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const cores = createCores(localLock(), 1);
      const events: string[] = [];
      const begun = gate();
      const go = gate();
      const timing = cores.share(({ all }) =>
        all(async (border) => {
          begun.open();
          await go.promise;
          events.push('round 1');
          vi.advanceTimersByTime(1000);
          await border();
          events.push('round 2');
        }),
      );
      await begun.promise;
      const short = cores.share(() => {
        events.push('export');
        return Promise.resolve();
      });
      go.open();
      await Promise.all([timing, short]);
      expect(events).toEqual(['round 1', 'export', 'round 2']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are not looked after at every border, only now and then', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const lock = localLock();
      let looks = 0;
      const counted: Lock = {
        take: (mode) => lock.take(mode),
        shares: () => lock.shares(),
        wanted: () => {
          looks++;
          return lock.wanted();
        },
      };
      await createCores(counted, 1).share(async ({ border }) => {
        await border();
        await border();
        expect(looks).toBe(0);
        vi.advanceTimersByTime(60);
        await border();
        await border();
        expect(looks).toBe(1);
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('let messages in at a border: a promise alone never would', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const cores = createCores(localLock(), 1);
      let heard = false;
      await cores.share(async ({ border }) => {
        setTimeout(() => {
          heard = true;
        }, 0);
        await border();
        expect(heard).toBe(false);
        vi.advanceTimersByTime(60);
        await border();
        expect(heard).toBe(true);
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('come back whatever fails', async () => {
    const cores = createCores(localLock(), 1);
    const failed = new Error('no');
    await expect(cores.share(() => Promise.reject(failed))).rejects.toBe(failed);
    await expect(cores.share(({ all }) => all(() => Promise.reject(failed)))).rejects.toBe(failed);
    const after = cores.share(({ all }) => all(() => Promise.resolve(1)));
    expect(await after).toBe(1);
  });
});
