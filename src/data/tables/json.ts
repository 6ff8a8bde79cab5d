/**
 * JSON: records (a list of objects, JSON lines), rows (a list of lists, pandas' orient="split" and
 * "columns"), and named arrays ({"x": [[…]], "y": […]}). Records of numbers become a table, nested
 * lists of one form become arrays.
 */
import { IntactError } from '../../model/error';
import type { NumberArray } from '../arrays/types';
import type { Table, TableColumn } from './table';

export type JsonData =
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'arrays'; readonly arrays: ReadonlyMap<string, NumberArray> };

export const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text.slice(0, 200));

type Cell = number | string | null;
type Row = Readonly<Record<string, unknown>>;

/** @throws IntactError `bad-data` naming the record or the line */
export function readJson(text: string, name: string): JsonData {
  const value = parse(text, name);
  if (Array.isArray(value)) return ofList(value, name);
  if (typeof value === 'object' && value !== null) return ofObject(value as Row, name);
  throw new IntactError('bad-data', `"${name}" holds no list of records.`);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (whole) {
    const lines = text.split(/\r?\n/);
    const values: unknown[] = [];
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      try {
        values.push(JSON.parse(line));
      } catch {
        if (index === 0 || values.length === 0)
          throw new IntactError(
            'bad-data',
            `"${name}" is no valid JSON (${whole instanceof Error ? whole.message : 'damaged'}). Save it again.`,
          );
        throw new IntactError(
          'bad-data',
          `Line ${index + 1} of "${name}" is no valid JSON record.`,
        );
      }
    }
    return values;
  }
}

const isRecord = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function ofObject(value: Row, name: string): JsonData {
  const { columns, data } = value;
  if (Array.isArray(columns) && Array.isArray(data))
    return ofList(
      data.map((row: unknown) =>
        Array.isArray(row)
          ? Object.fromEntries(row.map((cell: unknown, at) => [String(columns[at]), cell]))
          : row,
      ),
      name,
    );
  const entries = Object.entries(value);
  const lists = entries.filter(([, list]) => Array.isArray(list));
  if (lists.length > 0 && lists.length === entries.length) {
    const count = (lists[0]![1] as unknown[]).length;
    const flat = lists.every(
      ([, list]) => (list as unknown[]).length === count && !Array.isArray((list as unknown[])[0]),
    );
    if (flat && lists.length > 2)
      return ofList(
        Array.from({ length: count }, (_, row) =>
          Object.fromEntries(lists.map(([title, list]) => [title, (list as unknown[])[row]])),
        ),
        name,
      );
    return {
      kind: 'arrays',
      arrays: new Map(
        lists.map(([title, list]) => [title, arrayFrom(title, list as unknown[], name)]),
      ),
    };
  }
  if (entries.length > 0 && entries.every(([, column]) => isRecord(column))) {
    const rows = Object.keys(entries[0]![1] as Row);
    return ofList(
      rows.map((row) =>
        Object.fromEntries(entries.map(([title, column]) => [title, (column as Row)[row]])),
      ),
      name,
    );
  }
  const [list] = lists;
  if (list && lists.length === 1) return ofList(list[1] as unknown[], name);
  throw new IntactError(
    'bad-data',
    `"${name}" is JSON, but no list of records or arrays (found: ${
      entries
        .map(([key]) => key)
        .slice(0, 8)
        .join(', ') || 'nothing'
    }).`,
  );
}

function ofList(list: readonly unknown[], name: string): JsonData {
  if (list.length === 0) throw new IntactError('bad-data', `"${name}" is an empty list.`);
  const records = list.map((item, index): Row => {
    if (isRecord(item)) return item;
    if (Array.isArray(item))
      return Object.fromEntries(item.map((cell: unknown, at) => [`column ${at + 1}`, cell]));
    if (typeof item === 'number') return { 'column 1': item };
    throw new IntactError(
      'bad-data',
      `Record ${index + 1} of "${name}" is neither a record nor a list of numbers.`,
    );
  });
  const titles = [...new Set(records.slice(0, 1000).flatMap((record) => Object.keys(record)))];
  const nested = titles.filter((title) => Array.isArray(records[0]![title]));
  const listOfLists = list.every(Array.isArray) && nested.length > 0;
  if (listOfLists) return { kind: 'arrays', arrays: new Map([['x', arrayFrom('x', list, name)]]) };
  if (nested.length > 0)
    return {
      kind: 'arrays',
      arrays: new Map(
        titles.map((title) => [
          title,
          arrayFrom(
            title,
            records.map((record) => record[title]),
            name,
          ),
        ]),
      ),
    };
  return { kind: 'table', table: tableFrom(records, titles, name) };
}

function tableFrom(records: readonly Row[], titles: readonly string[], name: string): Table {
  const columns = titles.map((title): TableColumn => {
    const values = new Float32Array(records.length);
    const codes = new Int32Array(records.length).fill(-1);
    const texts = new Map<string, number>();
    records.forEach((record, row) => {
      const cell = cellOf(record[title], title, row, name);
      values[row] = typeof cell === 'number' ? cell : NaN;
      if (typeof cell === 'number') return;
      if (cell === null) codes[row] = -2;
      else {
        if (!texts.has(cell)) texts.set(cell, texts.size);
        codes[row] = texts.get(cell)!;
      }
    });
    return { title, values, codes, texts: [...texts.keys()] };
  });
  return {
    name,
    columns,
    count: records.length,
    lines: Int32Array.from(records, (_, row) => row + 1),
    lineWord: 'Record',
    header: !titles[0]?.startsWith('column '),
    checks: [],
  };
}

function cellOf(value: unknown, title: string, row: number, name: string): Cell {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') {
    const number = Number(value);
    return value.trim() !== '' && Number.isFinite(number) ? number : value;
  }
  throw new IntactError(
    'bad-data',
    `"${title}" of record ${row + 1} of "${name}" is neither a number nor a text.`,
  );
}

/** Nested lists of one form as an array held in memory; numbers or texts. */
function arrayFrom(title: string, list: readonly unknown[], file: string): NumberArray {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  const flat: unknown[] = shape.length > 1 ? list.flat(shape.length - 1) : [...list];
  const uneven = () =>
    new IntactError(
      'bad-data',
      `The lists in "${title}" of "${file}" differ in length; the first sample is ${shape.slice(1).join('×')}.`,
    );
  if (flat.length !== length * list.length) throw uneven();
  const texts = flat.some((value) => typeof value === 'string' && Number.isNaN(Number(value)));
  const numbers = Float64Array.from(flat, (value, at) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (value === null) return NaN;
    if (typeof value === 'string') return Number(value);
    throw new IntactError(
      'bad-data',
      `Sample ${Math.floor(at / Math.max(1, length)) + 1} of "${title}" in "${file}" has another form than the first.`,
    );
  });
  const whole = !texts && numbers.every(Number.isInteger);
  return {
    name: title,
    shape,
    storage: texts ? 'texts' : whole ? 'integers' : 'floats',
    type: texts ? 'text' : 'number',
    row: (index) =>
      Promise.resolve(Float32Array.from(numbers.subarray(index * length, (index + 1) * length))),
    all: () => Promise.resolve(texts ? flat.map(String) : numbers),
  };
}
