/** How the engine runs here: a setting of this browser, not of a run. */
import { createStore } from 'zustand/vanilla';
import { adapterFacts, type AdapterFacts } from '../../engine/webgpu/device';
import { gpuHere } from '../../engine/webgpu/gpu';
import { mostThreads as mostHelpful } from '../../jobs/cores';
import type { BackendChoice } from '../../jobs/types';

export interface EngineState {
  /** Threads of the engine: 1…mostThreads. */
  readonly threads: number;
  /** Cores, at most 8; 1 where memory can't be shared with workers. */
  readonly mostThreads: number;
  /** Who answers samples. */
  readonly backend: BackendChoice;
  /** What the browser tells of its GPU, or a sentence that says why there is none; undefined: not asked yet. */
  readonly adapter?: AdapterFacts | string;
}

const KEY = 'intact-threads';
const BACKEND_KEY = 'intact-backend';
const backendChoices = ['auto', 'wasm', 'webgpu'] as const satisfies readonly BackendChoice[];

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
  const mostThreads = isolated ? Math.min(mostHelpful, Math.max(1, cores)) : 1;
  const chosen = Number(kept?.getItem(KEY) ?? NaN);
  const isChoice = Number.isInteger(chosen) && chosen >= 1;
  const backend = kept?.getItem(BACKEND_KEY) ?? '';
  const store = createStore<EngineState>()(() => ({
    mostThreads,
    threads: isChoice ? Math.min(mostThreads, chosen) : mostThreads,
    backend: backendChoices.find((one) => one === backend) ?? 'auto',
  }));
  store.subscribe(({ threads, backend: now }) => {
    kept?.setItem(KEY, String(threads));
    kept?.setItem(BACKEND_KEY, now);
  });
  return store;
}

/** Asks the browser for its adapter once, and opens nothing on it. */
export async function findAdapter(store: ReturnType<typeof createEngineStore>): Promise<void> {
  if (store.getState().adapter === undefined)
    store.setState({ adapter: await adapterFacts(gpuHere()) });
}
