/** Which columns of a table are features, which the label, which are neither (an index, names, dates). */
import { IntactError } from '../../model/error';
import { listed, product } from '../raw';
import type { Check, CheckChoice, Choices, ModelNeeds } from '../samples';
import { holdsDates, labelPoints, strong, taskOf, type ColumnFacts } from './label';
import type { Table } from './table';

export interface Picked {
  readonly features: readonly number[];
  readonly labels: readonly number[];
  readonly checks: readonly Check[];
}

export const titleOf = (table: Table, column: number) =>
  table.columns[column]!.title || `column ${column + 1}`;

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

/** What a choice may call the column: its title where that is the only one of its kind. */
const keyOf = (table: Table, column: number): string => {
  const { title } = table.columns[column]!;
  const plain = title !== '' && title === title.trim() && !title.includes(',');
  return plain && table.columns.findIndex((other) => other.title === title) === column
    ? title
    : `column ${column + 1}`;
};

function columnsCheck(
  table: Table,
  features: readonly number[],
  status: Check['status'],
  sentence: string,
): Check {
  return {
    id: 'columns',
    label: 'Columns taken',
    status,
    several: true,
    value: features.map((column) => keyOf(table, column)).join(','),
    sentence,
    choices: table.columns.slice(0, MOST_OFFERED).map((_, column) => ({
      value: keyOf(table, column),
      label: titleOf(table, column),
      effect: firstCells(table, column),
    })),
  };
}

/** Columns that are offered one by one. */
const MOST_OFFERED = 200;

/** @throws IntactError `bad-data` with the choices that would help, `usage` for a column that is not there */
export function pick(
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
    const rest = columns.filter((column) => !features.includes(column));
    const best = labelChoice === undefined ? bestLabel(table, facts, needs, rest) : undefined;
    const labels = best === undefined ? chosen : [best];
    checks.push(
      columnsCheck(
        table,
        features,
        'chosen',
        `${features.length} columns are taken, as chosen: ${listed(
          features.map((column) => titleOf(table, column)),
          20,
        )}.`,
      ),
    );
    if (rest.length + chosen.length > 0)
      checks.push(labelCheck(table, facts, needs, rest, labels, labelChoice));
    if (!open && features.length !== wanted)
      throw new IntactError(
        'bad-data',
        `${features.length} columns are chosen of "${table.name}", but the model's input takes ${wanted} number${wanted === 1 ? '' : 's'}. Choose as many.`,
        { columns: features.length, wanted, checks },
      );
    return { features, labels, checks };
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
  // One column an output: probabilities are held against columns from 0 to 1 alone.
  const likely = needs.outputs.every(({ ends }) => ends === 'softmax' || ends === 'sigmoid');
  const unit = (list: readonly number[]) =>
    list.every((column) => facts[column]!.min >= 0 && facts[column]!.max <= 1);
  const manyTargets = () => {
    const last = columns.slice(-outputs);
    return spare() > 1 && spare() === outputs && numeric(last) && (!likely || unit(last));
  };
  const dates = columns.filter(
    (column) => !chosen.includes(column) && holdsDates(table.columns[column]!, facts[column]!),
  );
  const undated = columns.filter((column) => !dates.includes(column));
  const left: number[] = [];
  if (
    !open &&
    undated.length >= wanted + chosen.length &&
    (undated.length > wanted ||
      !undated.some((column) => strong.test(table.columns[column]!.title)))
  ) {
    columns = undated;
    left.push(...dates);
  }
  // Names, free text and empty columns are no features; they go where there are too many columns.
  if (!open && spare() > Math.max(1, chosen.length)) {
    const useless = columns.filter((column) => {
      const fact = facts[column]!;
      const free = fact.texts && fact.distinct > Math.max(20, 0.5 * table.count);
      return !chosen.includes(column) && (free || fact.missing === table.count || fact.counts);
    });
    const drop = useless.slice(0, Math.max(0, spare() - Math.max(1, chosen.length)));
    columns = columns.filter((column) => !drop.includes(column));
    left.push(...drop);
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
  let features = columns.filter((column) => !labels.includes(column));
  const numbers = features.filter(
    (column) => !facts[column]!.texts && facts[column]!.missing < table.count,
  );
  const names = (list: readonly number[]) =>
    listed(
      list.map((column) => titleOf(table, column)),
      20,
    );
  left.sort((a, b) => a - b);
  if (!open && features.length > wanted && numbers.length === wanted) {
    const texts = features.filter((column) => !numbers.includes(column));
    features = numbers;
    checks.push(
      columnsCheck(
        table,
        features,
        'assumed',
        `The columns of numbers are as many as the input takes, ${wanted}, and are taken: ${names(features)}. Left out: ${names([...left, ...texts].sort((a, b) => a - b))}.`,
      ),
    );
  } else if (left.length > 0)
    checks.push(
      columnsCheck(
        table,
        features,
        'assumed',
        `${left.length} of ${table.columns.length} columns left out, since they hold names, dates or nothing: ${names(left)}.`,
      ),
    );
  checks.push(labelCheck(table, facts, needs, columns, labels, labelChoice));
  const dated = features.filter(
    (column) =>
      dates.includes(column) && choices[`categories.${table.columns[column]!.title}`] === undefined,
  );
  const wayOut = 'name the label column, or choose the columns as the model takes them';
  const ways = [
    ...checks.filter(({ id }) => id !== 'columns'),
    columnsCheck(table, features, 'asked', `The model's input takes ${wanted} of them.`),
  ];
  if (!open && features.length !== wanted)
    throw new IntactError(
      'bad-data',
      `"${table.name}" gives ${features.length} columns of features (${listed(features.map((column) => titleOf(table, column)))})${labels.length > 0 ? ` beside the label ${labels.map((column) => titleOf(table, column)).join(', ')}` : ''}, but the model's input takes ${wanted} number${wanted === 1 ? '' : 's'}. Give a table with those columns, ${wayOut}.`,
      { columns: features.length, wanted, checks: ways },
    );
  if (dated.length > 0)
    throw new IntactError(
      'bad-data',
      `"${table.name}" holds dates in the column ${names(dated)}, which are no numbers, and the model's input takes ${wanted}. Give them as numbers, ${wayOut}.`,
      { columns: features.length, wanted, checks: ways },
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
  const clear =
    labels.length < 2 &&
    best !== undefined &&
    (second === undefined || best.points - second.points >= 3);
  const title = labels.map((column) => keyOf(table, column)).join(',');
  const shown = new Set([...labels, ...ranked.slice(0, 6).map(({ column }) => column)]);
  const options: CheckChoice[] = [...shown].map((column) => ({
    value: keyOf(table, column),
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
        ? choice === 'none'
          ? 'No column is a label, as chosen.'
          : 'There are as many columns as the input takes numbers, so none is a label.'
        : `"${title}" is the label${
            choice !== undefined
              ? ', as chosen'
              : clear
                ? ', by its name, type and place'
                : labels.length > 1
                  ? ', one column for each number that the model gives'
                  : `; "${titleOf(table, second!.column)}" could be it too`
          }: ${labels.length === 1 ? firstCells(table, labels[0]!) : `${labels.length} columns`}.`,
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
