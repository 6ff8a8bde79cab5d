/**
 * Keeps the storage as the stores are: a moment after a change, one writing at a time, each run by
 * itself, so that one that can't be stored costs no other. Only this tab's own changes are written: what
 * it deleted, and what it made or changed.
 */
import type { DataSource } from '../../data/samples';
import { notify } from '../actions/jobs';
import { samplesKey, subjectKey } from '../../run/keys';
import type { Run } from '../../run/types';
import { keptEntries, type RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { deleteRecord } from './blobs';
import { collect } from './collect';
import type { Database } from './database';
import { putFiles, putModel, putRun, putSamples, whyNotKept, withShared } from './entries';
import { sessionRecord } from './sessionRecord';
import type { Tabs } from './tabs';
import { whyNotStored } from './words';

const settle = 150;

export interface Keeper {
  /** What was told by another tab is no change of this one. */
  know(entry: RunEntry): void;
  forget(id: string): void;
  /** Writes what has changed; resolves when it is written. */
  flush(): Promise<void>;
  close(): void;
}

/** @param persist called once there is something that should outlive a reload */
export function keep(
  studio: Studio,
  db: Database,
  tabs: Tabs,
  restored: readonly RunEntry[],
  persist: () => void,
): Keeper {
  const stored = new Map(restored.map((entry) => [entry.run.id, entry]));
  /** Tried in vain, and not again until it changes or room is made. */
  const failed = new Map<string, RunEntry>();
  const written = new Set<unknown>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  let warned: string | undefined;
  const saidTooLarge = new Set<string>();

  const write = async () => {
    try {
      await deleteGone();
      await putSession(studio, db, tabs.id);
      await putDone();
      await putRest();
      warned = undefined;
    } catch (thrown) {
      const message = whyNotStored(thrown);
      if (warned === message) return;
      warned = message;
      notify(studio, { severity: 'error', title: 'Not stored', message });
    }
  };

  async function deleteGone() {
    const here = new Set(keptEntries(studio.runs.getState()).map(({ run }) => run.id));
    const gone = [...stored.keys()].filter((id) => !here.has(id));
    for (const id of gone) {
      await deleteRecord(db, 'runs', id);
      stored.delete(id);
      tabs.tell({ kind: 'deleted', id });
    }
    if (gone.length === 0) return;
    failed.clear();
    await collect(db, await tabs.living());
  }

  async function putDone() {
    for (const entry of studio.runs.getState().entries) {
      const { id } = entry.run;
      if (entry.state === 'growing' || alike(stored.get(id), entry) || alike(failed.get(id), entry))
        continue;
      try {
        const result = await putRun(db, entry, stored.has(id));
        if (result === 'gone') {
          stored.delete(id);
          drop(studio, id);
          continue;
        }
        const run = withShared(entry.run);
        stored.set(id, { ...entry, run });
        failed.delete(id);
        mark(studio, id, true, entry.run, run);
        tabs.tell({ kind: 'stored', id });
        persist();
      } catch (thrown) {
        failed.set(id, entry);
        mark(studio, id, whyNotStored(thrown));
      }
    }
  }

  /** Models and samples of the runs that are stored, and of the session. */
  async function putRest() {
    const { model, library } = studio.model.getState();
    const { known, source } = studio.data.getState();
    const runs = [...stored.values()].map(({ run }) => run.made);
    const models = new Set(runs.map(({ subject }) => subjectKey(subject)));
    for (const one of Object.values(library)) {
      if ((one !== model && !models.has(one.key)) || written.has(one)) continue;
      written.add(one);
      if (!(await db.getKey('models', one.key))) await putModel(db, one);
    }
    if (source && model && !written.has(source)) {
      written.add(source);
      if (!tooLarge(source)) await putFiles(db, source);
    }
    for (const key of new Set(runs.map(({ samples }) => samplesKey(samples)))) {
      const samples = known[key];
      if (!samples || written.has(samples)) continue;
      written.add(samples);
      if (!tooLarge(samples.source)) await putSamples(db, key, samples);
    }
  }

  /** Said once of the same files. */
  function tooLarge(source: DataSource): boolean {
    const message = whyNotKept(source);
    if (message === undefined) return false;
    if (!saidTooLarge.has(source.key))
      notify(studio, { severity: 'info', title: 'Samples not stored', message });
    saidTooLarge.add(source.key);
    return true;
  }

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  };
  // Not put off by further changes: a job changes something all the time.
  const schedule = () => {
    timer ??= setTimeout(() => void flush(), settle);
  };
  const leave = () => {
    if (timer !== undefined) void flush();
  };
  globalThis.addEventListener?.('pagehide', leave);
  const watched = [studio.model, studio.data, studio.recipe, studio.runs, studio.view];
  const unsubscribe = [
    ...watched.map((store) => store.subscribe(schedule)),
    studio.job.subscribe((now, before) => {
      if (now.work !== before.work || now.interrupted !== before.interrupted) schedule();
    }),
  ];
  // A deletion at once: the page may be left in the next moment.
  unsubscribe.push(
    studio.runs.subscribe((now, before) => {
      if (keptEntries(now).length < keptEntries(before).length) void flush();
    }),
  );
  schedule();
  return {
    know: (entry) => void stored.set(entry.run.id, entry),
    forget: (id) => void stored.delete(id),
    flush,
    close() {
      clearTimeout(timer);
      for (const end of unsubscribe) end();
      globalThis.removeEventListener?.('pagehide', leave);
    },
  };
}

/** Equal in what is stored of an entry. */
const alike = (a: RunEntry | undefined, b: RunEntry) =>
  a?.run === b.run &&
  a.pinned === b.pinned &&
  a.state === b.state &&
  a.verification === b.verification;

/** Says of an entry how it is stored, and puts the run in place that equals the one that was stored. */
function mark(studio: Studio, id: string, stored: RunEntry['stored'], was?: Run, equal?: Run) {
  studio.runs.setState(({ entries }) => ({
    entries: entries.map((entry) =>
      entry.run.id === id
        ? { ...entry, stored, run: equal && entry.run === was ? equal : entry.run }
        : entry,
    ),
  }));
}

/** Takes a run that another tab has deleted from this one. */
export function drop(studio: Studio, id: string) {
  studio.runs.setState(({ entries, selected, leftOut = [] }) => {
    const left = entries.filter(({ run }) => run.id !== id);
    return {
      entries: left,
      selected: selected === id ? left.at(-1)?.run.id : selected,
      leftOut: leftOut.filter(({ run }) => run.id !== id),
    };
  });
}

async function putSession(studio: Studio, db: Database, tab: string) {
  await db.put('sessions', sessionRecord(studio), tab);
}
