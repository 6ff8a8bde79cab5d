/** What can't be read is moved out of the way, named and kept; nothing that was stored is ever deleted for it. */
import { asIntactError } from '../../model/error';
import type { SetAside } from '../stores/storage';
import type { Database } from './database';

type Movable = 'runs' | 'models' | 'sources' | 'files' | 'sessions';
const nouns: Readonly<Record<string, string>> = {
  runs: 'run',
  models: 'model',
  sources: 'samples',
  files: 'sample files',
  sessions: 'settings',
  datasets: 'samples',
  session: 'settings',
};

/** Moves a record; the blobs that it refers to keep their count, so that they stay too. */
export async function setAside(
  db: Database,
  store: Movable,
  key: string,
  thrown: unknown,
): Promise<SetAside> {
  const reason = asIntactError(thrown).message;
  const transaction = db.transaction([store, 'aside'], 'readwrite');
  const value = await transaction.objectStore(store).get(key);
  await transaction.objectStore('aside').add({ store, key, reason, at: Date.now(), value });
  await transaction.objectStore(store).delete(key);
  await transaction.done;
  return { name: nameOf(store, key), reason };
}

const shownOfKey = 16;

/** "run mwy98apa-zdc2zy" */
export function nameOf(store: string, key: string): string {
  const shown = key.length > shownOfKey ? `${key.slice(0, shownOfKey)}…` : key;
  return `${nouns[store] ?? store} ${shown}`;
}

export async function listAside(db: Database): Promise<readonly SetAside[]> {
  const records = await db.getAll('aside');
  return records.map(({ store, key, reason }) => ({ name: nameOf(store, key), reason }));
}
