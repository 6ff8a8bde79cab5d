/** A table as samples: picked columns as features and labels, rows without a value left out. */
import { IntactError } from '../../model/error';
import { labelFromTexts, orderOf as orderOfClasses } from '../images/folders';
import type { ClassNames } from '../images/labels';
import { refusedWith } from '../refused';
import { listed, type ArrayColumn, type LabelColumn, type RawSet } from '../raw';
import type { Check, Choices, ModelNeeds } from '../samples';
import { factsOf, type ColumnFacts } from './label';
import { pick, titleOf, type Picked } from './pick';
import type { Table, TableColumn } from './table';

export interface TableSet extends RawSet {
  /** Row of the table of each sample. */
  readonly rows: Int32Array;
}

/** @throws IntactError `bad-data` where the columns don't fit the model's input, or a cell is no number */
export function setOfTable(
  table: Table,
  needs: ModelNeeds,
  choices: Choices,
  beside?: ClassNames,
): TableSet {
  const checks = [...table.checks];
  try {
    return tableSet(table, needs, choices, beside, checks);
  } catch (error) {
    throw refusedWith(error, checks);
  }
}

/** @param checks gathers what is decided, also of a table that is refused after all */
function tableSet(
  table: Table,
  needs: ModelNeeds,
  choices: Choices,
  beside: ClassNames | undefined,
  checks: Check[],
): TableSet {
  const facts = table.columns.map(factsOf);
  const picked = pick(table, facts, needs, choices);
  checks.push(...picked.checks);
  const coded = picked.features.map((column) => numbersOf(table, column, facts[column]!, choices));
  const kept = keptRows(table, picked, facts, choices);
  checks.push(...coded.flatMap(({ check }) => (check ? [check] : [])));
  if (kept.check) checks.push(kept.check);
  const rows = kept.rows;
  const whole = picked.features.every((column) => facts[column]!.whole);
  const features = featureColumns(
    table,
    picked,
    coded.map(({ values }) => values),
    rows,
    needs,
    whole,
  );
  const ordered = picked.labels.map((column) =>
    labelColumn(table, column, facts[column]!, rows, choices, beside),
  );
  const labels = ordered.map(({ label }) => label);
  checks.push(...ordered.flatMap(({ check }) => (check ? [check] : [])));
  const titles = picked.labels.map((column) => titleOf(table, column));
  return {
    name: table.name,
    description: `${table.lineWord === 'Record' ? 'JSON records' : 'Table'}, ${picked.features.length} columns${titles.length > 0 ? ` and ${titles.join(', ')}` : ''}`,
    count: rows.length,
    rows,
    features,
    labels: joinLabels(labels),
    checks,
    sampleName: (index) => `${table.lineWord.toLowerCase()} ${table.lines[rows[index]!]}`,
    orderAssumed: ordered.some(({ assumed }) => assumed),
  };
}

/** Several label columns of one number each are one label of as many numbers. */
function joinLabels(labels: readonly LabelColumn[]): readonly LabelColumn[] {
  if (labels.length < 2 || labels.some(({ names, values }) => names || !values)) return labels;
  const count = labels[0]!.values!.length;
  const values = new Float64Array(count * labels.length);
  labels.forEach(({ values: column }, at) => {
    for (let row = 0; row < count; row++) values[row * labels.length + at] = column![row]!;
  });
  return [
    {
      name: labels.map(({ name }) => name).join(', '),
      shape: [labels.length],
      storage: labels.every(({ storage }) => storage === 'integers') ? 'integers' : 'floats',
      values,
      row: (index) =>
        Promise.resolve(
          Float32Array.from(values.subarray(index * labels.length, (index + 1) * labels.length)),
        ),
    },
  ];
}

/** The texts' order of a column: as chosen (`categories.TITLE`), else sorted. */
function orderOf(
  column: TableColumn,
  choices: Choices,
): { readonly names: readonly string[]; readonly chosen: boolean } {
  const given = choices[`categories.${column.title}`];
  if (given !== undefined)
    return { names: given.split(',').map((text) => text.trim()), chosen: true };
  const numbers = new Set<string>();
  column.values.forEach((value) => {
    if (!Number.isNaN(value)) numbers.add(String(value));
  });
  return { names: [...new Set([...column.texts, ...numbers])].sort(), chosen: false };
}

const yes = /^(true|yes|on)$/i;
const no = /^(false|no|off)$/i;

function numbersOf(
  table: Table,
  index: number,
  facts: ColumnFacts,
  choices: Choices,
): { readonly values: Float32Array; readonly check?: Check } {
  const column = table.columns[index]!;
  if (!facts.texts) return { values: column.values };
  const title = titleOf(table, index);
  const booleans = column.texts.every((text) => yes.test(text) || no.test(text));
  const { names, chosen } = booleans
    ? {
        names: [
          column.texts.find((t) => no.test(t)) ?? '',
          column.texts.find((t) => yes.test(t)) ?? '',
        ],
        chosen: true,
      }
    : orderOf(column, choices);
  if (!chosen && names.length > Math.max(50, 0.5 * table.count))
    throw new IntactError(
      'bad-data',
      `Column "${title}" of "${table.name}" holds ${names.length} different texts (${listed(names, 3)}): no numbers, and too many for categories. Leave the column out.`,
    );
  const codes = new Map(names.map((text, code) => [text, code]));
  if (booleans) column.texts.forEach((text) => codes.set(text, yes.test(text) ? 1 : 0));
  const values = column.values.map((value, row) => {
    const code = column.codes?.[row] ?? -1;
    const text = code >= 0 ? column.texts[code]! : Number.isNaN(value) ? undefined : String(value);
    return text === undefined ? NaN : (codes.get(text) ?? NaN);
  });
  return {
    values,
    check: {
      id: `categories.${column.title}`,
      label: `Categories of ${title}`,
      status: booleans ? 'told' : chosen ? 'chosen' : 'assumed',
      value: names.join(','),
      sentence: `"${title}" holds texts, read as ${listed(
        names.map((text, code) => `${text}=${code}`),
        12,
      )}${chosen ? '' : ', in sorted order as pandas and scikit-learn do'}.`,
      choices: [],
    },
  };
}

/** Rows with a value in every column that is used. */
function keptRows(
  table: Table,
  { features, labels }: Picked,
  facts: readonly ColumnFacts[],
  choices: Choices,
): { readonly rows: Int32Array; readonly check?: Check } {
  const used = [...features, ...labels].filter(
    (column) => facts[column]!.missing + facts[column]!.odd > 0,
  );
  const bad: { row: number; column: number }[] = [];
  const rows: number[] = [];
  for (let row = 0; row < table.count; row++) {
    const column = used.find((at) => {
      const { values, codes } = table.columns[at]!;
      return Number.isNaN(values[row]!) && !(facts[at]!.texts && codes && codes[row]! >= 0);
    });
    if (column === undefined) rows.push(row);
    else bad.push({ row, column });
  }
  if (bad.length === 0) return { rows: Int32Array.from({ length: table.count }, (_, row) => row) };
  const cell = ({ row, column }: (typeof bad)[number]) => {
    const { codes, texts, missing } = table.columns[column]!;
    const code = codes?.[row] ?? -2;
    const word = code >= 0 ? texts[code] : missing?.[-2 - code];
    return word ? `"${word}"` : 'empty';
  };
  const places = listed(
    bad.map((at) => `${table.lines[at.row]} (${titleOf(table, at.column)}: ${cell(at)})`),
    6,
  );
  const choice = choices.missing;
  const missing = (status: Check['status'], value: string, sentence: string): Check => ({
    id: 'missing',
    label: 'Missing values',
    status,
    value,
    sentence,
    choices: [
      { value: 'leave-out', label: 'Leave the rows out', effect: `${rows.length} samples remain` },
      { value: 'refuse', label: 'Refuse the table' },
    ],
  });
  const what = `${bad.length} of ${table.count} rows have a cell that is no number: ${table.lineWord.toLowerCase()}${bad.length > 1 ? 's' : ''} ${places}`;
  if (
    choice === 'refuse' ||
    rows.length < 2 ||
    (choice === undefined && rows.length < table.count / 2)
  )
    throw new IntactError(
      'bad-data',
      `${what}. Correct them in "${table.name}"${rows.length >= 2 ? ', or choose to leave those rows out' : ''}.`,
      rows.length < 2
        ? {}
        : { checks: [missing(choice ? 'chosen' : 'asked', 'refuse', 'No row is read.')] },
    );
  return {
    rows: Int32Array.from(rows),
    check: missing(
      choice ? 'chosen' : 'assumed',
      'leave-out',
      `${what}. ${bad.length === 1 ? 'It is' : 'They are'} left out.`,
    ),
  };
}

function featureColumns(
  table: Table,
  { features }: Picked,
  values: readonly Float32Array[],
  rows: Int32Array,
  needs: ModelNeeds,
  whole: boolean,
): ArrayColumn[] {
  const storage = whole ? 'integers' : 'floats';
  const column = (name: string, picked: readonly number[]): ArrayColumn => ({
    kind: 'numbers',
    name,
    shape: [picked.length],
    storage,
    count: rows.length,
    row: (index) => Promise.resolve(Float32Array.from(picked, (at) => values[at]![rows[index]!]!)),
  });
  const all = features.map((_, at) => at);
  if (needs.inputs.length > 1) {
    // Columns named as the inputs are: one each.
    const byName = needs.inputs.map(({ name }) =>
      features.findIndex((at) => titleOf(table, at).toLowerCase() === name.toLowerCase()),
    );
    if (byName.every((at) => at >= 0))
      return needs.inputs.map(({ name }, input) => column(name, [byName[input]!]));
  }
  return [column('table', all)];
}

function labelColumn(
  table: Table,
  index: number,
  facts: ColumnFacts,
  rows: Int32Array,
  choices: Choices,
  beside: ClassNames | undefined,
): { readonly label: LabelColumn; readonly check?: Check; readonly assumed: boolean } {
  const column = table.columns[index]!;
  const name = titleOf(table, index);
  if (!facts.texts) {
    const values = Float64Array.from(rows, (row) => column.values[row]!);
    const storage = facts.whole ? 'integers' : 'floats';
    const row = (at: number) => Promise.resolve(Float32Array.of(values[at]!));
    return { label: { name, shape: [], storage, values, row }, assumed: false };
  }
  const texts = Array.from(rows, (row) => {
    const code = column.codes?.[row] ?? -1;
    if (code >= 0) return column.texts[code]!;
    return Number.isNaN(column.values[row]!) ? '' : String(column.values[row]!);
  });
  const given = choices[`categories.${column.title}`];
  const found = [...new Set(texts.filter((text) => text !== ''))].sort();
  const order = orderOfClasses(
    found,
    given === undefined ? choices : { ...choices, 'class-order': given },
    beside,
  );
  return { label: labelFromTexts(name, texts, order), check: order.check, assumed: order.assumed };
}
