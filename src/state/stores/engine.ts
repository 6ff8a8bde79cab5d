/** How the engine runs here: a setting of this browser, not of a run. */
import { createStore } from 'zustand/vanilla';

export interface EngineState {
  /** Threads of the engine: 1…mostThreads. */
  readonly threads: number;
  /** Cores, at most 8; 1 where memory can't be shared with workers. */
  readonly mostThreads: number;
}

const KEY = 'intact-threads';
const MOST = 8;

/** What is used of the page: cores, isolation and where the choice is kept. */
export interface EnginePlace {
  readonly cores: number;
  readonly isolated: boolean;
  readonly kept?: Pick<Storage, 'getItem' | 'setItem'>;
}

function pagePlace(): EnginePlace {
  const isolated = typeof crossOriginIsolated === 'boolean' && crossOriginIsolated;
  const cores = typeof navigator === 'undefined' ? 1 : navigator.hardwareConcurrency || 1;
  try {
    return {
      cores,
      isolated,
      kept: typeof localStorage === 'undefined' ? undefined : localStorage,
    };
  } catch {
    // Storage is forbidden here; the choice lives as long as the page.
    return { cores, isolated };
  }
}

export function createEngineStore({ cores, isolated, kept }: EnginePlace = pagePlace()) {
  const mostThreads = isolated ? Math.min(MOST, Math.max(1, cores)) : 1;
  const chosen = Number(kept?.getItem(KEY) ?? NaN);
  const isChoice = Number.isInteger(chosen) && chosen >= 1;
  const store = createStore<EngineState>()(() => ({
    mostThreads,
    threads: isChoice ? Math.min(mostThreads, chosen) : mostThreads,
  }));
  store.subscribe(({ threads }) => kept?.setItem(KEY, String(threads)));
  return store;
}
