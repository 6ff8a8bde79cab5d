/** x_train beside x_test, train_images beside test_images: arrays that keep training and evaluation apart. */
import type { NumberArray } from './types';

type Part = 'train' | 'val' | 'test';
const words: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  dev: 'val',
  test: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
};
const word = Object.keys(words).join('|');
const before = new RegExp(`^(${word})[_./-](.+)$`, 'i');
const behind = new RegExp(`^(.+?)[_./-]?(${word})$`, 'i');

export const partOfWord = (text: string): Part | undefined => words[text.toLowerCase()];

function split(name: string): { readonly base: string; readonly part?: Part } {
  const front = before.exec(name);
  if (front) return { base: front[2]!, part: partOfWord(front[1]!) };
  const back = behind.exec(name);
  if (back) return { base: back[1]!, part: partOfWord(back[2]!) };
  return { base: name };
}

export interface PartedArrays {
  readonly arrays: ReadonlyMap<string, NumberArray>;
  readonly parts?: { readonly training: readonly number[]; readonly evaluation: readonly number[] };
  readonly sentence?: string;
  /** Where a row lies: its array and row there. */
  rowName(index: number): string;
}

/** Joins the arrays of each base name, training first, where there is a training and another part. */
export function joinParts(arrays: ReadonlyMap<string, NumberArray>): PartedArrays {
  const groups = new Map<string, Partial<Record<Part, NumberArray>>>();
  const plain = new Map<string, NumberArray>();
  for (const [name, array] of arrays) {
    const { base, part } = split(name);
    if (!part) plain.set(name, array);
    else groups.set(base, { ...groups.get(base), [part]: array });
  }
  const joined = new Map<string, NumberArray>(plain);
  let sizes: { part: Part; rows: number }[] | undefined;
  for (const [base, group] of groups) {
    const parts = (['train', 'val', 'test'] as const).filter((part) => group[part]);
    const members = parts.map((part) => group[part]!);
    const alike = members.every(
      (array) =>
        array.shape.slice(1).join() === members[0]!.shape.slice(1).join() &&
        array.storage === members[0]!.storage,
    );
    if (parts.length > 1 && parts[0] === 'train' && alike) {
      joined.set(base, concat(base, members));
      const found = parts.map((part) => ({ part, rows: group[part]!.shape[0] ?? 0 }));
      if (!sizes || found.length > sizes.length) sizes = found;
    } else
      for (const part of parts)
        joined.set(parts.length === 1 ? base : `${base}_${part}`, group[part]!);
  }
  if (!sizes) return { arrays: joined, rowName: (index) => `row ${index}` };
  const has = (part: Part) => sizes.some((size) => size.part === part);
  const training: number[] = [];
  const evaluation: number[] = [];
  const starts: { part: Part; start: number }[] = [];
  let start = 0;
  for (const { part, rows } of sizes) {
    starts.push({ part, start });
    const target = part === 'test' || (part === 'val' && !has('test')) ? evaluation : training;
    for (let row = 0; row < rows; row++) target.push(start + row);
    start += rows;
  }
  return {
    arrays: joined,
    parts: { training, evaluation },
    sentence: `The arrays keep ${sizes.map(({ part, rows }) => `${rows} ${part}`).join(', ')} samples apart: the ${has('test') ? 'test' : 'validation'} samples evaluate, the others calibrate and train.`,
    rowName(index) {
      const place = starts.findLast(({ start: from }) => index >= from)!;
      return `row ${index - place.start} of the ${place.part} part`;
    },
  };
}

export function concat(name: string, members: readonly NumberArray[]): NumberArray {
  const counts = members.map(({ shape }) => shape[0] ?? 0);
  const [first] = members;
  return {
    ...first!,
    name,
    shape: [counts.reduce((a, b) => a + b, 0), ...first!.shape.slice(1)],
    row(index) {
      let at = index;
      for (const [member, count] of counts.entries()) {
        if (at < count) return members[member]!.row(at);
        at -= count;
      }
      return members[0]!.row(index);
    },
    async all() {
      const parts = [];
      for (const member of members) parts.push(await member.all());
      if (parts.every((part) => part instanceof Float64Array)) {
        const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
        let at = 0;
        for (const part of parts) {
          out.set(part, at);
          at += part.length;
        }
        return out;
      }
      return parts.flatMap((part) => [...part].map(String));
    },
  };
}
