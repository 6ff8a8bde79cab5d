/**
 * Checkpoints of trainings, in a database of their own: of each training the last two and the best.
 * Deleted with the training that they belong to, when it is done or given up.
 */
import { openDB, type IDBPDatabase } from 'idb';
import type { BrokenOff, KeptCheckpoint } from '../stores/training';

const STORE = 'checkpoints';
const LAST = 2;
/** A training that nobody went on with for so long is given up. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

export interface Checkpoints {
  put(kept: KeptCheckpoint): Promise<void>;
  /** The newest of one training, or of any. */
  newest(key?: string): Promise<KeptCheckpoint | undefined>;
  remove(key: string): Promise<void>;
}

export async function openCheckpoints(name = 'intact-checkpoints'): Promise<Checkpoints> {
  const db = await openDB(name, 1, {
    // Another version, or whoever clears the storage, need not wait for this page.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
    },
    upgrade: (fresh) => {
      fresh.createObjectStore(STORE, { autoIncrement: true });
    },
  });
  return {
    async put(kept) {
      await db.add(STORE, kept);
      await thin(db, kept.key);
    },
    async newest(key) {
      const fresh = (await entries(db)).filter(
        ({ value }) => Date.now() - value.at < KEPT_MS && (key === undefined || value.key === key),
      );
      return fresh.sort((a, b) => a.value.at - b.value.at).at(-1)?.value;
    },
    async remove(key) {
      for (const { id, value } of await entries(db))
        if (value.key === key) await db.delete(STORE, id);
    },
  };
}

async function entries(db: IDBPDatabase): Promise<{ id: IDBValidKey; value: KeptCheckpoint }[]> {
  const found: { id: IDBValidKey; value: KeptCheckpoint }[] = [];
  for (const id of await db.getAllKeys(STORE)) {
    const value = (await db.get(STORE, id)) as KeptCheckpoint | undefined;
    if (value) found.push({ id, value });
  }
  return found;
}

async function thin(db: IDBPDatabase, key: string): Promise<void> {
  const own = (await entries(db)).filter(({ value }) => value.key === key);
  const newest = own.sort((a, b) => b.value.at - a.value.at);
  const best = newest.find(({ value }) => value.checkpoint.best);
  for (const entry of newest.slice(LAST)) if (entry !== best) await db.delete(STORE, entry.id);
}

export const brokenOffOf = ({ checkpoint, ...rest }: KeptCheckpoint): BrokenOff => {
  void checkpoint;
  return rest;
};
