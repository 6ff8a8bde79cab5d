/** Runs, models and data sources as records, and back. */
import type { DataSource, SourceFile } from '../../data/samples';
import { IntactError } from '../../model/error';
import type { OpenedModel, SamplesRequest } from '../../jobs/types';
import { samplesKey, subjectKey } from '../../run/keys';
import type { Figures, Made, Run } from '../../run/types';
import type { RunEntry } from '../stores/runs';
import { without } from '../without';
import { putRecord } from './blobs';
import type { Database } from './database';
import { pack, unpack, type Blobs, type ReadBlob } from './pack';
import { shared } from './share';
import { checkedRecord, checkPart, recordVersion, type SessionRecord } from './records';

const stamp = () => ({ version: recordVersion, at: Date.now() }) as const;

interface Packed {
  readonly at: string;
  readonly needs: readonly string[];
}

/** What was packed already, so that a pin or a new figure doesn't hash a model again. */
const packed = new WeakMap<object, Packed>();

async function packOnce(value: object, blobs: Blobs, again: boolean): Promise<Packed> {
  const known = again ? undefined : packed.get(value);
  if (known) return known;
  const own: Blobs = new Map();
  const at = await pack(value, own);
  for (const [address, bytes] of own) blobs.set(address, bytes);
  return { at, needs: [...own.keys()] };
}

/**
 * Packs the parts, gives their addresses and everything that they need.
 * @param again also what is stored already: for a file that must hold all
 */
async function packParts<P extends Readonly<Record<string, object>>>(
  parts: P,
  blobs: Blobs,
  again: boolean,
) {
  const addresses: Record<string, string> = {};
  const needs = new Set<string>();
  const settled: [object, Packed][] = [];
  for (const [name, value] of Object.entries(parts)) {
    const one = await packOnce(value, blobs, again);
    addresses[name] = one.at;
    for (const address of one.needs) needs.add(address);
    settled.push([value, one]);
  }
  return {
    addresses: addresses as { [K in keyof P]: string },
    blobs: [...needs],
    /** To be called once they are stored. */
    remember() {
      for (const [value, one] of settled) packed.set(value, one);
    },
  };
}

const factsOf = new WeakMap<Made, object>();

/** `made` without its graphs; the same object for the same run. */
function facts(made: Made): object {
  const known = factsOf.get(made);
  if (known) return known;
  const rest = without(made, 'graph', 'converted');
  factsOf.set(made, rest);
  return rest;
}

/** A run that is done, as a record; what it needs is added to `blobs`. */
export async function runRecord(
  { run, pinned, state, verification }: RunEntry,
  blobs: Blobs,
  again = false,
) {
  if (state === 'growing')
    throw new IntactError('internal', 'A run is stored when it is done, not while it grows.');
  const { made, figures, pending, id } = run;
  const { graph, converted } = made;
  const parts = await packParts({ made: facts(made), graph, converted, figures }, blobs, again);
  const record = {
    ...stamp(),
    ...{ id, pinned, state, pending: [...pending] },
    model: subjectKey(made.subject),
    samples: samplesKey(made.samples),
    ...(verification && { verification }),
    ...parts.addresses,
    blobs: parts.blobs,
  };
  return { record, remember: parts.remember };
}

/** Stores a run that is done. 'gone': another tab deleted it meanwhile. */
export async function putRun(
  db: Database,
  entry: RunEntry,
  replacing = false,
): Promise<'stored' | 'gone'> {
  const blobs: Blobs = new Map();
  const { record, remember } = await runRecord(entry, blobs);
  const result = await putRecord(db, 'runs', entry.run.id, record, blobs, replacing);
  if (result === 'stored') remember();
  return result;
}

/** The stored run with constants that are in memory already in place of its own. */
export function withShared(run: Run): Run {
  const { made } = run;
  const [graph, converted] = [shared(made.graph), shared(made.converted)];
  if (graph === made.graph && converted === made.converted) return run;
  for (const [now, before] of [
    [graph, made.graph],
    [converted, made.converted],
  ] as const) {
    const known = packed.get(before);
    if (known) packed.set(now, known);
  }
  const same = { ...made, graph, converted };
  factsOf.set(same, facts(made));
  return { ...run, made: same };
}

/** Throws `malformed` where it can't be read. */
export async function readRun(value: unknown, read: ReadBlob): Promise<RunEntry> {
  const record = checkedRecord('runs', value);
  const [rest, graph, converted, figures] = await Promise.all(
    [record.made, record.graph, record.converted, record.figures].map((at) => unpack(at, read)),
  );
  checkPart('made', rest);
  checkPart('graph', graph);
  checkPart('graph', converted);
  checkPart('figures', figures);
  const made = { ...(rest as object), graph, converted } as unknown as Made;
  const { id, pending, pinned, state, verification } = record;
  return {
    run: { id, made, figures: figures as Figures, pending },
    ...{ pinned, state, stored: true },
    ...(verification && { verification: verification as NonNullable<RunEntry['verification']> }),
  };
}

export async function modelRecord(model: OpenedModel, blobs: Blobs, again = false) {
  const { graph, optimized, ...opened } = model;
  const parts = await packParts({ opened, graph, optimized }, blobs, again);
  const { key, name } = model;
  const record = { ...stamp(), key, name, ...parts.addresses, blobs: parts.blobs };
  return { record, remember: parts.remember };
}

export async function putModel(db: Database, model: OpenedModel): Promise<void> {
  const blobs: Blobs = new Map();
  const { record, remember } = await modelRecord(model, blobs);
  await putRecord(db, 'models', model.key, record, blobs);
  remember();
  // Its constants are the first: those of its runs give way to them.
  shared(model.graph);
  shared(model.optimized);
}

/** Throws `malformed` where it can't be read. */
export async function readModel(value: unknown, read: ReadBlob): Promise<OpenedModel> {
  const record = checkedRecord('models', value);
  const [opened, graph, optimized] = await Promise.all(
    [record.opened, record.graph, record.optimized].map((at) => unpack(at, read)),
  );
  checkPart('opened', opened);
  checkPart('graph', graph);
  checkPart('graph', optimized);
  return { ...(opened as object), graph, optimized } as unknown as OpenedModel;
}

/** Without its files, which are stored once, whatever was chosen of them. */
export function sourceFacts(source: DataSource): NonNullable<SessionRecord['source']> {
  const { kind, name, key } = source;
  const choices = { ...source.choices };
  return kind === 'files'
    ? { kind, name, key, choices }
    : { kind, name, key, choices, count: source.count, seed: source.seed };
}

/** Bytes of a source's files that are stored: 20 GB of them end Chromium, and are a copy nobody asked for. */
const MOST_STORED = 2 ** 30;

/** Of all its files together; none of a synthetic one. */
export function sourceBytes(source: DataSource): number {
  if (source.kind !== 'files') return 0;
  const all = [...source.files, ...(source.evaluation ?? [])];
  return all.reduce((sum, { bytes }) => sum + bytes.size, 0);
}

/** Why the files of a source are not kept for the next visit. */
export function whyNotKept(source: DataSource): string | undefined {
  const size = sourceBytes(source);
  return size <= MOST_STORED
    ? undefined
    : `The samples (${source.name}, ${(size / 1e9).toPrecision(3)} GB) are too large to be kept in this browser. Everything else is; after a reload, open them again.`;
}

/** Stores the files of a source, unless they are there. */
export async function putFiles(db: Database, source: DataSource): Promise<void> {
  if (source.kind !== 'files' || (await db.getKey('files', source.key))) return;
  const kept = (files: readonly SourceFile[]) =>
    files.map(({ path, bytes }) => ({ path, bytes: bytes as Blob }));
  const { files, evaluation } = source;
  const record = {
    ...stamp(),
    files: kept(files),
    ...(evaluation && { evaluation: kept(evaluation) }),
  };
  await db.put('files', record, source.key);
}

/** undefined where its files are gone. */
export async function readSource(
  db: Database,
  facts: NonNullable<SessionRecord['source']>,
): Promise<DataSource | undefined> {
  if (facts.kind === 'synthetic') return facts;
  const stored = await db.get('files', facts.key);
  if (!stored) return undefined;
  const { files, evaluation } = checkedRecord('files', stored);
  return { ...facts, files, ...(evaluation && { evaluation }) };
}

export const samplesRecord = ({ source, roles }: SamplesRequest) => ({
  ...stamp(),
  source: sourceFacts(source),
  roles,
});

export async function putSamples(
  db: Database,
  key: string,
  samples: SamplesRequest,
): Promise<void> {
  await putFiles(db, samples.source);
  await db.put('sources', samplesRecord(samples), key);
}

/** Throws `malformed` where it can't be read; undefined where its files are gone. */
export async function readSamples(
  db: Database,
  value: unknown,
): Promise<SamplesRequest | undefined> {
  const record = checkedRecord('sources', value);
  const source = await readSource(db, record.source);
  return source && { source, roles: record.roles };
}
