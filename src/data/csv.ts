import { IntactError } from '../model/error';
import type { Dataset } from './types';

/** Texts of a column in the order of their numbers, by column title. */
export type Categories = Readonly<Record<string, readonly string[]>>;

const labelColumn = /^(label|labels|class|target|y|species|category|rings|output)$/i;

/**
 * CSV with one sample a row: numbers, one column the label. A header row is recognised by its
 * text. The label is the column named so ("label", "class", "target", "y", …), else — when a row holds
 * one number more than the model's input — the last column, or the first when only that one is whole
 * numbers below 1,000. Text labels become classes; whole numbers are classes when the model scores
 * several, else regression targets. Text columns become numbers: by `categories`, else in sorted order,
 * as pandas' and scikit-learn's encoders do; the description says which.
 * @param inputLength numbers in one model input; undefined when not known
 * @throws IntactError `bad-data` naming the line
 */
export function readCsv(
  text: string,
  name: string,
  inputLength?: number,
  categories: Categories = {},
): Dataset {
  const rows = parseRows(text, name);
  const first = rows[0];
  if (!first) throw new IntactError('bad-data', `"${name}" is empty.`);
  const header = first.every((cell) => cell !== '' && Number.isNaN(Number(cell)))
    ? first
    : undefined;
  const body = header ? rows.slice(1) : rows;
  const width = body[0]?.length ?? 0;
  if (body.length === 0) throw new IntactError('bad-data', `"${name}" has a header but no rows.`);
  body.forEach((row, index) => {
    if (row.length !== width)
      throw new IntactError(
        'bad-data',
        `Line ${index + 1 + (header ? 1 : 0)} of "${name}" has ${row.length} columns, the others ${width}.`,
      );
  });
  const columns = Array.from({ length: width }, (_, column) =>
    numbers(body, column, categories[header?.[column] ?? '']),
  );
  const label = labelIndex(header, columns, inputLength);
  const features = columns.filter((_, column) => column !== label);
  const samples = new Float32Array(body.length * features.length);
  features.forEach((feature, column) => {
    feature.values.forEach((value, row) => {
      if (Number.isNaN(value))
        throw new IntactError(
          'bad-data',
          `Line ${row + 1 + (header ? 1 : 0)} of "${name}" has an empty cell or no number.`,
        );
      samples[row * features.length + column] = value;
    });
  });
  const target = label === undefined ? undefined : columns[label]!;
  const whole = target?.values.every((x) => Number.isInteger(x) && x >= 0 && x < 10_000);
  return {
    name,
    description: `CSV, ${features.length} columns${target ? ` and ${header?.[label!] ?? 'a label'}` : ''}${coding(columns, header, label)}`,
    count: body.length,
    sampleShape: [features.length],
    samples,
    ...(target
      ? { labels: whole ? Int32Array.from(target.values) : Float32Array.from(target.values) }
      : {}),
    ...(target?.classes ? { classNames: target.classes } : {}),
    synthetic: false,
  };
}

/** "; sex: F=0, I=1, M=2" for every text column that is a feature. */
function coding(
  columns: readonly Column[],
  header: readonly string[] | undefined,
  label: number | undefined,
): string {
  return columns
    .map(({ classes }, column) => {
      if (!classes || column === label || classes.length > 12) return '';
      const pairs = classes.map((text, code) => `${text}=${code}`).join(', ');
      return `; ${header?.[column] ?? `column ${column + 1}`}: ${pairs}`;
    })
    .join('');
}

interface Column {
  readonly values: readonly number[];
  /** Texts in the order of their numbers, for a column that is not numbers. */
  readonly classes?: readonly string[];
}

function numbers(
  rows: readonly (readonly string[])[],
  column: number,
  given: readonly string[] | undefined,
): Column {
  const cells = rows.map((row) => row[column]!);
  const values = cells.map((cell) => (cell === '' ? NaN : Number(cell)));
  if (!values.some((value, index) => Number.isNaN(value) && cells[index] !== '')) return { values };
  const classes = given ?? [...new Set(cells)].sort();
  const codes = new Map(classes.map((text, index) => [text, index]));
  return { values: cells.map((cell) => codes.get(cell) ?? NaN), classes };
}

function labelIndex(
  header: readonly string[] | undefined,
  columns: readonly Column[],
  inputLength: number | undefined,
): number | undefined {
  if (inputLength !== undefined && columns.length === inputLength) return undefined;
  const named = header?.findIndex((title) => labelColumn.test(title.trim())) ?? -1;
  if (named >= 0) return named;
  if (inputLength !== undefined && columns.length !== inputLength + 1) return undefined;
  if (inputLength === undefined) return undefined;
  const whole = ({ values }: Column) =>
    values.every((x) => Number.isInteger(x) && x >= 0 && x < 1000);
  const last = columns.length - 1;
  return whole(columns[0]!) && !whole(columns[last]!) ? 0 : last;
}

/** RFC 4180 with comma, semicolon or tab, whichever the first line holds most of. */
function parseRows(text: string, name: string): string[][] {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const separator = [',', ';', '\t'].reduce((best, candidate) =>
    firstLine.split(candidate).length > firstLine.split(best).length ? candidate : best,
  );
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') cell += text[++i]!;
      else quoted = false;
    } else if (char === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (char === separator) {
      row.push(cell.trim());
      cell = '';
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[i + 1] === '\n') i++;
      row.push(cell.trim());
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
      cell = '';
    } else cell += char;
  }
  if (quoted) throw new IntactError('bad-data', `"${name}" ends inside a quoted cell.`);
  row.push(cell.trim());
  if (row.length > 1 || row[0] !== '') rows.push(row);
  return rows;
}
