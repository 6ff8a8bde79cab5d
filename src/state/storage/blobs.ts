/**
 * Blobs in the database: written before the record that needs them, counted with it, deleted with the
 * last one. Written without references first, so that a run of any size needs no transaction of its size.
 */
import type { IDBPTransaction } from 'idb';
import { IntactError } from '../../model/error';
import { exclusively, locks, type Database, type Holder, type Schema } from './database';
import { chunkBytes, type Blobs, type ReadBlob } from './pack';

/** A record that refers to blobs. */
export interface Refers {
  readonly blobs: readonly string[];
}
type Write<S extends ('runs' | 'models' | 'blobs' | 'chunks')[]> = IDBPTransaction<
  Schema,
  S,
  'readwrite'
>;

/** Without locks, another tab's blobs may lack their record for so long. */
const graceMs = 60 * 60 * 1000;

/** Writes the blobs that are not there yet, in chunks. */
export async function writeBlobs(db: Database, blobs: Blobs): Promise<void> {
  for (const [address, bytes] of blobs) {
    if (await db.getKey('blobs', address)) continue;
    const chunks = Math.max(1, Math.ceil(bytes.length / chunkBytes));
    for (let index = 0; index < chunks; index++) {
      // A view would be stored with all of the buffer that it looks at.
      const chunk = bytes.slice(index * chunkBytes, (index + 1) * chunkBytes);
      await db.put('chunks', chunk, [address, index]);
    }
    const record = { bytes: bytes.length, chunks, refs: 0, since: Date.now() };
    const transaction = db.transaction('blobs', 'readwrite');
    if (!(await transaction.store.getKey(address))) await transaction.store.put(record, address);
    await transaction.done;
  }
}

/** Reads blobs; each once, however often it is asked for. Throws `malformed` for one that is not there. */
export function blobReader(db: Database): ReadBlob {
  const read = new Map<string, Promise<Uint8Array>>();
  return (address) => {
    const known = read.get(address);
    if (known) return known;
    const bytes = readBlob(db, address);
    read.set(address, bytes);
    return bytes;
  };
}

async function readBlob(db: Database, address: string): Promise<Uint8Array> {
  const missing = new IntactError('malformed', 'A part of it is no longer in the storage.');
  const record = await db.get('blobs', address);
  if (!record) throw missing;
  const bytes = new Uint8Array(record.bytes);
  for (let index = 0, at = 0; index < record.chunks; index++) {
    const chunk = await db.get('chunks', [address, index]);
    if (!chunk || at + chunk.length > bytes.length) throw missing;
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Writes a record with its blobs. 'gone': it was to replace one that another tab has deleted meanwhile.
 * Leaves everything as it was when it throws.
 */
export function putRecord<S extends Holder>(
  db: Database,
  store: S,
  key: string,
  record: Schema[S]['value'] & Refers,
  blobs: Blobs,
  replacing = false,
): Promise<'stored' | 'gone'> {
  return exclusively(db, async () => {
    try {
      return await attempt(db, store, key, record, blobs, replacing);
    } catch (thrown) {
      // Without locks another tab may delete a blob between its writing and its counting.
      if (!(thrown instanceof IntactError)) throw thrown;
      return attempt(db, store, key, record, blobs, replacing);
    }
  });
}

async function attempt<S extends Holder>(
  db: Database,
  store: S,
  key: string,
  record: Schema[S]['value'] & Refers,
  blobs: Blobs,
  replacing: boolean,
): Promise<'stored' | 'gone'> {
  await writeBlobs(db, blobs);
  const transaction = db.transaction([store, 'blobs', 'chunks'], 'readwrite');
  const settled = transaction.done.catch(() => undefined);
  try {
    const old = (await transaction.objectStore(store).get(key)) as Refers | undefined;
    if (replacing && !old) {
      await transaction.done;
      return 'gone';
    }
    await recount(transaction as unknown as Counting, old?.blobs ?? [], record.blobs);
    await transaction.objectStore(store).put(record, key);
  } catch (thrown) {
    try {
      transaction.abort();
    } catch {
      // Aborted by the browser already.
    }
    await settled;
    throw thrown;
  }
  await transaction.done;
  return 'stored';
}

export function deleteRecord(db: Database, store: Holder, key: string): Promise<void> {
  return exclusively(db, async () => {
    const transaction = db.transaction([store, 'blobs', 'chunks'], 'readwrite');
    await release(transaction as unknown as Counting, store, key);
    await transaction.done;
  });
}

export type Counting = Write<['runs', 'models', 'blobs', 'chunks']>;

/** Deletes a record and what it alone needed, within a transaction. */
export async function release(transaction: Counting, store: Holder, key: string): Promise<void> {
  const old = (await transaction.objectStore(store).get(key)) as Refers | undefined;
  if (!old) return;
  await transaction.objectStore(store).delete(key);
  await recount(transaction, old.blobs, []);
}

async function recount(
  transaction: Counting,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  const [old, now] = [new Set(before), new Set(after)];
  const blobs = transaction.objectStore('blobs');
  for (const address of now) {
    if (old.has(address)) continue;
    const blob = await blobs.get(address);
    if (!blob) throw new IntactError('internal', 'A part of it was deleted while it was stored.');
    await blobs.put({ ...blob, refs: blob.refs + 1 }, address);
  }
  for (const address of old) {
    if (now.has(address)) continue;
    const blob = await blobs.get(address);
    if (!blob) continue;
    if (blob.refs > 1) await blobs.put({ ...blob, refs: blob.refs - 1 }, address);
    else await deleteBlob(transaction, address);
  }
}

async function deleteBlob(transaction: Counting, address: string): Promise<void> {
  await transaction.objectStore('blobs').delete(address);
  await transaction
    .objectStore('chunks')
    .delete(IDBKeyRange.bound([address, 0], [address, Infinity]));
}

/** Deletes blobs that no record came to need: left by a page that was closed while it stored. */
export async function sweep(db: Database, transaction: Counting, now = Date.now()): Promise<void> {
  const grace = locks() ? 0 : graceMs;
  const blobs = transaction.objectStore('blobs');
  for (const address of await blobs.getAllKeys()) {
    const blob = await blobs.get(address);
    if (blob?.refs === 0 && now - blob.since >= grace) await deleteBlob(transaction, address);
  }
}
