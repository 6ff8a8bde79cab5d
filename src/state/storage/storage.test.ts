/** The stored session as tabs see it: kept, shared, deleted, refused; with IndexedDB in memory. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeJobs } from '../../testing/fakeJobs';
import { openData } from '../actions/data';
import { verify } from '../actions/leave';
import { closeModel, openModel } from '../actions/open';
import { compareAll, quantize } from '../actions/quantize';
import { bringBack, deleteLeftOut, deleteRun, leaveOut, togglePin } from '../actions/runs';
import { isAsItIs } from '../stores/runs';
import { createStudio, type Studio } from '../studio';
import { collect } from './collect';
import { openDatabase, type Database } from './database';
import { recordVersion } from './records';
import { persist, type Persistence } from '.';

const file = (name: string, text = name) => new File([text], name);
let names = 0;
let name = '';
const open: Persistence[] = [];
beforeEach(() => {
  name = `test ${names++}`;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const one of open.splice(0)) one.close();
});

interface Tab {
  readonly studio: Studio;
  readonly storage: Persistence;
}
async function tab(pace = 0): Promise<Tab> {
  const studio = createStudio(createFakeJobs(pace));
  const storage = (await persist(studio, name))!;
  open.push(storage);
  return { studio, storage };
}
const close = ({ storage }: Tab) => {
  open.splice(open.indexOf(storage), 1);
  storage.close();
};
const ids = ({ studio }: Tab) => studio.runs.getState().entries.map(({ run }) => run.id);
const entries = ({ studio }: Tab) => studio.runs.getState().entries;
async function until(condition: () => boolean) {
  for (let i = 0; i < 300 && !condition(); i++) await new Promise((done) => setTimeout(done, 5));
  expect(condition()).toBe(true);
}
async function look<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(name);
  try {
    return await work(db);
  } finally {
    db.close();
  }
}
const counts = () =>
  look(async (db) => ({
    runs: await db.count('runs'),
    models: await db.count('models'),
    blobs: await db.count('blobs'),
    files: await db.count('files'),
    sources: await db.count('sources'),
  }));
async function withRun(pace = 0) {
  const one = await tab(pace);
  await openModel(one.studio, [file('net.keras')]);
  await openData(one.studio, [file('digits.npz')]);
  await quantize(one.studio);
  await one.storage.flush();
  return one;
}

describe('a reload', () => {
  it('finds runs, model, samples, settings and view as they were', async () => {
    const before = await tab();
    await openModel(before.studio, [file('net.keras')]);
    await openData(before.studio, [file('digits.npz', 'content')], { range: 'raw-255' });
    before.studio.recipe.setState({ io: 'int8', overrides: { a: 'float' } });
    before.studio.view.setState({ layer: 'a', layersView: 'graph', chart: 'isolated' });
    await compareAll(before.studio);
    togglePin(before.studio, ids(before)[1]!);
    await verify(before.studio, entries(before)[1]!);
    await before.storage.flush();
    expect(entries(before).map(({ stored }) => stored)).toEqual(Array(6).fill(true));
    close(before);

    const after = await tab();
    expect(after.studio.runs.getState()).toEqual(before.studio.runs.getState());
    expect(entries(after)[1]?.verification?.samples).toBe(2000);
    expect(after.studio.model.getState()).toEqual(before.studio.model.getState());
    expect(after.studio.recipe.getState()).toEqual(before.studio.recipe.getState());
    expect(after.studio.view.getState()).toEqual(before.studio.view.getState());
    const { source, report, roles } = after.studio.data.getState();
    expect(report).toEqual(before.studio.data.getState().report);
    expect(roles).toEqual(before.studio.data.getState().roles);
    expect(source?.choices).toEqual({ range: 'raw-255' });
    if (source?.kind !== 'files') throw new Error('no files');
    const bytes = await source.files[0]!.bytes.arrayBuffer();
    expect(new TextDecoder().decode(bytes)).toBe('content');
    expect(after.studio.job.getState()).toMatchObject({ notices: [], restoring: false });
    expect(after.studio.storage.getState()).toMatchObject({ status: 'open', aside: [] });
  });

  it('keeps a run that was left out of the page stored and unseen, until it is asked back or deleted', async () => {
    const before = await withRun();
    const [float, int8] = ids(before);
    leaveOut(before.studio, int8!);
    await before.storage.flush();
    expect(ids(before)).toEqual([float]);
    expect((await counts()).runs).toBe(2);
    close(before);

    const after = await tab();
    expect(ids(after)).toEqual([float]);
    expect(after.studio.runs.getState().selected).toBe(float);
    bringBack(after.studio);
    expect(ids(after)).toEqual([float, int8]);
    leaveOut(after.studio, int8!);
    deleteLeftOut(after.studio);
    await after.storage.flush();
    expect((await counts()).runs).toBe(1);
  });

  it('is done without what is stored, which stays, where that is asked', async () => {
    close(await withRun());
    const studio = createStudio(createFakeJobs(0));
    open.push((await persist(studio, name, false))!);
    await open[0]!.flush();
    expect(studio.runs.getState().entries).toEqual([]);
    expect(studio.model.getState().model).toBeUndefined();
    expect((await counts()).runs).toBe(2);
  });

  it('finds samples that still wait for a model only once one is open', async () => {
    const before = await tab();
    await openData(before.studio, [file('digits.npz')]);
    await before.storage.flush();
    close(before);
    const after = await tab();
    expect(after.studio.model.getState().model).toBeUndefined();
    expect(after.studio.job.getState().notices).toEqual([]);
  });

  it('offers again what it broke off', async () => {
    const before = await tab(4);
    await openModel(before.studio, [file('net.keras')]);
    const making = quantize(before.studio);
    await until(() => before.studio.job.getState().work !== undefined);
    const { work } = before.studio.job.getState();
    await before.storage.flush();
    close(before);
    const after = await tab();
    expect(after.studio.job.getState().interrupted).toEqual(work);
    // Not answered, it is offered the next time too.
    await after.storage.flush();
    close(after);
    expect((await tab()).studio.job.getState().interrupted).toEqual(work);
    await making;
  });

  it('keeps what was opened while the storage was read', async () => {
    close(await withRun());
    const studio = createStudio(createFakeJobs(0));
    const [storage] = await Promise.all([
      persist(studio, name),
      openModel(studio, [file('other.keras')]),
    ]);
    open.push(storage!);
    expect(studio.model.getState().model?.name).toBe('other.keras');
    expect(studio.runs.getState().entries).toHaveLength(2);
  });
});

describe('what is stored', () => {
  it('is a run that is done, never one that grows', async () => {
    const one = await tab(4);
    await openModel(one.studio, [file('net.keras')]);
    const making = quantize(one.studio);
    await until(() => entries(one).some((entry) => !isAsItIs(entry)));
    await one.storage.flush();
    expect((await counts()).runs).toBe(0);
    expect(entries(one).map(({ stored }) => stored)).toEqual([false, false]);
    await making;
    await one.storage.flush();
    expect((await counts()).runs).toBe(2);
  });

  it('shares the float graph of every run of a model', async () => {
    const one = await withRun();
    const first = await counts();
    await quantize(one.studio);
    await one.storage.flush();
    const second = await counts();
    expect(second.runs).toBe(first.runs + 1);
    // What it was made of, and its figures; both graphs are there.
    expect(second.blobs).toBeLessThanOrEqual(first.blobs + 2);
    const refs = await look((db) => db.getAll('blobs'));
    expect(Math.max(...refs.map((blob) => blob.refs))).toBeGreaterThanOrEqual(3);
  });

  it('is one array in memory for equal constants', async () => {
    const one = await tab();
    await openModel(one.studio, [file('net.keras')]);
    const model = one.studio.model.getState().model!;
    const weights = Float32Array.from({ length: 8000 }, (_, i) => i);
    const heavy = (data: Float32Array) => ({
      ...model.optimized,
      values: model.optimized.values.map((value, at) => (at === 0 ? { ...value, data } : value)),
    });
    one.studio.model.setState({
      model: { ...model, optimized: heavy(weights) },
      library: { [model.key]: { ...model, optimized: heavy(weights) } },
    });
    await quantize(one.studio);
    one.studio.runs.setState(({ entries }) => ({
      entries: entries.map((entry) => {
        const graph = heavy(weights.slice());
        return { ...entry, run: { ...entry.run, made: { ...entry.run.made, graph } } };
      }),
    }));
    await one.storage.flush();
    const arrays = entries(one).map(({ run }) => run.made.graph.values[0]?.data);
    expect(arrays[0]).toEqual(weights);
    expect(new Set(arrays).size).toBe(1);
    const before = await counts();
    togglePin(one.studio, ids(one)[1]!);
    await one.storage.flush();
    expect(await counts()).toEqual(before);
    close(one);
    const after = await tab();
    expect(entries(after)[1]?.run.made.graph.values[0]?.data).toEqual(weights);
    expect(entries(after)[1]?.pinned).toBe(true);
  });

  it('goes with the last that needs it', async () => {
    const one = await withRun();
    for (const id of ids(one)) deleteRun(one.studio, id);
    closeModel(one.studio);
    await one.storage.flush();
    await one.storage.flush();
    expect((await counts()).runs).toBe(0);
    close(one);
    close(await tab());
    expect(await counts()).toMatchObject({ models: 0, blobs: 0, sources: 0 });
    expect(await look((db) => db.count('chunks'))).toBe(0);
  });

  it('does not go while another needs it', async () => {
    const one = await withRun();
    await quantize(one.studio);
    await one.storage.flush();
    const [, second, third] = entries(one);
    deleteRun(one.studio, second!.run.id);
    await one.storage.flush();
    close(one);
    const after = await tab();
    expect(entries(after).find(({ run }) => run.id === third?.run.id)?.run).toEqual(third?.run);
    expect(after.studio.job.getState().notices).toEqual([]);
  });

  it('keeps the model and samples of a run when others are opened', async () => {
    const one = await withRun();
    await openModel(one.studio, [file('other.keras')]);
    await openData(one.studio, [file('other.npz')]);
    await quantize(one.studio);
    await one.storage.flush();
    expect(await counts()).toMatchObject({ runs: 4, models: 2, files: 2, sources: 2 });
    close(one);
    const after = await tab();
    expect(Object.keys(after.studio.model.getState().library)).toHaveLength(2);
    expect(Object.keys(after.studio.data.getState().known)).toHaveLength(2);
  });

  it('is swept when a page was closed before the record of its blobs', async () => {
    close(await tab());
    const old = Date.now() - 2 * 60 * 60 * 1000;
    await look(async (db) => {
      await db.put('blobs', { bytes: 1, chunks: 1, refs: 0, since: old }, 'orphan');
      await db.put('blobs', { bytes: 1, chunks: 1, refs: 0, since: Date.now() }, 'coming');
      await db.put('blobs', { bytes: 1, chunks: 1, refs: 1, since: old }, 'needed');
      await db.put('chunks', new Uint8Array(1), ['orphan', 0]);
    });
    close(await tab());
    expect(await look((db) => db.getAllKeys('blobs'))).toEqual(['coming', 'needed']);
    expect(await look((db) => db.count('chunks'))).toBe(0);
  });
});

describe('two tabs', () => {
  it('show the same runs', async () => {
    const [a, b] = [await withRun(), await tab()];
    expect(ids(b)).toEqual(ids(a));
    await quantize(a.studio);
    await a.storage.flush();
    await until(() => ids(b).length === 3);
    expect(ids(b)).toEqual(ids(a));
    togglePin(a.studio, ids(a)[2]!);
    await a.storage.flush();
    await until(() => entries(b)[2]?.pinned === true);
    deleteRun(b.studio, ids(b)[2]!);
    await b.storage.flush();
    await until(() => ids(a).length === 2);
    expect((await counts()).runs).toBe(2);
  });

  it('do not delete what the other has open', async () => {
    const a = await withRun();
    const b = await tab();
    await openModel(b.studio, [file('b.keras')]);
    await openData(b.studio, [file('b.npz')]);
    await b.storage.flush();
    for (const id of ids(a)) deleteRun(a.studio, id);
    await a.storage.flush();
    await quantize(b.studio);
    await b.storage.flush();
    await until(() => ids(a).length === 2);
    close(a);
    close(b);
    const after = await tab();
    expect(after.studio.model.getState().model?.name).toBe('b.keras');
    expect(ids(after)).toEqual(ids(b));
    expect(after.studio.data.getState().source?.name).toBe('b.npz');
  });

  it('do not bring back what the other deleted', async () => {
    const a = await withRun();
    const b = await tab();
    const id = ids(a)[1]!;
    // b does not hear of it.
    vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(() => undefined);
    deleteRun(a.studio, id);
    await a.storage.flush();
    togglePin(b.studio, id);
    await b.storage.flush();
    expect(ids(b)).not.toContain(id);
    expect((await counts()).runs).toBe(1);
  });

  it('that are gone take their sessions with them, but for the newest', async () => {
    const one = await withRun();
    await look(async (db) => {
      const [session] = await db.getAll('sessions');
      await db.put('sessions', { ...session!, at: 1000 }, 'dead');
      await db.put('sessions', { ...session!, at: 2000 }, 'alive');
      await collect(db, new Set(['alive']));
      expect((await db.getAllKeys('sessions')).length).toBe(2);
      expect(await db.getKey('sessions', 'dead')).toBeUndefined();
      // Which tabs live is unknown: by age.
      await collect(db, undefined);
      expect(await db.getKey('sessions', 'alive')).toBeUndefined();
      expect(await db.count('sessions')).toBe(1);
    });
    close(one);
  });
});

describe('what cannot be', () => {
  it('kept of large samples is said once, and the rest is stored', async () => {
    const one = await tab();
    await openModel(one.studio, [file('net.keras')]);
    const photographs = file('photographs.zip');
    Object.defineProperty(photographs, 'size', { value: 21_600_000_000 });
    await openData(one.studio, [photographs]);
    await one.storage.flush();
    await quantize(one.studio);
    await one.storage.flush();
    expect(await counts()).toMatchObject({ files: 0, models: 1, runs: 2 });
    const { notices } = one.studio.job.getState();
    expect(notices.map(({ title, message }) => `${title}: ${message}`)).toEqual([
      'Samples not stored: The samples (photographs.zip, 21.6 GB) are too large to be kept in this browser. Everything else is; after a reload, open them again.',
    ]);
    close(one);
  });

  it('stored marks the run with the reason while the others are stored', async () => {
    const one = await tab();
    await openModel(one.studio, [file('net.keras')]);
    await quantize(one.studio);
    await one.storage.flush();
    const full = new DOMException('full', 'QuotaExceededError');
    const { put } = IDBObjectStore.prototype;
    let refuse = true;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value: unknown,
      key?: IDBValidKey,
    ) {
      const chosen = this.name === 'runs' && (value as { pinned?: boolean }).pinned;
      if (chosen && refuse) throw full;
      return put.call(this, value, key);
    });
    await quantize(one.studio);
    const [, , third] = ids(one);
    togglePin(one.studio, third!);
    await quantize(one.studio);
    await one.storage.flush();
    expect(entries(one).map(({ stored }) => stored)).toEqual([
      true,
      true,
      expect.stringContaining('storage is full'),
      true,
    ]);
    expect((await counts()).runs).toBe(3);
    // Room is made: it is tried again.
    refuse = false;
    deleteRun(one.studio, ids(one)[3]!);
    await one.storage.flush();
    await one.storage.flush();
    expect(entries(one).map(({ stored }) => stored)).toEqual([true, true, true]);
  });

  it('read is set aside and named, and the rest opens', async () => {
    const one = await withRun();
    const [float, run] = ids(one);
    close(one);
    await look(async (db) => {
      const record = (await db.get('runs', run!))!;
      await db.delete('blobs', record.figures);
      const other = { ...(await db.get('runs', float!))!, version: recordVersion + 1 };
      await db.put('runs', other as never, 'from the future');
    });
    const after = await tab();
    expect(ids(after)).toEqual([float]);
    const [notice] = after.studio.job.getState().notices;
    expect(notice?.title).toBe('Not everything could be read');
    expect(notice?.list).toEqual([
      'run from the future: It was written by a newer version of this page (form 3, this one reads 2).',
      expect.stringMatching(/^run .*: A part of it is no longer in the storage\.$/),
    ]);
    expect(after.studio.storage.getState().aside).toHaveLength(2);
    expect(await look((db) => db.count('aside'))).toBe(2);
    close(after);
    const again = await tab();
    expect(again.studio.job.getState().notices).toEqual([]);
    expect(again.studio.storage.getState().aside).toHaveLength(2);
  });

  it.each([
    ['private window', 'SecurityError', 'private window'],
    ['newer database', 'VersionError', 'newer version'],
    ['full disk', 'QuotaExceededError', 'storage is full'],
  ])('opened says so: %s', async (_case, error, words) => {
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('no', error);
    });
    const studio = createStudio(createFakeJobs(0));
    expect(await persist(studio, name)).toBeUndefined();
    expect(studio.storage.getState()).toMatchObject({
      status: 'closed',
      reason: expect.stringContaining(words) as string,
    });
    expect(studio.job.getState().notices[0]?.title).toBe('Runs will not outlive a reload');
    expect(studio.job.getState().restoring).toBe(false);
  });

  it('kept by an older page that a newer one replaces is said', async () => {
    const one = await tab();
    const request = indexedDB.open(name, 99);
    await new Promise((done) => (request.onsuccess = done));
    expect(one.studio.storage.getState().status).toBe('closed');
    expect(one.studio.job.getState().notices[0]?.message).toContain('newer version');
    request.result.close();
  });
});

describe('the browser', () => {
  it('is asked to keep what is there, once there is something', async () => {
    const persistStorage = vi.fn(() => Promise.resolve(true));
    vi.stubGlobal('navigator', {
      storage: {
        persist: persistStorage,
        persisted: () => Promise.resolve(true),
        estimate: () => Promise.resolve({ usage: 5, quota: 50 }),
      },
    });
    const one = await tab();
    await openModel(one.studio, [file('net.keras')]);
    await one.storage.flush();
    expect(persistStorage).not.toHaveBeenCalled();
    await quantize(one.studio);
    await quantize(one.studio);
    await one.storage.flush();
    expect(persistStorage).toHaveBeenCalledTimes(1);
    await until(() => one.studio.storage.getState().persistent === true);
    expect(one.studio.storage.getState()).toMatchObject({ used: 5, quota: 50 });
  });
});
