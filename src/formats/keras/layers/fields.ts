/** Reading of Keras configs: JSON from outside, checked where it is used. snake_case or camelCase. */
import { IntactError } from '../../../model/error';

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const mostSize = 2 ** 31 - 1;

function wrong(name: string, value: unknown): never {
  const text = (JSON.stringify(value) ?? 'nothing').slice(0, 80);
  throw new IntactError('malformed', `its config has ${text} as "${name}".`);
}

/** The entry, under its Python name or TF.js' camelCase form; undefined when absent or null. */
export function field(config: Json, name: string): unknown {
  const own = (key: string) => (Object.hasOwn(config, key) ? config[key] : undefined);
  const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return own(name) ?? own(camel) ?? undefined;
}

export function number(config: Json, name: string, fallback?: number): number {
  const value = scalar(field(config, name)) ?? fallback;
  if (typeof value !== 'number' || Number.isNaN(value)) return wrong(name, value);
  return value;
}

/** Keras 3 may serialise NumPy scalars as `{ class_name: '__numpy__', config: { value, dtype } }`. */
export function scalar(value: unknown): unknown {
  if (isJson(value) && isJson(value['config']) && 'value' in value['config'])
    return value['config']['value'];
  return value;
}

/** A whole number in 0…2³¹−1. */
export function integer(config: Json, name: string, fallback?: number): number {
  const value = number(config, name, fallback);
  if (!Number.isInteger(value) || value < 0 || value > mostSize) return wrong(name, value);
  return value;
}

export function flag(config: Json, name: string, fallback: boolean): boolean {
  const value = field(config, name);
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  return wrong(name, value);
}

export function text(config: Json, name: string, fallback?: string): string {
  const value = field(config, name) ?? fallback;
  if (typeof value !== 'string') return wrong(name, value);
  return value;
}

/** A list of whole numbers; a lone number is a list of one. */
export function integers(config: Json, name: string, fallback?: readonly number[]): number[] {
  const value = field(config, name) ?? fallback;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'number' || !Number.isInteger(item) || Math.abs(item) > mostSize)
      return wrong(name, value);
    return item;
  });
}

/**
 * Sizes along the spatial axes as [height, width]: a number stands for all axes; in one dimension
 * height is 1.
 */
export function sizes(
  config: Json,
  name: string,
  dimensions: 1 | 2,
  fallback?: readonly number[],
): [number, number] {
  const list = integers(config, name, fallback);
  const [first, second = first] = list;
  if (first === undefined || second === undefined || list.some((size) => size < 1))
    return wrong(name, list);
  if (list.length > dimensions) return wrong(name, list);
  return dimensions === 1 ? [1, first] : [first, second];
}

/** A nested list of numbers, flattened. */
export function floats(value: unknown): number[] | undefined {
  if (typeof value === 'number') return [value];
  if (!Array.isArray(value)) return undefined;
  const flat: unknown[] = value.flat(Infinity);
  return flat.every((item) => typeof item === 'number') ? flat : undefined;
}
