/**
 * The database: which object stores it has, and who may write at a time. Records are small and refer to
 * blobs by address; a blob's count of references changes in the same transaction as the record.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { FileRecord, ModelRecord, RunRecord, SessionRecord, SourceRecord } from './records';

/** Grows when the object stores change. Version 1 kept whole objects; `former` holds them until they are migrated. */
export const databaseVersion = 2;

export interface BlobRecord {
  readonly bytes: number;
  readonly chunks: number;
  /** Records that need it. */
  readonly refs: number;
  /** When it was written, ms since the epoch: one without references may belong to a record that is still to come. */
  readonly since: number;
}

/** What could not be read, as it was. */
export interface AsideRecord {
  readonly store: string;
  readonly key: string;
  readonly reason: string;
  readonly at: number;
  readonly value: unknown;
}

/** A record of version 1. */
export interface FormerRecord {
  readonly store: string;
  readonly key: string;
  readonly value: unknown;
}

export interface Schema extends DBSchema {
  blobs: { key: string; value: BlobRecord };
  chunks: { key: [address: string, index: number]; value: Uint8Array };
  runs: { key: string; value: RunRecord };
  models: { key: string; value: ModelRecord };
  sources: { key: string; value: SourceRecord };
  files: { key: string; value: FileRecord };
  sessions: { key: string; value: SessionRecord };
  aside: { key: number; value: AsideRecord };
  former: { key: number; value: FormerRecord };
}
export type Database = IDBPDatabase<Schema>;
/** Stores whose records refer to blobs. */
export type Holder = 'runs' | 'models';

const keyed = ['blobs', 'chunks', 'runs', 'models', 'sources', 'files', 'sessions'] as const;
const numbered = ['aside', 'former'] as const;
/** Object stores of version 1. `runs` and `models` are in both. */
const formerStores = ['models', 'datasets', 'runs', 'session'];

export interface Watch {
  /** Another tab holds an older version open, so that this one waits. */
  blocked?(): void;
  /** Another tab has a newer version: this one has closed. */
  superseded?(): void;
}

export function openDatabase(name: string, watch: Watch = {}): Promise<Database> {
  return openDB<Schema>(name, databaseVersion, {
    async upgrade(db, before, _version, transaction) {
      const old = db as unknown as IDBPDatabase;
      const records: FormerRecord[] = [];
      for (const store of before === 1 ? formerStores : []) {
        if (!old.objectStoreNames.contains(store)) continue;
        const objects = transaction.objectStore(store as 'runs');
        const [keys, values] = await Promise.all([objects.getAllKeys(), objects.getAll()]);
        keys.forEach((key, at) => records.push({ store, key, value: values[at] }));
        old.deleteObjectStore(store);
      }
      for (const store of keyed) db.createObjectStore(store);
      for (const store of numbered) db.createObjectStore(store, { autoIncrement: true });
      for (const record of records) await transaction.objectStore('former').add(record);
    },
    blocked: () => watch.blocked?.(),
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      watch.superseded?.();
    },
  });
}

/** One tab writes at a time, where the browser has locks; transactions hold without them. */
export function exclusively<T>(db: Database, work: () => Promise<T>): Promise<T> {
  return locks() ? locks()!.request(`${db.name} storage`, work) : work();
}

export function locks(): LockManager | undefined {
  return (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
}
