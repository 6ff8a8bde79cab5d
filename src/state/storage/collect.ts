/**
 * Deletes what nothing needs any more: models and samples of no run and no tab, then their blobs. Reads
 * and deletes in one transaction, so that what another tab has stored meanwhile counts.
 */
import { sweep, release, type Counting } from './blobs';
import { exclusively, type Database } from './database';
import type { RunRecord } from './records';

const everything = [
  ...(['runs', 'models', 'sources', 'files', 'sessions', 'blobs', 'chunks', 'aside'] as const),
] as const;

/** Without locks nobody knows which tabs live: a session so old belongs to none. */
const sessionAgeMs = 24 * 60 * 60 * 1000;

/** @param living ids of the tabs that are open; undefined: unknown. The newest session stays in any case. */
export function collect(
  db: Database,
  living: ReadonlySet<string> | undefined,
  now = Date.now(),
): Promise<void> {
  return exclusively(db, async () => {
    const transaction = db.transaction([...everything], 'readwrite');
    const counting = transaction as unknown as Counting;
    const sessions = transaction.objectStore('sessions');
    const [tabs, kept] = await Promise.all([sessions.getAllKeys(), sessions.getAll()]);
    const newest = Math.max(...kept.map(({ at }) => at));
    const held = [];
    for (const [index, tab] of tabs.entries()) {
      const session = kept[index]!;
      const alive = living ? living.has(tab) : now - session.at < sessionAgeMs;
      if (alive || session.at === newest) held.push(session);
      else await sessions.delete(tab);
    }
    const aside = await transaction.objectStore('aside').getAll();
    const runs = [
      ...(await transaction.objectStore('runs').getAll()),
      // A run that can't be read today may be read by a later version.
      ...aside.flatMap(({ store, value }) =>
        store === 'runs' ? [value as Partial<RunRecord>] : [],
      ),
    ];
    const models = new Set([...runs, ...held].map((record) => record?.model));
    const samples = new Set(runs.map((run) => run?.samples));
    const files = new Set(held.map(({ source }) => source?.key));

    for (const key of await transaction.objectStore('models').getAllKeys())
      if (!models.has(key)) await release(counting, 'models', key);
    const sources = transaction.objectStore('sources');
    for (const key of await sources.getAllKeys()) {
      if (samples.has(key)) files.add((await sources.get(key))?.source.key);
      else await sources.delete(key);
    }
    const fileStore = transaction.objectStore('files');
    for (const key of await fileStore.getAllKeys())
      if (!files.has(key)) await fileStore.delete(key);
    await sweep(db, counting, now);
    await transaction.done;
  });
}
