/** Several tables: train.csv beside test.csv, X.csv beside y.csv. */
import { partOfWord } from '../arrays/parts';
import type { NumberArray } from '../arrays/types';
import { factsOf } from './label';
import type { Table, TableColumn } from './table';

const stem = (name: string) => name.replace(/\.[^.]+$/, '');

export interface JoinedTables {
  readonly table: Table;
  readonly parts: {
    readonly training: readonly number[];
    readonly evaluation: readonly number[];
  };
}

/** Tables of the same columns named after parts, as one with its parts. */
export function joinTables(tables: readonly Table[]): JoinedTables | undefined {
  const [first] = tables;
  if (
    !first ||
    tables.some((table) => table.columns.length !== first.columns.length) ||
    first.columns.length < 2
  )
    return undefined;
  const parts = tables.map(({ name }) =>
    stem(name)
      .split(/[_.\s-]+/)
      .map(partOfWord)
      .find((part) => part !== undefined),
  );
  if (!parts.includes('train') || parts.some((part) => part === undefined)) return undefined;
  const order = [...tables.keys()].sort((a, b) => rank(parts[a]!) - rank(parts[b]!));
  const count = tables.reduce((sum, table) => sum + table.count, 0);
  const columns = first.columns.map((column, at): TableColumn => {
    const texts = [...new Set(order.flatMap((index) => tables[index]!.columns[at]!.texts))];
    const values = new Float32Array(count);
    const codes = new Int32Array(count).fill(-1);
    let start = 0;
    for (const index of order) {
      const part = tables[index]!.columns[at]!;
      values.set(part.values, start);
      part.codes?.forEach((code, row) => {
        codes[start + row] = code >= 0 ? texts.indexOf(part.texts[code]!) : code;
      });
      start += part.values.length;
    }
    return { title: column.title, values, codes, texts };
  });
  const training: number[] = [];
  const evaluation: number[] = [];
  const evaluating = parts.includes('test') ? 'test' : 'val';
  let row = 0;
  for (const index of order)
    for (let i = 0; i < tables[index]!.count; i++)
      (parts[index] === evaluating ? evaluation : training).push(row++);
  const lines = Int32Array.from(order.flatMap((index) => [...tables[index]!.lines]));
  const said = order
    .map((index) => `${tables[index]!.count} in "${tables[index]!.name}"`)
    .join(', ');
  return {
    table: {
      ...first,
      name: order.map((index) => tables[index]!.name).join(' + '),
      columns,
      count,
      lines,
      checks: [
        ...first.checks,
        {
          id: 'parts',
          label: 'Parts',
          status: 'told',
          value: 'kept',
          sentence: `The tables keep their samples apart: ${said}; ${evaluating === 'test' ? 'test' : 'validation'} rows evaluate.`,
          choices: [],
        },
      ],
    },
    parts: { training, evaluation },
  };
}

const rank = (part: 'train' | 'val' | 'test') => ({ train: 0, val: 1, test: 2 })[part];

/** Each table as an array of its columns: an index column left off, one column of texts as texts. */
export function arraysOfTables(tables: readonly Table[]): Map<string, NumberArray> {
  return new Map(tables.map((table) => [stem(table.name), arrayOfTable(untitled(table, tables))]));
}

/** A lone "0" above a column that has one row more than the table beside it is the title of a pandas Series. */
function untitled(table: Table, tables: readonly Table[]): Table {
  const [only] = table.columns;
  const beside = tables.filter((other) => other !== table);
  if (table.header || table.columns.length !== 1 || only!.values[0] !== 0) return table;
  if (beside.length === 0 || !beside.every(({ count }) => count === table.count - 1)) return table;
  const { codes, ...rest } = only!;
  return {
    ...table,
    header: true,
    count: table.count - 1,
    lines: table.lines.slice(1),
    columns: [
      {
        ...rest,
        title: '0',
        values: rest.values.slice(1),
        ...(codes ? { codes: codes.slice(1) } : {}),
      },
    ],
  };
}

function arrayOfTable(table: Table): NumberArray {
  const facts = table.columns.map(factsOf);
  const indexed =
    table.columns.length > 1 &&
    (facts[0]!.counts || (facts[0]!.whole && facts[0]!.distinct >= Math.min(1001, table.count))) &&
    /^(|unnamed: 0|index|id)$/i.test(table.columns[0]!.title);
  const columns = indexed ? table.columns.slice(1) : table.columns;
  const [only] = columns;
  const name = stem(table.name);
  if (columns.length === 1 && only && factsOf(only).texts)
    return {
      name,
      shape: [table.count],
      storage: 'texts',
      type: 'text',
      row: () => Promise.resolve(new Float32Array(1)),
      all: () =>
        Promise.resolve(
          Array.from(only.values, (value, row) =>
            (only.codes?.[row] ?? -1) >= 0 ? only.texts[only.codes![row]!]! : String(value),
          ),
        ),
    };
  const whole = columns.every((column) => factsOf(column).whole);
  return {
    name,
    shape: columns.length === 1 ? [table.count] : [table.count, columns.length],
    storage: whole ? 'integers' : 'floats',
    type: 'number',
    row: (index) => Promise.resolve(Float32Array.from(columns, ({ values }) => values[index]!)),
    all: () => {
      const out = new Float64Array(table.count * columns.length);
      for (let row = 0; row < table.count; row++)
        columns.forEach(({ values }, at) => (out[row * columns.length + at] = values[row]!));
      return Promise.resolve(out);
    },
  };
}
