/** Arrays beside the samples as labels: as many rows, the usual names first. */
import { IntactError } from '../../model/error';
import { listed, product, type LabelColumn } from '../raw';
import type { Check, Choices, ModelNeeds } from '../samples';
import type { NumberArray } from './types';

export const labelNames = [
  'y',
  'labels',
  'label',
  'targets',
  'target',
  'classes',
  'class',
  'masks',
  'mask',
  'y_true',
  'arr_1',
];

export const bare = (name: string) =>
  name
    .toLowerCase()
    .replace(/^serving_default_/, '')
    .replace(/:\d+$/, '')
    .replace(/^.*\//, '');

/** Values of a label array are held up to this many. */
const MOST_HELD = 2 ** 22;

export async function labelsOf(
  rest: readonly (readonly [string, NumberArray])[],
  count: number,
  choices: Choices,
  needs: ModelNeeds,
): Promise<{ readonly labels: LabelColumn[]; readonly check?: Check }> {
  const { label } = choices;
  if (label === 'none') return { labels: [] };
  const rank = (name: string) => {
    const place = labelNames.indexOf(bare(name));
    const output = needs.outputs.findIndex((need) => bare(need.name) === bare(name));
    return output >= 0 ? output - 100 : place >= 0 ? place : 50;
  };
  const ranked = [...rest].sort(([a], [b]) => rank(a) - rank(b));
  const fitting = ranked.filter(
    ([key, { shape }]) => shape[0] === count && (label === undefined || key === label),
  );
  if (label !== undefined && fitting.length === 0)
    throw new IntactError(
      'usage',
      `There is no array "${label}" of ${count} rows; others are ${listed(rest.map(([key]) => key)) || 'none'}.`,
    );
  const labels = [];
  for (const [, array] of fitting) labels.push(await labelOf(array, count));
  const unfit = ranked.filter(([key, { shape }]) => shape[0] !== count && rank(key) < 50);
  if (labels.length === 0 && unfit.length > 0) {
    const [key, { shape }] = unfit[0]!;
    return {
      labels,
      check: {
        id: 'label',
        label: 'Labels',
        status: 'asked',
        value: 'none',
        sentence: `"${key}" has ${shape[0] ?? 1} rows and there are ${count} samples, so the labels are left out: which belongs to which is not known.`,
        choices: [],
      },
    };
  }
  return { labels };
}

async function labelOf(array: NumberArray, count: number): Promise<LabelColumn> {
  const shape = array.shape.slice(1);
  const { name } = array;
  if (array.storage === 'texts') {
    const texts = (await array.all()) as readonly string[];
    const names = [...new Set(texts)].sort();
    const codes = new Map(names.map((text, code) => [text, code]));
    const values = Float64Array.from(texts, (text) => codes.get(text)!);
    return {
      name,
      shape: [],
      storage: 'integers',
      values,
      names,
      row: (at) => Promise.resolve(Float32Array.of(values[at]!)),
    };
  }
  const { storage } = array;
  const few = count * product(shape) <= MOST_HELD;
  return {
    name,
    shape,
    storage,
    ...(few ? { values: (await array.all()) as Float64Array } : {}),
    row: (index) => array.row(index),
  };
}
