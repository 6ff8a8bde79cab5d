/** The session as one file. */
import type { DataSource, SourceFile } from '../../data/samples';
import { zipParts, type ZipPart } from '../../files/zipWriter';
import { samplesKey } from '../../run/keys';
import { keptEntries } from '../stores/runs';
import type { Studio } from '../studio';
import { modelRecord, runRecord, samplesRecord, sourceBytes } from '../storage/entries';
import { pack, type Blobs } from '../storage/pack';
import { sessionRecord } from '../storage/sessionRecord';
import { manifestPath, sessionFormat, sessionVersion, type Manifest } from './manifest';

export interface SaveOptions {
  /** With the files of the samples: whoever opens it can go on measuring. */
  readonly samples: boolean;
  /** Hears of runs that can't be written; default: nobody does. */
  lost?(sentence: string): void;
}

/** Data sources that runs were made on, and the one that is open, by key. */
function sourcesOf(studio: Studio): ReadonlyMap<string, DataSource> {
  const { known, source } = studio.data.getState();
  const all = [
    ...Object.values(known).map((request) => request.source),
    ...(source ? [source] : []),
  ];
  return new Map(all.map((one) => [one.key, one]));
}

/** Bytes that the samples of this session add. */
export function samplesBytes(studio: Studio): number {
  return [...sourcesOf(studio).values()].reduce((sum, source) => sum + sourceBytes(source), 0);
}

/**
 * Every finished run, the models, the settings and, if wanted, the samples.
 * @throws IntactError `limit` where one file can't hold it
 */
export async function saveSession(studio: Studio, { samples, lost }: SaveOptions): Promise<Blob> {
  const blobs: Blobs = new Map();
  const done = keptEntries(studio.runs.getState()).filter(({ state }) => state !== 'growing');
  const runs: unknown[] = [];
  for (const entry of done) {
    try {
      runs.push((await runRecord(entry, blobs, true)).record);
    } catch {
      lost?.(`Run ${entry.run.id} is damaged and could not be written.`);
    }
  }
  const models: unknown[] = [];
  for (const model of Object.values(studio.model.getState().library))
    models.push((await modelRecord(model, blobs, true)).record);
  const { known } = studio.data.getState();
  const used = new Set(done.map(({ run }) => samplesKey(run.made.samples)));
  const sources = Object.entries(known)
    .filter(([key]) => used.has(key))
    .map(([key, request]) => ({ key, record: samplesRecord(request) }));
  const parts: ZipPart[] = [];
  const files: Manifest['files'] = [];
  if (samples) {
    for (const source of sourcesOf(studio).values()) {
      if (source.kind !== 'files') continue;
      const placed = (list: readonly SourceFile[], part: string) =>
        list.map(({ path, bytes }, index) => {
          const at = `files/${files.length}/${part}/${index}`;
          parts.push({ path: at, bytes });
          return { path, at };
        });
      files.push({
        key: source.key,
        files: placed(source.files, 'files'),
        ...(source.evaluation && { evaluation: placed(source.evaluation, 'evaluation') }),
      });
    }
  }
  const manifest: Manifest = {
    format: sessionFormat,
    version: sessionVersion,
    ...{ runs, models, sources, files },
    session: await pack(sessionRecord(studio), blobs),
  };
  const packs = [...blobs].map(([address, bytes]) => ({ path: `blobs/${address}`, bytes }));
  const head = { path: manifestPath, bytes: new TextEncoder().encode(JSON.stringify(manifest)) };
  const written = await zipParts([head, ...packs, ...parts]);
  return new Blob(written as BlobPart[], { type: 'application/zip' });
}
