/**
 * A session in one file: a stored zip with `intact-session.json` first, `blobs/ADDRESS` (packs and tensors,
 * named by their SHA-256) and, if wanted, the files of the samples. Its records are those of the storage.
 */
import * as v from 'valibot';
import { IntactError } from '../../model/error';

export const manifestPath = 'intact-session.json';
export const sessionFormat = 'intact-session';
/** Grows when the manifest's own form changes; its records carry their own version. */
export const sessionVersion = 1;

const file = v.object({ path: v.string(), at: v.string() });
const list = <T extends v.GenericSchema>(item: T) => v.array(item);

const manifest = v.object({
  format: v.literal(sessionFormat),
  version: v.literal(sessionVersion),
  /** Records, checked one by one where they are read. */
  runs: list(v.unknown()),
  models: list(v.unknown()),
  sources: list(v.object({ key: v.string(), record: v.unknown() })),
  /** Files of the samples by the key of their source; none where they were left out. */
  files: list(v.object({ key: v.string(), files: list(file), evaluation: v.optional(list(file)) })),
  /** Address of its pack: it holds arrays of numbers. */
  session: v.string(),
});

export type Manifest = v.InferOutput<typeof manifest>;

/** @throws IntactError `malformed`; of a newer version, with what to do */
export function checkedManifest(json: string, name: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new IntactError('malformed', `${name} is damaged: its table of contents is no JSON.`);
  }
  const { version } = (value ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > sessionVersion) {
    throw new IntactError(
      'malformed',
      `${name} was saved by a newer version of Intact. Open it with that version.`,
    );
  }
  const result = v.safeParse(manifest, value);
  if (result.success) return result.output;
  const where = v.getDotPath(result.issues[0]) ?? 'its table of contents';
  throw new IntactError('malformed', `${name} is damaged: ${where} is not what it should be.`);
}
