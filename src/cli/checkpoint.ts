/** Where a training that is broken off is kept: one file in a folder, written anew beside the old and renamed. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { TrainingCheckpoint } from '../jobs/types';
import { IntactError } from '../model/error';

export interface CheckpointFile {
  readonly place: string;
  /** @throws IntactError `usage` for one of another training, `malformed` for a damaged one */
  read(): TrainingCheckpoint | undefined;
  write(checkpoint: TrainingCheckpoint): void;
  /** The training is done. */
  remove(): void;
}

/** @param key of everything that decides the training */
export function checkpointFile(
  folder: string | undefined,
  control: boolean,
  key: string,
): CheckpointFile | undefined {
  if (folder === undefined) return undefined;
  const place = join(folder, control ? 'control.checkpoint' : 'training.checkpoint');
  return {
    place,
    read() {
      if (!existsSync(place)) return undefined;
      let stored: { key?: unknown; checkpoint?: TrainingCheckpoint };
      try {
        stored = deserialize(readFileSync(place)) as typeof stored;
      } catch {
        throw new IntactError(
          'malformed',
          `The checkpoint ${place} is damaged. Delete it to train from the start.`,
        );
      }
      if (stored.key !== key || !stored.checkpoint)
        throw new IntactError(
          'usage',
          `The checkpoint ${place} is of another training: other model, data or options. Name another folder, or delete it.`,
        );
      return stored.checkpoint;
    },
    write(checkpoint) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${place}.new`, serialize({ key, checkpoint }));
      renameSync(`${place}.new`, place);
    },
    remove() {
      rmSync(place, { force: true });
    },
  };
}
