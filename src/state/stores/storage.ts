/** What is known of this browser's storage: whether runs outlive a reload, and how full it is. */
import { createStore } from 'zustand/vanilla';

export interface StorageUse {
  /** Bytes that this origin uses and may use, as the browser estimates; undefined where it doesn't say. */
  readonly used?: number;
  readonly quota?: number;
  /** The browser has promised not to clear it under pressure. */
  readonly persistent?: boolean;
}

/** A stored thing that this version could not read: kept, but not shown. */
export interface SetAside {
  /** "run mwy98apa-zdc2zy" */
  readonly name: string;
  readonly reason: string;
}

export interface StorageState extends StorageUse {
  readonly status: 'opening' | 'open' | 'closed';
  /** Why it is closed, in a sentence. */
  readonly reason?: string;
  readonly aside: readonly SetAside[];
}

export const createStorageStore = () =>
  createStore<StorageState>()(() => ({ status: 'opening', aside: [] }));
