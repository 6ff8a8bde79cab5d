/** Which column of a table is the label: by name, type and place together, against what the model gives. */
import type { ModelNeeds } from '../samples';
import { product } from '../raw';
import type { TableColumn } from './table';

/** What a column holds, over the rows that have a value. */
export interface ColumnFacts {
  readonly texts: boolean;
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  /** Different values, counted up to 1,001. */
  readonly distinct: number;
  readonly missing: number;
  /** 0, 1, 2 … or 1, 2, 3 … */
  readonly counts: boolean;
  /** Cells that are texts in a column of numbers. */
  readonly odd: number;
}

export function factsOf({ values, codes, texts }: TableColumn): ColumnFacts {
  const seen = new Set<number>();
  let whole = true;
  let counts = values.length > 1;
  let min = Infinity;
  let max = -Infinity;
  let missing = 0;
  let odd = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (Number.isNaN(value)) {
      if (codes && codes[row]! >= 0) odd++;
      else missing++;
      counts = false;
      continue;
    }
    if (!Number.isInteger(value)) whole = false;
    if (value < min) min = value;
    if (value > max) max = value;
    if (seen.size <= 1000) seen.add(value);
    if (row > 0 && value !== values[row - 1]! + 1) counts = false;
  }
  const text = odd > 0 && odd >= 0.1 * (values.length - missing);
  return {
    texts: text,
    whole: whole && !text,
    min,
    max,
    distinct: text ? texts.length : seen.size,
    missing,
    counts: counts && (values[0] === 0 || values[0] === 1),
    odd: text ? 0 : odd,
  };
}

export const strong =
  /^(label|labels|class|classes|target|targets|category|species|rings|output|outcome|diagnosis|activity|result|survived|churn|churned|default|exited|fraud|is_fraud|attrition|ground[_ ]?truth|y_true|class[_ ]?(name|id|index)|quality)$/i;
const weak =
  /^(y|t|type|kind|price|medv|charges|value|score|medianhousevalue|median_house_value|mpg)$/i;

export interface Task {
  /** Classes that a label may name; 2 for one sigmoid or logit; 0: numbers. */
  readonly classes: number;
  readonly numbers: boolean;
}

export function taskOf({ outputs }: ModelNeeds): Task {
  const [first] = outputs;
  if (!first) return { classes: 0, numbers: true };
  const size = product(first.shape.slice(1));
  if (size > 1)
    return { classes: size, numbers: first.ends === 'linear' || first.ends === 'other' };
  return { classes: first.ends === 'sigmoid' ? 2 : 0, numbers: first.ends !== 'sigmoid' };
}

const booleans = (texts: readonly string[]) =>
  texts.every((text) => /^(true|false|yes|no|on|off)$/i.test(text));

const datePattern =
  /^(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ,]+\d{1,2}:\d{2}.*)?$/;

/** A column of texts that are days or times. */
export function holdsDates(
  { title, texts }: TableColumn,
  { texts: areTexts }: ColumnFacts,
): boolean {
  if (!areTexts || texts.length === 0) return false;
  const named = /(^|[_ ])(date|datetime|timestamp|time|day)$/i.test(title.trim());
  return texts.every(
    (text) => datePattern.test(text) || (named && !Number.isNaN(Date.parse(text))),
  );
}

/** Points for each column as the label; the best is taken when it is above zero. */
export function labelPoints(
  columns: readonly TableColumn[],
  facts: readonly ColumnFacts[],
  task: Task,
  header: boolean,
): number[] {
  return columns.map(({ title, texts }, column) => {
    const fact = facts[column]!;
    let points = 0;
    if (header && strong.test(title.trim())) points += 5;
    else if (header && weak.test(title.trim())) points += 2;
    if (column === columns.length - 1) points += 2;
    if (column === 0) points += 1;
    const asClass =
      task.classes > 0 &&
      (fact.texts
        ? fact.distinct <= Math.max(2, task.classes)
        : fact.whole &&
          fact.distinct <= Math.max(2, task.classes) &&
          fact.min >= -1 &&
          fact.max <= task.classes);
    if (task.classes > 0) {
      points += asClass ? 3 : task.numbers && !fact.texts && !task.classes ? 0 : -6;
      if (asClass && fact.texts && !booleans(texts)) points += 3;
      if (asClass && !fact.texts && fact.distinct >= 2 && fact.distinct === task.classes)
        points += 1;
    } else if (fact.texts && fact.distinct !== 2) points -= 6;
    if (fact.distinct <= 1) points -= 4;
    if (fact.counts) points -= 4;
    return points;
  });
}
