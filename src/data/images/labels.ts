/** Names of classes in their order, from the files that tools write beside a model or its pictures. */

export interface ClassNames {
  readonly names: readonly string[];
  /** The file's name. */
  readonly from: string;
}

const listFile =
  /(^|\/)(labels?|class_?names?|classes|classnames|label_?map|categories)\.(txt|names)$/i;
const jsonFile = /(^|\/)(metadata|labels?|class_?names?|classes|class_?indices|label_?map)\.json$/i;

export const isLabelsFile = (path: string): boolean => listFile.test(path) || jsonFile.test(path);

/**
 * labels.txt ("0 Zebra", "Zebra"), Teachable Machine's metadata.json ({"labels": […]}), Keras'
 * class_indices ({"cat": 0}), a list.
 * @returns undefined where the text is no list of names
 */
export function readClassNames(text: string, from: string): ClassNames | undefined {
  const names = /^\s*[[{]/.test(text) ? ofJson(text) : ofLines(text);
  return names && names.length > 0 && names.length <= 100_000 ? { names, from } : undefined;
}

function ofJson(text: string): string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'string') ? (value as string[]) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<string, unknown>;
  for (const key of ['labels', 'classes', 'class_names', 'classNames', 'names'])
    if (
      Array.isArray(record[key]) &&
      (record[key] as unknown[]).every((item) => typeof item === 'string')
    )
      return record[key] as string[];
  const entries = Object.entries(record);
  if (entries.length > 0 && entries.every(([, code]) => Number.isInteger(code)))
    return placed(entries.map(([name, code]) => [Number(code), name]));
  if (
    entries.length > 0 &&
    entries.every(([code, name]) => /^\d+$/.test(code) && typeof name === 'string')
  )
    return placed(entries.map(([code, name]) => [Number(code), name as string]));
  return undefined;
}

/** Names at their numbers, which must be 0 … n − 1. */
function placed(pairs: readonly (readonly [number, string])[]): string[] | undefined {
  const names = new Array<string | undefined>(pairs.length).fill(undefined);
  for (const [code, name] of pairs) if (code >= 0 && code < names.length) names[code] = name;
  return names.every((name) => name !== undefined) ? (names as string[]) : undefined;
}

function ofLines(text: string): string[] | undefined {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0 || lines.some((line) => line.length > 200)) return undefined;
  // Numbers alone are labels of samples, not names of classes.
  if (lines.every((line) => /^[-+.\d\seE,;]+$/.test(line))) return undefined;
  const numbered = lines.map((line) => /^(\d+)[\s,:;=]+(.+)$/.exec(line));
  if (numbered.every((match) => match !== null)) {
    const pairs = numbered.map((match) => [Number(match[1]), match[2]!.trim()] as const);
    const first = Math.min(...pairs.map(([code]) => code));
    if (first <= 1) return placed(pairs.map(([code, name]) => [code - first, name])) ?? lines;
  }
  return lines;
}
