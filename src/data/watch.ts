/**
 * Signs of life while files are read: what is read now goes out before it is read, since a decoder that
 * hangs says nothing any more. Whoever hears no further sign for long ends the worker.
 */
import type { ByteSource, SourceFile } from './samples';

/** What is being read; undefined: nothing. */
export type Reading = (what: string | undefined) => void;

export interface Watch {
  /** Runs a piece of reading under the watch. */
  over<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** Reading goes on: another file, block or row. */
  beat(): void;
}

/** Signs within a piece of reading go out at most this often. */
const BEAT_MS = 250;

export function createWatch(tell: Reading, now: () => number = () => performance.now()): Watch {
  const open: string[] = [];
  let last = -Infinity;
  return {
    async over(what, work) {
      open.push(what);
      tell(what);
      last = now();
      try {
        return await work();
      } finally {
        open.splice(open.lastIndexOf(what), 1);
        tell(open.at(-1));
      }
    },
    beat() {
      const what = open.at(-1);
      if (what === undefined || now() - last < BEAT_MS) return;
      last = now();
      tell(what);
    },
  };
}

export const unwatched: Watch = createWatch(() => undefined);

/** A file each of whose reads is a sign of life. */
export function watchedFile({ path, bytes }: SourceFile, watch: Watch): SourceFile {
  const watched = (source: ByteSource): ByteSource => ({
    size: source.size,
    slice: (start, end) => watched(source.slice(start, end)),
    async arrayBuffer() {
      const buffer = await source.arrayBuffer();
      watch.beat();
      return buffer;
    },
  });
  return { path, bytes: watched(bytes) };
}
