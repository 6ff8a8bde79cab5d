/**
 * What survives a reload, in IndexedDB: finished and stopped runs, the models and samples that they
 * need, and the panels' settings. Several tabs share it.
 */
import { readRestored } from '../actions/data';
import { askPersistent, measureUse } from '../actions/storage';
import { notify } from '../actions/jobs';
import { findBrokenOff, followOtherTabs } from '../actions/training';
import type { SetAside } from '../stores/storage';
import type { Studio } from '../studio';
import { listAside } from './aside';
import { blobReader } from './blobs';
import { collect } from './collect';
import { openDatabase, type Database } from './database';
import { readRun } from './entries';
import { drop, keep, type Keeper } from './keep';
import { migrate } from './migrations';
import { restore } from './restore';
import { joinTabs, type TabMessage, type Tabs } from './tabs';
import { blockedSentence, supersededSentence, whyClosed } from './words';

export interface Persistence {
  /** Writes what has changed; resolves when it is written. */
  flush(): Promise<void>;
  close(): void;
}

/**
 * Brings back the last session, then keeps the stored one up to date. undefined: nothing can be stored.
 * @param back false: what is stored stays where it is and isn't shown; what is made now is stored beside it
 */
export async function persist(
  studio: Studio,
  database = 'intact',
  back = true,
): Promise<Persistence | undefined> {
  studio.job.setState({ restoring: true });
  let db: Database | undefined;
  try {
    db = await openDatabase(database, watcher(studio));
    return await begin(studio, db, back);
  } catch (thrown) {
    db?.close();
    const reason = whyClosed(thrown);
    studio.storage.setState({ status: 'closed', reason });
    notify(studio, { severity: 'info', title: 'Runs will not outlive a reload', message: reason });
    return undefined;
  } finally {
    studio.job.setState({ restoring: false });
  }
}

function watcher(studio: Studio) {
  return {
    blocked() {
      notify(studio, { severity: 'info', title: 'Stored runs wait', message: blockedSentence });
    },
    superseded() {
      studio.storage.setState({ status: 'closed', reason: supersededSentence });
      notify(studio, { severity: 'info', title: 'No longer stored', message: supersededSentence });
    },
  };
}

async function begin(studio: Studio, db: Database, back: boolean): Promise<Persistence> {
  // Messages that come before the keeper stands are of runs that `restore` finds or doesn't.
  let hear: (message: TabMessage) => void = () => undefined;
  const tabs: Tabs = joinTabs(db.name, (message) => {
    hear(message);
  });
  const migrated = await migrate(db);
  const { runs, aside } = back ? await restore(studio, db) : { runs: [], aside: [] };
  if (!back)
    notify(studio, {
      severity: 'info',
      title: 'Opened without the stored session',
      message:
        'Stored runs and models are not shown and not changed. Open the page by its plain address to see them again.',
    });
  sayAside(studio, [...migrated, ...aside]);
  studio.storage.setState({ status: 'open', aside: await listAside(db) });
  void findBrokenOff(studio);
  followOtherTabs(studio);
  await collect(db, await tabs.living());
  let asked = false;
  const keeper = keep(studio, db, tabs, runs, () => {
    if (asked) return;
    asked = true;
    void askPersistent(studio);
  });
  hear = listener(studio, db, keeper);
  void measureUse(studio);
  void readRestored(studio);
  return {
    flush: () => keeper.flush(),
    close() {
      keeper.close();
      tabs.close();
      db.close();
    },
  };
}

function sayAside(studio: Studio, found: readonly SetAside[]) {
  if (found.length === 0) return;
  notify(studio, {
    severity: 'error',
    title: 'Not everything could be read',
    message: `${found.length} stored ${found.length === 1 ? 'thing' : 'things'} could not be read, and ${found.length === 1 ? 'was' : 'were'} set aside, not deleted.`,
    list: found.map(({ name, reason }) => `${name}: ${reason}`),
  });
}

/** The same runs in every tab: what another has stored is shown, what it has deleted goes. In order. */
function listener(studio: Studio, db: Database, keeper: Keeper): (message: TabMessage) => void {
  let turn = Promise.resolve();
  const take = async ({ kind, id }: TabMessage) => {
    if (kind === 'deleted') {
      keeper.forget(id);
      drop(studio, id);
      return;
    }
    const value = await db.get('runs', id);
    if (!value) return;
    const read = await readRun(value, blobReader(db));
    const { entries, leftOut = [] } = studio.runs.getState();
    if (leftOut.some(({ run }) => run.id === id)) return;
    const old = entries.find(({ run }) => run.id === id);
    // This tab's own run: only what is said of it has changed.
    const entry = old ? { ...read, run: old.run } : read;
    keeper.know(entry);
    studio.runs.setState({
      entries: old
        ? entries.map((one) => (one === old ? entry : one))
        : [...entries, entry].sort((a, b) => a.run.made.createdAt - b.run.made.createdAt),
    });
  };
  return (message) => {
    turn = turn.then(() => take(message)).catch(() => undefined);
  };
}
