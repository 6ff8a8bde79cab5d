/** Brings records of earlier versions into today's form, once, when the storage is opened. */
import * as v from 'valibot';
import { asIntactError } from '../../../model/error';
import type { OpenedModel } from '../../../jobs/types';
import { samplesKey } from '../../../run/keys';
import type { Run } from '../../../run/types';
import { floatRunOf } from '../../floatRun';
import { sameGround, type RunEntry } from '../../stores/runs';
import type { SetAside } from '../../stores/storage';
import { nameOf } from '../aside';
import type { Database, FormerRecord } from '../database';
import { putFiles, putModel, putRun, putSamples, sourceFacts } from '../entries';
import { recordVersion } from '../records';
import { entryOf, modelOf, samplesRefOf, settingsFrom } from './v1';
import { samplesFrom, type FormerSamples } from './v1samples';

const sessionData = v.looseObject({
  key: v.optional(v.string()),
  preprocessing: v.optional(v.unknown()),
  calibration: v.number(),
  evaluation: v.number(),
  seed: v.number(),
});
const session = v.object({
  modelKey: v.optional(v.string()),
  data: sessionData,
  recipe: v.unknown(),
  selected: v.optional(v.string()),
  view: v.looseObject({
    layer: v.optional(v.string()),
    layersView: v.picklist(['table', 'graph']),
    overlay: v.string(),
    chart: v.string(),
  }),
});
type Session = v.InferOutput<typeof session>;

/** Migrates everything in `former`; what can't be is set aside. Gives what was set aside. */
export async function migrate(db: Database): Promise<readonly SetAside[]> {
  const keys = await db.getAllKeys('former');
  if (keys.length === 0) return [];
  const records = await db.getAll('former');
  const aside: SetAside[] = [];
  const done: number[] = [];
  const each = async (store: string, work: (record: FormerRecord) => Promise<void> | void) => {
    for (const [index, record] of records.entries()) {
      if (record.store !== store) continue;
      try {
        await work(record);
        done.push(keys[index]!);
      } catch (thrown) {
        aside.push(await moveAside(db, keys[index]!, record, thrown));
      }
    }
  };
  // A full storage is no damage: everything stays in `former` for the next time.
  const last = records.find(({ store }) => store === 'session');
  const parsed = v.safeParse(session, last?.value);
  const before = parsed.success ? parsed.output : undefined;
  const datasets = new Map<string, FormerSamples>();
  const models = new Map<string, OpenedModel>();
  await each('models', async ({ key, value }) => {
    const model = modelOf(key, value);
    await putModel(db, model);
    models.set(key, model);
  });
  await each('datasets', async ({ key, value }) => {
    const samples = samplesFrom(key, value, before?.data.preprocessing ?? plainPreprocessing);
    await putFiles(db, samples.source);
    datasets.set(key, samples);
  });
  const known = (key: string) =>
    before && ofSession(key, before) ? datasets.get(before.data.key!) : undefined;
  const measured: { run: Run; state: RunEntry['state']; since: number }[] = [];
  await each('runs', async ({ value }) => {
    const entry = entryOf(value, models, known);
    await putRun(db, entry);
    // Version 1 showed the float model beside its runs; the latest finished one has every figure of it.
    const same = measured.find(({ run }) => sameGround(run, entry.run));
    if (same) Object.assign(same, { run: entry.run, state: entry.state });
    else measured.push({ run: entry.run, state: entry.state, since: entry.run.made.createdAt });
    const ref = entry.run.made.samples;
    const samples = known(ref.key);
    if (before && samples) {
      const roles = rolesOf(before);
      await putSamples(db, samplesKey(ref), { source: samples.source, roles });
    }
  });
  for (const { run, state, since } of measured) {
    const float = floatRunOf(run, undefined, `${run.id}-float`);
    if (!float) continue;
    const made = { ...float.made, createdAt: since - 1 };
    await putRun(db, { run: { ...float, made }, pinned: false, state, stored: true });
  }
  await each('session', async () => {
    await putSession(db, v.parse(session, last?.value), datasets);
  });
  const transaction = db.transaction('former', 'readwrite');
  for (const key of done) await transaction.store.delete(key);
  await transaction.done;
  return aside;
}

const plainPreprocessing = {
  ...{ preset: 'none', resize: 'none', channelOrder: 'as-is' },
  ...{ scale: 1, mean: [0], std: [1] },
};

const rolesOf = ({ data }: Session) => ({
  calibration: data.calibration,
  evaluation: data.evaluation,
  seed: data.seed,
});

/** Version 1's key of the samples of a session. */
function keyOfSession({ data }: Session): string | undefined {
  const { key, preprocessing, calibration, evaluation, seed } = data;
  if (key === undefined || preprocessing === undefined) return undefined;
  return `${key} ${JSON.stringify(preprocessing)} ${calibration}+${evaluation} seed ${seed}`;
}

const ofSession = (key: string, before: Session) => key === keyOfSession(before);

/** The session's settings under a tab of no page, so that the next one restores them. */
async function putSession(
  db: Database,
  before: Session,
  datasets: ReadonlyMap<string, FormerSamples>,
) {
  const { modelKey, selected, view, data } = before;
  const samples = data.key === undefined ? undefined : datasets.get(data.key);
  const key = keyOfSession(before);
  const former =
    key !== undefined && samples
      ? samplesRefOf(key, samples.source.kind === 'synthetic', samples)
      : undefined;
  const { layer, layersView, overlay, chart } = view;
  await db.put(
    'sessions',
    {
      version: recordVersion,
      at: Date.now(),
      ...(modelKey !== undefined && { model: modelKey }),
      ...(samples && { source: sourceFacts(samples.source) }),
      ...(former && { formerKey: samplesKey(former) }),
      ...(selected !== undefined && { selected }),
      roles: rolesOf(before),
      recipe: { ...settingsFrom(before.recipe) },
      view: { layersView, overlay, chart, compared: [], ...(layer !== undefined && { layer }) },
    },
    'version 1',
  );
}

async function moveAside(
  db: Database,
  key: number,
  record: FormerRecord,
  thrown: unknown,
): Promise<SetAside> {
  if (thrown instanceof DOMException && thrown.name === 'QuotaExceededError') throw thrown;
  const reason = asIntactError(thrown).message;
  const transaction = db.transaction(['former', 'aside'], 'readwrite');
  await transaction.objectStore('aside').add({ ...record, reason, at: Date.now() });
  await transaction.objectStore('former').delete(key);
  await transaction.done;
  return { name: nameOf(record.store, record.key), reason };
}
