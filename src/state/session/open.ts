/** A session file, opened beside what is there: nothing that is open or stored is replaced. */
import type { DataSource, SourceFile } from '../../data/samples';
import { openZip, type ArchiveEntry, type Slices } from '../../files/zipSource';
import type { OpenedModel, SamplesRequest } from '../../jobs/types';
import { asIntactError, IntactError } from '../../model/error';
import type { RunEntry } from '../stores/runs';
import { readModel, readRun } from '../storage/entries';
import { addressOf, unpack, type ReadBlob } from '../storage/pack';
import { checkedRecord, type SessionRecord } from '../storage/records';
import { showSession } from '../storage/restore';
import type { Studio } from '../studio';
import { checkedManifest, manifestPath, type Manifest } from './manifest';

const MOST_MANIFEST = 2 ** 27;
const MOST_BLOB = 2 ** 31;
const HEAD = 30 + manifestPath.length;

/** Told by the first name in the archive. */
export async function isSessionFile(file: Slices): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  return new TextDecoder('latin1').decode(head.subarray(30)) === manifestPath;
}

export interface OpenedSession {
  /** Runs that were added, and those that were here already. */
  readonly added: number;
  readonly known: number;
  readonly models: number;
  /** What could not be read, each with its reason. */
  readonly lost: readonly string[];
}

/** @throws IntactError `malformed` where it is no session or its table of contents is damaged */
export async function openSession(
  studio: Studio,
  file: Slices,
  name: string,
): Promise<OpenedSession> {
  const entries = new Map((await openZip(file, name)).map((entry) => [entry.path, entry]));
  const head = entries.get(manifestPath);
  if (!head) throw new IntactError('malformed', `${name} holds no session of Intact.`);
  const json = new TextDecoder().decode(await head.read(MOST_MANIFEST));
  const manifest = checkedManifest(json, name);
  const read = blobReader(entries);
  const lost: string[] = [];
  const each = async <R, T>(
    records: readonly R[],
    what: string,
    one: (record: R) => Promise<T>,
  ) => {
    const found: T[] = [];
    for (const [index, record] of records.entries()) {
      try {
        found.push(await one(record));
      } catch (thrown) {
        lost.push(`${what} ${index + 1} of ${records.length}: ${asIntactError(thrown).message}`);
      }
    }
    return found;
  };
  const runs = await each(manifest.runs, 'Run', (record) => readRun(record, read));
  const models = await each(manifest.models, 'Model', (record) => readModel(record, read));
  const files = await filesOf(manifest, entries);
  const sources = await each(manifest.sources, 'Samples', ({ key, record }) => {
    const { source, roles } = checkedRecord('sources', record);
    const whole = sourceOf(source, files);
    return Promise.resolve(whole ? ([key, { source: whole, roles }] as const) : undefined);
  });
  const session = () => unpack(manifest.session, read);
  return enter(studio, { runs, models, sources, files, session, lost });
}

/** Blobs of the archive; each is the one that its name says. */
function blobReader(entries: ReadonlyMap<string, ArchiveEntry>): ReadBlob {
  const known = new Map<string, Promise<Uint8Array>>();
  const one = async (address: string) => {
    const entry = entries.get(`blobs/${address}`);
    const bytes = entry && (await entry.read(MOST_BLOB));
    if (!bytes || (await addressOf(bytes)) !== address)
      throw new IntactError('malformed', 'A part of it is missing from the file or damaged.');
    return bytes;
  };
  return (address) => {
    const bytes = known.get(address) ?? one(address);
    known.set(address, bytes);
    return bytes;
  };
}

type Files = ReadonlyMap<
  string,
  { readonly files: SourceFile[]; readonly evaluation?: SourceFile[] }
>;

/** The files of the samples as they lie in the archive: read when they are needed. */
async function filesOf(
  manifest: Manifest,
  entries: ReadonlyMap<string, ArchiveEntry>,
): Promise<Files> {
  const whole = new Map<string, { files: SourceFile[]; evaluation?: SourceFile[] }>();
  for (const { key, files, evaluation } of manifest.files) {
    const read = async (
      list: Manifest['files'][number]['files'],
    ): Promise<SourceFile[] | undefined> => {
      const found: SourceFile[] = [];
      for (const { path, at } of list) {
        const bytes = await entries.get(at)?.stored();
        if (!bytes) return undefined;
        found.push({ path, bytes });
      }
      return found;
    };
    const [own, other] = [await read(files), evaluation && (await read(evaluation))];
    if (own && (!evaluation || other))
      whole.set(key, { files: own, ...(other && { evaluation: other }) });
  }
  return whole;
}

/** undefined where its files were left out. */
function sourceOf(
  facts: NonNullable<SessionRecord['source']>,
  files: Files,
): DataSource | undefined {
  if (facts.kind === 'synthetic') return facts;
  const found = files.get(facts.key);
  return found && { ...facts, ...found };
}

async function enter(
  studio: Studio,
  found: {
    readonly runs: readonly RunEntry[];
    readonly models: readonly OpenedModel[];
    readonly sources: readonly (readonly [string, SamplesRequest] | undefined)[];
    readonly files: Files;
    readonly session: () => Promise<unknown>;
    readonly lost: string[];
  },
): Promise<OpenedSession> {
  const here = new Set(studio.runs.getState().entries.map(({ run }) => run.id));
  const added = found.runs.filter(({ run }) => !here.has(run.id));
  const library = Object.fromEntries(found.models.map((model) => [model.key, model]));
  const known = Object.fromEntries(found.sources.filter((pair) => pair !== undefined));
  studio.model.setState((now) => ({ library: { ...library, ...now.library } }));
  studio.data.setState((now) => ({ known: { ...known, ...now.known } }));
  studio.runs.setState(({ entries }) => ({
    entries: [...entries, ...added.map((entry) => ({ ...entry, stored: false }))].sort(
      (a, b) => a.run.made.createdAt - b.run.made.createdAt,
    ),
  }));
  // What is open or at work here stays; on an empty page the session shows as it was saved.
  if (!studio.model.getState().model && studio.job.getState().running.length === 0) {
    try {
      const session = checkedRecord('sessions', await found.session());
      await showSession(studio, session, library, (facts) =>
        Promise.resolve(sourceOf(facts, found.files)),
      );
    } catch (thrown) {
      found.lost.push(`Settings: ${asIntactError(thrown).message}`);
    }
  }
  return {
    added: added.length,
    known: found.runs.length - added.length,
    models: found.models.length,
    lost: found.lost,
  };
}
