/**
 * An engine's helpers: started once, each bound to every heap that runs on them. A helper that doesn't
 * start or answer in time is ended and not asked again; one that keeps a tile ends the threads of this
 * engine (`isBroken`), whose memory it might still write to.
 */
import { IntactError } from '../../../model/error';
import { beat } from '../../pulse';
import {
  blockOf,
  cell,
  claim,
  mostShares,
  newBlock,
  rangeNames,
  shareStep,
  type FromHelper,
  type HelperWorker,
  type ToHelper,
} from './block';
import type { RangeKernel, RangeName } from '../variant';

/** A helper that hasn't answered by then is left out. */
const ANSWER_MS = 3000;
/** A tile that isn't done by then, or in a hundred times the time that it should take, never will be. */
const STALL_MS = 5000;
/** The engine looks this often before it waits for the last tiles. */
const SPINS = 20_000;

/** One kernel over its units. */
export interface Job {
  readonly heap: number;
  readonly name: RangeName;
  /** The same kernel on this thread. */
  readonly kernel: RangeKernel;
  readonly units: number;
  readonly unitsPerTile: number;
  /** Sleeping helpers are not woken for it. */
  readonly isShort: boolean;
  /** Milliseconds that a tile should take at most. */
  readonly tileMs: number;
}

export interface Pool {
  /** Helpers that answered at the start. */
  readonly helpers: number;
  /** Numbers of the threads are below this. */
  readonly lanes: number;
  /** Helpers that may claim tiles now. */
  readonly allowed: () => number;
  readonly isBroken: () => boolean;
  /** Helpers that use no processor now. */
  readonly sleeping: () => number;
  /** Tiles that helpers have done so far. */
  readonly tilesDone: () => number;
  /** At most this many helpers take part from the next job on. */
  allow(helpers: number): void;
  /** Binds a memory; resolves with its number when every helper has it. */
  attach(memory: WebAssembly.Memory): Promise<number>;
  detach(heap: number): void;
  /** Throws `internal` when a helper keeps its tile. */
  run(job: Job, values: readonly number[]): void;
  end(): void;
}

interface Member {
  readonly worker: HelperWorker;
  readonly bit: number;
  handled: number;
  isLost: boolean;
  answered?: () => void;
}

/** Resolves when all that will answer have done so. @param count helpers that are asked for, at most 31 */
export async function startPool(
  start: () => HelperWorker,
  module: WebAssembly.Module,
  count: number,
  answerMs = ANSWER_MS,
  stallMs = STALL_MS,
): Promise<Pool> {
  const buffer = newBlock();
  const { cells, values } = blockOf(buffer);
  const members: Member[] = [];
  let mail = 0;
  let nextHeap = 1;
  let most = count;
  let isBroken = false;
  let allowed = 0;
  let tilesDone = 0;

  const lose = (member: Member) => {
    if (member.isLost) return;
    member.isLost = true;
    member.worker.terminate();
    member.answered?.();
    allow(most);
  };
  function allow(helpers: number): void {
    most = helpers;
    const here = members.filter(({ isLost }) => !isLost).slice(0, Math.max(0, helpers));
    allowed = isBroken ? 0 : here.length;
    Atomics.store(
      cells,
      cell.ALLOWED,
      isBroken ? 0 : here.reduce((mask, { bit }) => mask | bit, 0),
    );
  }
  /** Every helper has handled all messages so far, or is lost. */
  async function answers(): Promise<void> {
    await Promise.all(
      members.map(async (member) => {
        if (member.isLost || member.handled >= mail) return;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            lose(member);
          }, answerMs);
          member.answered = () => {
            if (!member.isLost && member.handled < mail) return;
            clearTimeout(timer);
            resolve();
          };
        });
        member.answered = undefined;
      }),
    );
  }
  function post(message: ToHelper): void {
    for (const member of members) if (!member.isLost) member.worker.postMessage(message);
    mail++;
    Atomics.store(cells, cell.MAIL, mail);
    wake();
  }
  function wake(): void {
    Atomics.add(cells, cell.EPOCH, 1);
    if (Atomics.load(cells, cell.SLEEPING) > 0) Atomics.notify(cells, cell.EPOCH);
  }
  function end(): void {
    isBroken = true;
    for (const member of members) lose(member);
    allow(0);
  }
  function broken(): IntactError {
    end();
    return new IntactError(
      'internal',
      'A helper thread of the engine stopped answering. Run this again: it goes on with one thread.',
    );
  }
  /** Until helpers have done `tiles` of the job. */
  function finish(tiles: number, limitMs: number): void {
    for (let spins = 0; spins < SPINS; spins++) {
      if (Atomics.load(cells, cell.DONE) >= tiles) return;
    }
    const since = performance.now();
    Atomics.store(cells, cell.AWAITED, 1);
    for (;;) {
      const done = Atomics.load(cells, cell.DONE);
      if (done >= tiles) break;
      if (performance.now() - since > limitMs) throw broken();
      Atomics.wait(cells, cell.DONE, done, 50);
    }
    Atomics.store(cells, cell.AWAITED, 0);
  }

  for (let index = 0; index < count; index++) {
    let worker: HelperWorker;
    try {
      worker = start();
    } catch {
      break;
    }
    const member: Member = { worker, bit: 1 << index, handled: -1, isLost: false };
    members.push(member);
    worker.addEventListener('message', ({ data }: { readonly data: FromHelper }) => {
      member.handled = data.handled;
      member.answered?.();
    });
    worker.addEventListener('error', () => {
      lose(member);
    });
    worker.postMessage({ kind: 'start', index, block: buffer, module });
  }
  await answers();
  allow(count);
  return {
    helpers: members.filter(({ isLost }) => !isLost).length,
    lanes: members.length + 1,
    allowed: () => allowed,
    isBroken: () => isBroken,
    sleeping: () => Atomics.load(cells, cell.SLEEPING),
    tilesDone: () => tilesDone,
    allow,
    async attach(memory) {
      const heap = nextHeap++;
      post({ kind: 'attach', heap, memory });
      await answers();
      return heap;
    },
    detach(heap) {
      post({ kind: 'detach', heap });
    },
    run({ heap, name, kernel, units, unitsPerTile, tileMs, isShort }, given) {
      if (allowed === 0 || (isShort && Atomics.load(cells, cell.SLEEPING) >= allowed)) {
        kernel(...given, 0, units);
        return;
      }
      const tiles = Math.ceil(units / unitsPerTile);
      const shares = Math.min(allowed + 1, mostShares, tiles);
      cells[cell.HEAP] = heap;
      cells[cell.KERNEL] = rangeNames.indexOf(name);
      cells[cell.UNITS] = units;
      cells[cell.UNITS_PER_TILE] = unitsPerTile;
      cells[cell.COUNT] = given.length;
      for (let i = 0; i < given.length; i++) values[i] = given[i]!;
      Atomics.store(cells, cell.DONE, 0);
      Atomics.store(cells, cell.SHARES, shares);
      // The engine's own share last: until then helpers may have begun.
      for (let k = shares - 1, end = tiles; k >= 0; k--) {
        const first = Math.floor((k * tiles) / shares);
        cells[cell.END + k * shareStep] = end;
        Atomics.store(cells, cell.LEFT + k * shareStep, end - first);
        end = first;
      }
      wake();
      let mine = 0;
      const all = [...given, 0, 0];
      const limitMs = Math.max(stallMs, 100 * tileMs);
      try {
        for (let k = 0; k < shares; k++) {
          const at = cell.LEFT + k * shareStep;
          for (let found = claim(cells, at); found !== undefined; found = claim(cells, at)) {
            mine++;
            const first = found * unitsPerTile;
            all[given.length] = first;
            all[given.length + 1] = Math.min(units, first + unitsPerTile);
            kernel(...all);
            beat();
          }
        }
      } catch (thrown) {
        // What helpers have claimed still runs, on memory that is about to be used otherwise.
        let unclaimed = 0;
        for (let k = 0; k < shares; k++)
          unclaimed += Math.max(0, Atomics.exchange(cells, cell.LEFT + k * shareStep, 0));
        finish(tiles - mine - unclaimed, limitMs);
        throw thrown;
      }
      finish(tiles - mine, limitMs);
      tilesDone += tiles - mine;
      if (Atomics.load(cells, cell.FAILED) !== 0) throw broken();
    },
    end,
  };
}
