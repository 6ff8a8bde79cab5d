/** Scalers outside of the model: their numbers against scikit-learn's, and whether figures prove them. */
import { describe, expect, it } from 'vitest';
import { momentsOf, scaleColumns, settledBy } from './columnScale';
import { openSamples } from './open';
import { checksOf } from './refused';
import { asIntactError } from '../model/error';
import type { Choices, DataSource, ModelNeeds, TryOut } from './samples';

const rows = [
  [1, 1000, 5],
  [2, 3000, 5],
  [4, 2000, 5],
  [5, 6000, 5],
];
const moments = (table: readonly (readonly number[])[]) =>
  momentsOf(
    (at) => Promise.resolve(table[at]!),
    [...table.keys()],
    table[0]!.length,
    table[0]!.length,
  );

describe('columns', () => {
  it('are scaled as StandardScaler and MinMaxScaler of scikit-learn 1.9.1 do', async () => {
    const found = await moments(rows);
    expect([...found.mean]).toEqual([3, 3000, 5]);
    expect(found.std[0]).toBeCloseTo(1.58113883, 7);
    expect(found.std[1]).toBeCloseTo(1870.82869339, 6);
    const standard = Float32Array.from(rows[3]!);
    scaleColumns(standard, 'columns-standard', found);
    [1.26491106, 1.60356745, 0].forEach((x, at) => expect(standard[at]).toBeCloseTo(x, 6));
    const unit = Float32Array.from(rows[1]!);
    scaleColumns(unit, 'columns-min-max', found);
    [0.25, 0.4, 0].forEach((x, at) => expect(unit[at]).toBeCloseTo(x, 6));
  });

  it('that somebody has scaled leave nothing to try', async () => {
    expect(settledBy(await moments(rows))).toBeUndefined();
    expect(settledBy(await moments([[-1.2], [0.1], [1.3], [-0.2]]))).toMatch('deviation 1 already');
    expect(settledBy(await moments([[0.2], [0.9], [0.4]]))).toMatch('between −1 and 1');
  });
});

const needs: ModelNeeds = {
  inputs: [{ name: 'in', dtype: 'float32', shape: [1, 2], signature: [-1, 2], indexLimit: 0 }],
  outputs: [{ name: 'out', shape: [1, 1], ends: 'linear' }],
};
/** y = 10 + a/sd(a) − b/sd(b), which a model of standardized columns gives as it is. */
const table = Array.from({ length: 60 }, (_, at) => [
  (at * 11) % 60,
  100 * ((at * 7) % 60),
  (at * 13) % 5,
]);
const csv = (lines: readonly (readonly (string | number)[])[]): DataSource => ({
  kind: 'files',
  name: 't.csv',
  key: 't',
  choices: {},
  files: [{ path: 't.csv', bytes: new Blob([lines.map((line) => line.join(',')).join('\n')]) }],
});
const sd = Math.sqrt((60 ** 2 - 1) / 12);
const source = csv([
  ['a', 'b', 'y'],
  ...table.map(([a, b]) => [a!, b!, 10 + a! / sd - b! / (100 * sd)]),
]);
/** A model whose answer is 10 + a − b. */
const tryOut: TryOut = (candidates, indices) =>
  Promise.all(
    candidates.map(async ({ read }) => {
      const errors = await Promise.all(
        indices.map(async (index) => {
          const { inputs, targets } = await read(index);
          const [a, b] = inputs[0]! as unknown as [number, number];
          return Math.abs(10 + a - b - (targets[0] as Float32Array)[0]!);
        }),
      );
      return { score: -errors.reduce((x, y) => x + y, 0) / errors.length };
    }),
  );

describe('a scaler outside of the model', () => {
  it('is proven by labelled samples, and its numbers are said', async () => {
    const { checks } = await openSamples(source, needs, tryOut);
    const range = checks.find(({ id }) => id === 'range')!;
    expect(range).toMatchObject({ status: 'proven', value: 'columns-standard' });
    expect(range.sentence).toContain(`means 29.5, 2950 and deviations ${sd.toPrecision(4)}`);
  });

  it('is assumed not to be there without labels, and said; a layer that normalizes tells it', async () => {
    const bare = csv([['a', 'b'], ...table.map(([a, b]) => [a!, b!])]);
    const range = async (hint: Partial<ModelNeeds>) =>
      (await openSamples(bare, { ...needs, ...hint }, tryOut)).checks.find(
        ({ id }) => id === 'range',
      );
    expect(await range({})).toMatchObject({ status: 'assumed', value: 'none' });
    const rangeHint = {
      preset: 'raw-255',
      why: 'It scales (Normalization "n", by 1).',
      proven: true,
    };
    expect(await range({ rangeHint })).toMatchObject({ status: 'told', value: 'none' });
  });
});

describe('a refusal of a table', () => {
  const wide = csv([
    ['name', 'a', 'b', 'c', 'y'],
    ...table.map(([a, b, c], at) => [`n${at % 7}`, a!, b!, c!, a! + b! + 0.5]),
  ]);
  const refusal = async (choices: Choices) => {
    try {
      await openSamples({ ...wide, choices }, needs);
      return [];
    } catch (thrown) {
      return checksOf(asIntactError(thrown));
    }
  };

  it('carries the columns, the label and the header to choose, and ends once they are chosen', async () => {
    const checks = await refusal({});
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['columns', 'label', 'header']),
    );
    const columns = checks.find(({ id }) => id === 'columns')!;
    expect(columns).toMatchObject({ several: true, status: 'asked' });
    expect(columns.choices.map(({ value }) => value)).toEqual(['name', 'a', 'b', 'c', 'y']);
    expect(columns.choices[1]!.effect).toBe('0, 11, 22, 33, 44, 55');
    const three = await refusal({ columns: 'a,b,c' });
    expect(three.find(({ id }) => id === 'columns')).toMatchObject({
      status: 'chosen',
      value: 'a,b,c',
    });
    expect(await refusal({ columns: 'a,b', label: 'y' })).toEqual([]);
  });
});
