/** A table beside the pictures: a column of file names, and one (or more) of labels. */
import { labelPoints, factsOf, taskOf } from '../tables/label';
import type { Table, TableColumn } from '../tables/table';
import { firstCells } from '../tables/pick';
import { listed, type LabelColumn } from '../raw';
import type { Check, Choices, ModelNeeds } from '../samples';
import { labelFromTexts, orderOf } from './folders';
import type { ClassNames } from './labels';

export interface TableLabels {
  readonly label: LabelColumn;
  readonly checks: readonly Check[];
  readonly orderAssumed: boolean;
}

const keysOf = (path: string): string[] => {
  const parts = path.split('/');
  const file = parts[parts.length - 1]!;
  return [path, parts.slice(-2).join('/'), file, file.replace(/\.[^.]+$/, '')].map((key) =>
    key.toLowerCase(),
  );
};

const textAt = ({ values, codes, texts }: TableColumn, row: number): string | undefined => {
  const code = codes?.[row] ?? -1;
  if (code >= 0) return texts[code];
  return Number.isNaN(values[row]!) ? undefined : String(values[row]);
};

/** @returns undefined where no table names the pictures */
export function labelsOfTable(
  tables: readonly Table[],
  paths: readonly string[],
  needs: ModelNeeds,
  choices: Choices,
  beside: ClassNames | undefined,
): TableLabels | undefined {
  const places = new Map<string, number>();
  paths.forEach((path, index) => {
    for (const key of keysOf(path)) if (!places.has(key)) places.set(key, index);
  });
  for (const table of tables) {
    const rowOf = new Array<number>(paths.length).fill(-1);
    const files = table.columns.findIndex((column) => {
      let hits = 0;
      for (let row = 0; row < table.count; row++) {
        const text = textAt(column, row)
          ?.replaceAll('\\', '/')
          .replace(/^\.?\//, '')
          .toLowerCase();
        const place =
          text === undefined ? undefined : (places.get(text) ?? places.get(text.split('/').pop()!));
        if (place === undefined) continue;
        hits++;
        rowOf[place] = row;
      }
      if (hits >= 0.5 * Math.min(table.count, paths.length)) return true;
      rowOf.fill(-1);
      return false;
    });
    if (files >= 0 && table.columns.length > 1)
      return labelled(table, files, rowOf, needs, choices, beside);
  }
  return undefined;
}

function labelled(
  table: Table,
  files: number,
  rowOf: readonly number[],
  needs: ModelNeeds,
  choices: Choices,
  beside: ClassNames | undefined,
): TableLabels {
  const others = table.columns.map((_, column) => column).filter((column) => column !== files);
  const columns = others.map((column) => table.columns[column]!);
  const facts = columns.map(factsOf);
  const chosen = others.find((column) => table.columns[column]!.title === choices.label);
  const points = labelPoints(columns, facts, taskOf(needs), table.header);
  const best = chosen ?? others[points.indexOf(Math.max(...points))]!;
  const without = rowOf.filter((row) => row < 0).length;
  const column = table.columns[best]!;
  const checks: Check[] = [
    {
      id: 'label',
      label: 'Label column',
      status: chosen !== undefined ? 'chosen' : others.length === 1 ? 'told' : 'assumed',
      value: column.title,
      sentence: `"${table.name}" names the pictures in "${table.columns[files]!.title}" and their labels in "${column.title}": ${firstCells(table, best)}.${without > 0 ? ` ${without} of ${rowOf.length} pictures are not in it and have no label.` : ''}`,
      choices: others.map((other) => ({
        value: table.columns[other]!.title,
        label: table.columns[other]!.title,
        effect: `first rows: ${firstCells(table, other)}`,
      })),
    },
  ];
  const numeric = facts[others.indexOf(best)]!;
  const sum = needs.outputs.reduce(
    (size, { shape }) => size + shape.slice(1).reduce((a, b) => a * b, 1),
    0,
  );
  if (
    others.length > 1 &&
    chosen === undefined &&
    others.length === sum &&
    facts.every(({ texts }) => !texts)
  ) {
    const values = new Float64Array(rowOf.length * sum);
    rowOf.forEach((row, index) =>
      columns.forEach((one, at) => (values[index * sum + at] = row < 0 ? NaN : one.values[row]!)),
    );
    return {
      label: {
        name: listed(columns.map(({ title }) => title)),
        shape: [sum],
        storage: facts.every(({ whole }) => whole) ? 'integers' : 'floats',
        values,
        row: (index) =>
          Promise.resolve(Float32Array.from(values.subarray(index * sum, (index + 1) * sum))),
      },
      checks: [
        {
          ...checks[0]!,
          value: 'all',
          status: 'told',
          sentence: `"${table.name}" holds ${sum} numbers for each picture, as many as the model gives.`,
        },
      ],
      orderAssumed: false,
    };
  }
  if (!numeric.texts) {
    const values = Float64Array.from(rowOf, (row) => (row < 0 ? NaN : column.values[row]!));
    return {
      label: {
        name: column.title,
        shape: [],
        storage: numeric.whole ? 'integers' : 'floats',
        values,
        row: (index) => Promise.resolve(Float32Array.of(values[index]!)),
      },
      checks,
      orderAssumed: false,
    };
  }
  const texts = rowOf.map((row) => (row < 0 ? '' : (textAt(column, row) ?? '')));
  const ordered = orderOf(
    [...new Set(texts.filter((text) => text !== ''))].sort(),
    choices,
    beside,
  );
  return {
    label: labelFromTexts(column.title, texts, ordered),
    checks: [...checks, ordered.check],
    orderAssumed: ordered.assumed,
  };
}
