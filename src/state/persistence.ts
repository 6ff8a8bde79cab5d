/**
 * What survives a reload, in IndexedDB: finished and stopped runs, the models and samples that they
 * need, and the panels' settings. Everything is written as it is (structured clone).
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Dataset } from '../data/types';
import type { OpenedModel } from '../jobs/types';
import { notify } from './actions/jobs';
import type { DataState } from './data';
import type { RecipeSettings } from './recipe';
import type { RunEntry } from './runs';
import type { Studio } from './studio';
import type { ViewState } from './view';

/** Grows whenever the stored form changes; records of another version are dropped, never guessed at. */
const version = 1;

interface Session {
  readonly modelKey?: string;
  readonly data: Omit<DataState, 'dataset' | 'files'>;
  readonly recipe: RecipeSettings;
  readonly selected?: string;
  readonly view: ViewState;
}

interface Schema extends DBSchema {
  models: { key: string; value: OpenedModel };
  datasets: { key: string; value: Dataset };
  runs: { key: string; value: RunEntry };
  session: { key: string; value: Session };
}
type Database = IDBPDatabase<Schema>;
const stores = ['models', 'datasets', 'runs', 'session'] as const;
const sessionKey = 'last';

async function open(name: string): Promise<Database> {
  return openDB<Schema>(name, version, {
    upgrade(db) {
      for (const name of [...db.objectStoreNames]) db.deleteObjectStore(name);
      for (const name of stores) db.createObjectStore(name);
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

/** Brings back the last session, then keeps the stored one up to date. */
export async function persist(studio: Studio, database = 'intact'): Promise<void> {
  let db: Database;
  const written = new Map<string, unknown>();
  studio.job.setState({ restoring: true });
  try {
    db = await open(database);
    await restore(studio, db, written);
  } catch {
    notify(studio, {
      severity: 'info',
      title: 'Runs will not outlive a reload',
      message:
        'This browser does not let the page store anything (a private window, or blocked storage). Export what you want to keep.',
    });
    return;
  } finally {
    studio.job.setState({ restoring: false });
  }
  keep(studio, db, written);
}

async function restore(studio: Studio, db: Database, written: Map<string, unknown>) {
  const session = await db.get('session', sessionKey);
  const keys = await db.getAllKeys('models');
  const models = await Promise.all(keys.map((key) => db.get('models', key)));
  const library = Object.fromEntries(
    keys.flatMap((key, at) => (models[at] ? [[key, models[at]] as const] : [])),
  );
  // What was opened while this was read stays.
  if (studio.model.getState().model || studio.job.getState().running) return;
  const runs = await db.getAll('runs');
  const entries = runs.sort((a, b) => a.run.createdAt - b.run.createdAt);
  for (const entry of entries) written.set(idOf('runs', entry.run.id), entry);
  for (const [key, model] of Object.entries(library)) written.set(idOf('models', key), model);
  studio.runs.setState({ entries, selected: session?.selected });
  const modelKey = session?.modelKey;
  const model = modelKey === undefined ? undefined : library[modelKey];
  studio.model.setState({ library, ...(model ? { key: modelKey, model } : {}) });
  if (!session || !model) return;
  studio.recipe.setState(session.recipe);
  studio.view.setState(session.view);
  const dataset = session.data.key ? await db.get('datasets', session.data.key) : undefined;
  if (dataset) written.set(idOf('datasets', session.data.key ?? ''), dataset);
  const { calibration, evaluation, seed } = session.data;
  studio.data.setState(dataset ? { ...session.data, dataset } : { calibration, evaluation, seed });
}

const settle = 150;

/** Writes what changed, a moment after it did, one write at a time; at once when the page is left. */
function keep(studio: Studio, db: Database, written: Map<string, unknown>) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  let warned = false;
  const write = async () => {
    try {
      await save(studio, db, written);
      warned = false;
    } catch (thrown) {
      if (warned) return;
      warned = true;
      notify(studio, { severity: 'error', title: 'Not stored', message: storageSentence(thrown) });
    }
  };
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
  };
  // Not put off by further changes: a job changes something all the time.
  const schedule = () => {
    timer ??= setTimeout(flush, settle);
  };
  globalThis.addEventListener('pagehide', () => {
    if (timer !== undefined) flush();
  });
  for (const store of [studio.model, studio.data, studio.recipe, studio.runs, studio.view])
    store.subscribe(schedule);
  schedule();
}

function storageSentence(thrown: unknown): string {
  const full = thrown instanceof DOMException && thrown.name === 'QuotaExceededError';
  return full
    ? 'This browser’s storage is full, so that the newest runs would be lost in a reload. Delete runs that you no longer need, or export what you want to keep.'
    : `The newest runs could not be stored and would be lost in a reload (${thrown instanceof Error ? thrown.message : String(thrown)}). Export what you want to keep.`;
}

type Kept = 'models' | 'datasets' | 'runs';
const idOf = (store: Kept, key: string) => `${store} ${key}`;
const splitId = (id: string): [Kept, string] => {
  const at = id.indexOf(' ');
  return [id.slice(0, at) as Kept, id.slice(at + 1)];
};

/** `written`: what each stored record was written from; records are immutable, so identity suffices. */
async function save(studio: Studio, db: Database, written: Map<string, unknown>) {
  const model = studio.model.getState();
  const { dataset, key, preprocessing, tried, triedOn, ...counts } = studio.data.getState();
  const { calibration, evaluation, seed } = counts;
  const data = { key, preprocessing, tried, triedOn, calibration, evaluation, seed };
  const { entries, selected } = studio.runs.getState();
  const done = entries.filter(({ state }) => state !== 'growing');
  const used = new Set([...done.map(({ modelKey }) => modelKey), model.key]);

  const records: [store: Kept, key: string, value: unknown][] = [
    ...Object.entries(model.library)
      .filter(([key]) => used.has(key))
      .map(([key, value]) => ['models', key, value] as [Kept, string, unknown]),
    ...(data.key && dataset ? [['datasets', data.key, dataset] as [Kept, string, unknown]] : []),
    ...done.map((entry) => ['runs', entry.run.id, entry] as [Kept, string, unknown]),
  ];
  const wanted = new Set(records.map(([store, key]) => idOf(store, key)));
  // Only what this tab wrote or restored: another tab's records are not ours to delete.
  for (const id of [...written.keys()].filter((known) => !wanted.has(known))) {
    const [store, key] = splitId(id);
    await db.delete(store, key);
    written.delete(id);
  }
  for (const [store, key, value] of records) {
    const id = idOf(store, key);
    if (written.get(id) === value) continue;
    await db.put(store, value as never, key);
    written.set(id, value);
  }
  const session: Session = {
    modelKey: model.key,
    data,
    recipe: studio.recipe.getState(),
    selected,
    view: studio.view.getState(),
  };
  await db.put('session', session, sessionKey);
}
