/**
 * A table as samples: which columns are features, which the label, which are neither (an index, names),
 * and which rows have no value. Everything decided is a check.
 */
import { IntactError } from '../../model/error';
import { listed, product, type ArrayColumn, type LabelColumn, type RawSet } from '../raw';
import type { Check, CheckChoice, Choices, ModelNeeds } from '../samples';
import { labelFromTexts, orderOf as orderOfClasses } from '../images/folders';
import type { ClassNames } from '../images/labels';
import { factsOf, labelPoints, taskOf, type ColumnFacts } from './label';
import type { Table, TableColumn } from './table';

export interface TableSet extends RawSet {
  /** Row of the table of each sample. */
  readonly rows: Int32Array;
}

interface Picked {
  readonly features: readonly number[];
  readonly labels: readonly number[];
  readonly checks: readonly Check[];
}

/** @throws IntactError `bad-data` where the columns don't fit the model's input, or a cell is no number */
export function setOfTable(
  table: Table,
  needs: ModelNeeds,
  choices: Choices,
  beside?: ClassNames,
): TableSet {
  const facts = table.columns.map(factsOf);
  const picked = pick(table, facts, needs, choices);
  const coded = picked.features.map((column) => numbersOf(table, column, facts[column]!, choices));
  const kept = keptRows(table, picked, facts, choices);
  const checks = [
    ...table.checks,
    ...picked.checks,
    ...coded.flatMap(({ check }) => (check ? [check] : [])),
    ...(kept.check ? [kept.check] : []),
  ];
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

const titleOf = (table: Table, column: number) =>
  table.columns[column]!.title || `column ${column + 1}`;

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

/** Index of the column that a choice names: its title, else its number from 1. */
function columnNamed(table: Table, text: string): number {
  const wanted = text.trim();
  const exact = table.columns.findIndex(({ title }) => title === wanted);
  if (exact >= 0) return exact;
  const loose = table.columns.findIndex(
    ({ title }) => title.toLowerCase() === wanted.toLowerCase(),
  );
  if (loose >= 0) return loose;
  const number = Number(wanted.replace(/^column\s+/i, ''));
  if (Number.isInteger(number) && number >= 1 && number <= table.columns.length) return number - 1;
  throw new IntactError(
    'usage',
    `"${table.name}" has no column "${wanted}". Its columns are ${listed(
      table.columns.map((_, at) => titleOf(table, at)),
      20,
    )}.`,
  );
}

function pick(
  table: Table,
  facts: readonly ColumnFacts[],
  needs: ModelNeeds,
  choices: Choices,
): Picked {
  const checks: Check[] = [];
  const wanted = needs.inputs.reduce((sum, { shape }) => sum + product(shape.slice(1)), 0);
  const open = needs.inputs.some(({ signature }) => signature.slice(1).some((size) => size < 0));
  let columns = table.columns.map((_, column) => column);
  const labelChoice = choices.label;
  const chosen =
    labelChoice === undefined || labelChoice === 'none'
      ? []
      : labelChoice
          .split(table.columns.some(({ title }) => title === labelChoice) ? '\u0000' : ',')
          .map((text) => columnNamed(table, text));
  const columnsChoice = choices.columns;
  if (columnsChoice !== undefined) {
    const features = columnsChoice.split(',').map((text) => columnNamed(table, text));
    columns = columns.filter(
      (column) => features.includes(column) || chosen.includes(column) || !labelChoice,
    );
    if (labelChoice !== undefined) return { features, labels: chosen, checks };
    const rest = table.columns
      .map((_, column) => column)
      .filter((column) => !features.includes(column));
    const label = bestLabel(table, facts, needs, rest);
    return { features, labels: label === undefined ? [] : [label], checks };
  }
  // An index: counts up without being asked for.
  const indexed = indexColumn(table, facts, wanted, chosen, choices['index-column']);
  if (indexed) {
    checks.push(indexed.check);
    if (indexed.dropped) columns = columns.filter((column) => column !== 0);
  }
  const sizes = needs.outputs.map(({ shape }) => product(shape.slice(1)));
  const outputs = sizes.reduce((a, b) => a + b, 0);
  const spare = () => columns.length - wanted;
  const numeric = (list: readonly number[]) => list.every((column) => !facts[column]!.texts);
  const manyTargets = () => spare() > 1 && spare() === outputs && numeric(columns.slice(-outputs));
  // Names, dates, free text and empty columns are no features; they go where there are too many columns.
  if (!open && spare() > Math.max(1, chosen.length)) {
    const useless = columns.filter((column) => {
      const fact = facts[column]!;
      const free = fact.texts && fact.distinct > Math.max(20, 0.5 * table.count);
      return !chosen.includes(column) && (free || fact.missing === table.count || fact.counts);
    });
    const drop = useless.slice(0, Math.max(0, spare() - Math.max(1, chosen.length)));
    if (drop.length > 0) {
      columns = columns.filter((column) => !drop.includes(column));
      checks.push({
        id: 'columns',
        label: 'Columns left out',
        status: 'assumed',
        value: drop.map((column) => titleOf(table, column)).join(','),
        sentence: `${drop.length} of ${table.columns.length} columns left out, since they hold names, dates or nothing: ${listed(drop.map((column) => titleOf(table, column)))}.`,
        choices: [],
      });
    }
  }
  let labels = chosen;
  if (labelChoice === undefined && columns.length > (open ? 1 : wanted)) {
    const multi = !open && manyTargets();
    if (multi) labels = columns.slice(-outputs);
    else {
      const label = bestLabel(table, facts, needs, columns);
      labels = label === undefined ? [] : [label];
    }
  }
  const features = columns.filter((column) => !labels.includes(column));
  checks.push(labelCheck(table, facts, needs, columns, labels, labelChoice));
  if (!open && features.length !== wanted)
    throw new IntactError(
      'bad-data',
      `"${table.name}" gives ${features.length} columns of features (${listed(features.map((column) => titleOf(table, column)))})${labels.length > 0 ? ` beside the label ${labels.map((column) => titleOf(table, column)).join(', ')}` : ''}, but the model's input takes ${wanted} number${wanted === 1 ? '' : 's'}. Give a table with those columns, or name the label column.`,
      { columns: features.length, wanted },
    );
  return { features, labels, checks };
}

function indexColumn(
  table: Table,
  facts: readonly ColumnFacts[],
  wanted: number,
  chosen: readonly number[],
  choice: string | undefined,
): { readonly dropped: boolean; readonly check: Check } | undefined {
  const [first] = table.columns;
  if (!first || chosen.includes(0) || table.columns.length <= wanted || table.columns.length < 2)
    return undefined;
  const named =
    /^(|unnamed: 0|index|idx|id|row|no\.?|#|nr|sample|sample_id|_id|row_?(id|number|names?))$/i.test(
      first.title,
    );
  const unique = named && (facts[0]!.counts || facts[0]!.distinct >= Math.min(1000, table.count));
  if (!facts[0]!.counts && !unique) return undefined;
  const dropped = choice === 'keep' ? false : true;
  return {
    dropped,
    check: {
      id: 'index-column',
      label: 'Index column',
      status: choice ? 'chosen' : named || table.columns.length >= wanted + 2 ? 'told' : 'assumed',
      value: dropped ? 'drop' : 'keep',
      sentence: dropped
        ? `The first column${first.title ? ` ("${first.title}")` : ''} counts the rows; it is no feature.`
        : 'The first column counts the rows and is kept as a feature, as chosen.',
      choices: [
        { value: 'drop', label: 'An index: leave it out' },
        { value: 'keep', label: 'A feature' },
      ],
    },
  };
}

function bestLabel(
  table: Table,
  facts: readonly ColumnFacts[],
  needs: ModelNeeds,
  columns: readonly number[],
): number | undefined {
  const points = pointsOf(table, facts, needs, columns);
  const best = points.reduce((a, b) => (b.points > a.points ? b : a), points[0]!);
  return best?.column;
}

function pointsOf(
  table: Table,
  facts: readonly ColumnFacts[],
  needs: ModelNeeds,
  columns: readonly number[],
): { readonly column: number; readonly points: number }[] {
  const points = labelPoints(
    columns.map((column) => table.columns[column]!),
    columns.map((column) => facts[column]!),
    taskOf(needs),
    table.header,
  );
  return columns.map((column, at) => ({ column, points: points[at]! }));
}

function labelCheck(
  table: Table,
  facts: readonly ColumnFacts[],
  needs: ModelNeeds,
  columns: readonly number[],
  labels: readonly number[],
  choice: string | undefined,
): Check {
  const ranked = pointsOf(table, facts, needs, columns).sort((a, b) => b.points - a.points);
  const [best, second] = ranked;
  const clear = best !== undefined && (second === undefined || best.points - second.points >= 3);
  const title = labels.map((column) => titleOf(table, column)).join(',');
  const shown = new Set([...labels, ...ranked.slice(0, 6).map(({ column }) => column)]);
  const options: CheckChoice[] = [...shown].map((column) => ({
    value: titleOf(table, column),
    label: titleOf(table, column),
    effect: `first rows: ${firstCells(table, column)}`,
  }));
  return {
    id: 'label',
    label: 'Label column',
    status:
      choice !== undefined ? 'chosen' : labels.length === 0 ? 'told' : clear ? 'told' : 'assumed',
    value: labels.length === 0 ? 'none' : title,
    sentence:
      labels.length === 0
        ? 'There are as many columns as the input takes numbers, so none is a label.'
        : `"${title}" is the label${choice !== undefined ? ', as chosen' : clear ? ', by its name, type and place' : `; "${titleOf(table, second!.column)}" could be it too`}: ${labels.length === 1 ? firstCells(table, labels[0]!) : `${labels.length} columns`}.`,
    choices: [...options, { value: 'none', label: 'No label' }],
  };
}

export function firstCells(table: Table, column: number): string {
  const { values, codes, texts } = table.columns[column]!;
  return Array.from({ length: Math.min(6, table.count) }, (_, row) => {
    const code = codes?.[row] ?? -1;
    return code >= 0
      ? texts[code]!
      : Number.isNaN(values[row]!)
        ? '(missing)'
        : String(Number(values[row]!.toPrecision(7)));
  }).join(', ');
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
  const what = `${bad.length} of ${table.count} rows have a cell that is no number: ${table.lineWord.toLowerCase()}${bad.length > 1 ? 's' : ''} ${places}`;
  if (
    choice === 'refuse' ||
    rows.length < 2 ||
    (choice === undefined && rows.length < table.count / 2)
  )
    throw new IntactError(
      'bad-data',
      `${what}. Correct them in "${table.name}"${rows.length >= 2 ? ', or choose to leave those rows out' : ''}.`,
    );
  return {
    rows: Int32Array.from(rows),
    check: {
      id: 'missing',
      label: 'Missing values',
      status: choice ? 'chosen' : 'assumed',
      value: 'leave-out',
      sentence: `${what}. ${bad.length === 1 ? 'It is' : 'They are'} left out.`,
      choices: [
        {
          value: 'leave-out',
          label: 'Leave the rows out',
          effect: `${rows.length} samples remain`,
        },
        { value: 'refuse', label: 'Refuse the table' },
      ],
    },
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
