/** One case of fuzzing: which files, and whether what came of them is one of the two things that may. */
import { IntactError } from '../../model/error';
import { random } from '../random';
import type { FuzzFile } from './file';
import type { Reader } from './readers';

const seeds = new Map<Reader, ReturnType<Reader['seeds']>>();

/** Told by reader, seed and number alone. */
export async function filesOf(
  reader: Reader,
  seed: number,
  number: number,
): Promise<readonly FuzzFile[]> {
  const made = seeds.get(reader) ?? reader.seeds();
  seeds.set(reader, made);
  const sets = await made;
  const generator = random((seed * 1_000_003 + number * 7919) >>> 0);
  const [first, ...rest] = generator.pick(sets);
  return [{ path: first!.path, bytes: reader.mutate(first!.bytes, generator) }, ...rest];
}

export type Outcome =
  | { readonly kind: 'read' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'fault'; readonly why: string };

/** Opened, or refused with a sentence: a code that is not `internal`, and no raw text. Anything else is a fault. */
export async function outcomeOf(reader: Reader, files: readonly FuzzFile[]): Promise<Outcome> {
  try {
    await reader.read(files);
    return { kind: 'read' };
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) {
      const stack = thrown instanceof Error ? thrown.stack : String(thrown);
      return { kind: 'fault', why: `no sentence: ${stack}` };
    }
    const { code, message } = thrown;
    if (code === 'internal') return { kind: 'fault', why: `internal: ${message}` };
    if (!/[.?!…]["”)]?$/.test(message)) return { kind: 'fault', why: `no sentence: ${message}` };
    if (message.length > 2000) return { kind: 'fault', why: `too long: ${message.slice(0, 200)}` };
    return { kind: 'refused', code };
  }
}
