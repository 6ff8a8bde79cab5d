/** Brings back what is stored: every run, the models and samples that they need, and the last session. */
import type { DataSource } from '../../data/samples';
import type { OpenedModel, SamplesRequest } from '../../jobs/types';
import type { DataState } from '../stores/data';
import type { RecipeSettings } from '../stores/recipe';
import { withoutRuns, type RunEntry } from '../stores/runs';
import type { SetAside } from '../stores/storage';
import { recipeOf } from '../stores/recipe';
import type { Studio } from '../studio';
import { setAside } from './aside';
import { blobReader } from './blobs';
import type { Database } from './database';
import { readModel, readRun, readSamples, readSource } from './entries';
import { checkedRecord, type SessionRecord } from './records';

/** What was found in the storage, by which changes are told later. */
export interface Restored {
  readonly runs: readonly RunEntry[];
  readonly aside: readonly SetAside[];
}

export async function restore(studio: Studio, db: Database): Promise<Restored> {
  const aside: SetAside[] = [];
  const read = blobReader(db);
  const all = async <T>(
    store: 'runs' | 'models' | 'sources',
    one: (value: unknown) => Promise<T>,
  ): Promise<[key: string, T][]> => {
    const found: [string, T][] = [];
    for (const key of await db.getAllKeys(store)) {
      const value = await db.get(store, key);
      if (value === undefined) continue; // deleted by another tab meanwhile
      try {
        found.push([key, await one(value)]);
      } catch (thrown) {
        aside.push(await setAside(db, store, key, thrown));
      }
    }
    return found;
  };
  const runs = (await all('runs', (value) => readRun(value, read)))
    .map(([, entry]) => entry)
    .sort((a, b) => a.run.made.createdAt - b.run.made.createdAt);
  const library = Object.fromEntries(await all('models', (value) => readModel(value, read)));
  const known = Object.fromEntries(
    (await all('sources', (value) => readSamples(db, value))).filter(
      (pair): pair is [string, SamplesRequest] => pair[1] !== undefined,
    ),
  );
  const { session, lost } = await lastSession(db);
  aside.push(...lost);

  studio.model.setState((now) => ({ library: { ...library, ...now.library } }));
  studio.data.setState((now) => ({ known: { ...known, ...now.known } }));
  studio.runs.setState(({ entries }) => {
    const newer = entries.filter(({ run }) => !runs.some((old) => old.run.id === run.id));
    const all = { entries: [...runs, ...newer] };
    return session?.leftOut ? withoutRuns(all, session.leftOut) : all;
  });
  // What was opened while this was read stays.
  if (session && !studio.model.getState().model && studio.job.getState().running.length === 0)
    await showSession(studio, session, library, (facts) => readSource(db, facts));
  return { runs, aside };
}

/** The newest one that can be read. */
async function lastSession(
  db: Database,
): Promise<{ session?: SessionRecord; lost: readonly SetAside[] }> {
  const lost: SetAside[] = [];
  const sessions: SessionRecord[] = [];
  for (const key of await db.getAllKeys('sessions')) {
    try {
      sessions.push(checkedRecord('sessions', await db.get('sessions', key)));
    } catch (thrown) {
      lost.push(await setAside(db, 'sessions', key, thrown));
    }
  }
  const session = sessions.sort((a, b) => a.at - b.at).at(-1);
  return { ...(session && { session }), lost };
}

/** Opens what was open: model, settings, view, samples. */
export async function showSession(
  studio: Studio,
  session: SessionRecord,
  library: Readonly<Record<string, OpenedModel>>,
  readSource: (facts: NonNullable<SessionRecord['source']>) => Promise<DataSource | undefined>,
): Promise<void> {
  const { entries } = studio.runs.getState();
  if (entries.some(({ run }) => run.id === session.selected))
    studio.runs.setState({ selected: session.selected });
  const model = session.model === undefined ? undefined : library[session.model];
  if (!model) return;
  studio.model.setState({ model });
  const recipe = session.recipe as unknown as RecipeSettings;
  if (canMake(recipe)) studio.recipe.setState(recipe, true);
  studio.view.setState(session.view);
  const { roles, report, formerKey } = session;
  const source = session.source && (await readSource(session.source));
  studio.data.setState({
    roles,
    ...(source && { source }),
    ...(source && report && { report: report as unknown as DataState['report'] }),
    ...(source && formerKey !== undefined && { formerKey }),
  });
  if (session.work?.modelKey === model.key)
    studio.job.setState({
      interrupted: session.work as unknown as ReturnType<Studio['job']['getState']>['interrupted'],
    });
}

/** Whether the panel can work with these settings: schemes and targets come and go between versions. */
function canMake(settings: RecipeSettings): boolean {
  try {
    recipeOf(settings);
    return true;
  } catch {
    return false;
  }
}
