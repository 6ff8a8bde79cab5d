/**
 * A growing run is sent many times, across threads and into stores. What is settled (`made`) is sent
 * once, and what did not change keeps its identity, so that only what did is drawn again.
 */
import type { Run, RunUpdate } from './types';

/** The fields of a run that are settled when it is made: the one list, for the wire, stores and reuse. */
export const settledFields = ['made'] as const satisfies readonly (keyof Run)[];

/**
 * The run that an update stands for. Parts equal to those of `before` are `before`'s own objects.
 * undefined where neither brings what the run was made of: an update that came before its first form.
 */
export function joined(update: RunUpdate, before?: Run): Run | undefined {
  const same = before?.id === update.id ? before : undefined;
  const made = same?.made ?? update.made;
  if (!made) return undefined;
  const { id, figures, pending } = update;
  return reused({ id, made, figures, pending }, same);
}

/**
 * `next`, but with every part that equals the same part of `before` taken from `before`, down to the
 * whole. Of plain data without cycles; typed arrays are compared element by element.
 */
export function reused<T>(next: T, before: T | undefined): T {
  if (Object.is(next, before)) return next;
  if (!isObject(next) || !isObject(before)) return next;
  if (ArrayBuffer.isView(next) || ArrayBuffer.isView(before))
    return sameElements(next, before) ? before : next;
  if (Array.isArray(next) !== Array.isArray(before)) return next;
  const old = before as Readonly<Record<string, unknown>>;
  const keys = Object.keys(next);
  let unchanged = keys.length === Object.keys(before).length;
  const parts = keys.map((key) => {
    const was = old[key];
    const part: unknown = reused((next as Readonly<Record<string, unknown>>)[key], was);
    unchanged &&= Object.is(part, was) && key in old;
    return part;
  });
  if (unchanged) return before;
  if (Array.isArray(next)) return parts as T;
  return Object.fromEntries(keys.map((key, index) => [key, parts[index]])) as T;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function sameElements(a: object, b: object): boolean {
  if (a.constructor !== b.constructor) return false;
  const [left, right] = [a as ArrayLike<unknown>, b as ArrayLike<unknown>];
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (!Object.is(left[i], right[i])) return false;
  return true;
}
