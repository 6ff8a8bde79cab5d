/**
 * Keys: equal keys are equal results' causes. Of files: SHA-256 of paths and content. Of recipes and
 * samples: canonical JSON of what decides a result, and of nothing else.
 */
import type { ByteSource } from '../data/samples';
import { needsCalibration } from '../quant/recipe';
import type { Recipe } from '../quant/types';
import type { Made, SamplesRef, Subject } from './types';

/** Read and hashed at a time, so that no file is held whole. */
const CHUNK_BYTES = 2 ** 24;

/** What is used of the Web Crypto API, which only secure contexts have. */
interface Digests {
  digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
}

export interface KeyedFile {
  readonly path: string;
  readonly bytes: Uint8Array | ByteSource;
}

/**
 * Key of files by path and content, in whatever order they are given. A file larger than 16 MiB counts
 * by the hashes of its parts. Random where the page may not hash (no secure context).
 */
export async function filesKey(files: readonly KeyedFile[]): Promise<string> {
  const { subtle } = crypto as { readonly subtle?: Digests };
  if (!subtle) return `unhashed ${Math.random().toString(36).slice(2)}${Date.now()}`;
  const lines: string[] = [];
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const { path, bytes } of sorted) lines.push(`${path} ${await contentKey(bytes, subtle)}`);
  return textKey(lines.join('\n'), subtle);
}

async function contentKey(bytes: Uint8Array | ByteSource, subtle: Digests): Promise<string> {
  const size = bytes instanceof Uint8Array ? bytes.length : bytes.size;
  const parts: string[] = [];
  for (let start = 0; start === 0 || start < size; start += CHUNK_BYTES) {
    const end = Math.min(size, start + CHUNK_BYTES);
    const part =
      bytes instanceof Uint8Array
        ? bytes.subarray(start, end)
        : new Uint8Array(await bytes.slice(start, end).arrayBuffer());
    parts.push(hex(await subtle.digest('SHA-256', part as Uint8Array<ArrayBuffer>)));
  }
  return parts.length === 1 ? parts[0]! : textKey(parts.join('\n'), subtle);
}

const textKey = async (text: string, subtle: Digests) =>
  hex(await subtle.digest('SHA-256', new TextEncoder().encode(text)));

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** JSON with sorted keys and without what is undefined: one text for equal plain data. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof part === 'number' && !Number.isFinite(part)
        ? String(part)
        : part,
  );
}

export const subjectKey = (subject: Pick<Subject, 'key'>): string => subject.key;

/** Name and scheme are for people; calibration decides only where a rule asks for ranges. */
export function recipeKey(recipe: Recipe): string {
  const { target, rules, calibration, ranges, leaveOut, io, steps } = recipe;
  return canonical({
    target,
    rules,
    io,
    steps,
    ...(needsCalibration(recipe)
      ? { calibration, ...(ranges ? { ranges } : {}), ...(leaveOut ? { leaveOut } : {}) }
      : {}),
  });
}

/** Of the samples and of what each was used for. */
export function samplesKey({ key, roles }: Pick<SamplesRef, 'key' | 'roles'>): string {
  return canonical([key, ...roles.map((role) => [role.role, role.count, role.key])]);
}

/** Equal: the two runs would give the same figures, latency apart. */
export function madeKey({ subject, recipe, samples, from }: Made): string {
  return canonical([
    subjectKey(subject),
    recipe ? recipeKey(recipe) : 'as it is',
    samplesKey(samples),
    from ?? '',
  ]);
}
