import { expect, test } from 'vitest';
import { figureById } from '../../analysis/figures';
import { stockRecipe } from '../../quant/recipe';
import { fakeModel } from '../../testing/fakeModel';
import { fakeRun } from '../../testing/fakeRun';
import { runColours } from './colour';
import { chartSeries, sameData } from './series';

const model = fakeModel('net.keras', 12);
const int8 = fakeRun({ id: 'a', model, recipe: stockRecipe('int8') });
const float16 = fakeRun({ id: 'b', model, recipe: stockRecipe('float16') });
const size = figureById('size', int8);
const isolated = figureById('isolated', int8);
const named = (run: typeof int8) => ({ run, label: `label of ${run.id}` });

test('one point a layer, in the network’s order, with the value of each run', () => {
  const { series, points } = chartSeries(isolated, [named(int8), named(float16)]);
  expect(series.map(({ key, label }) => [key, label])).toEqual([
    ['a', 'label of a'],
    ['b', 'label of b'],
  ]);
  expect(series.map(({ color }) => color)).toEqual(runColours.slice(0, 2));
  expect(points.map(({ id }) => id)).toEqual(int8.made.layers.map(({ id }) => id));
  expect(points.map(({ index }) => index)).toEqual([...Array(12).keys()]);
  expect(points[2]!.name).toBe(int8.made.layers[2]!.layer);
  for (const { id, values } of points) {
    expect(values['a']).toBe(int8.figures.layers[id]!.isolated?.sqnr);
    expect(values['b']).toBe(float16.figures.layers[id]!.isolated?.sqnr);
    expect(values).not.toHaveProperty('float');
  }
});

test('a compared run keeps its colour, the others take what is left', () => {
  const runs = [named(int8), { ...named(float16), position: 0 }];
  const { series } = chartSeries(isolated, runs);
  expect(series.map(({ color, position }) => [color, position])).toEqual([
    ['var(--run-2)', undefined],
    ['var(--run-1)', 0],
  ]);
  expect(
    sameData(
      chartSeries(isolated, runs),
      chartSeries(
        isolated,
        runs.map(({ run, label }) => ({ run, label })),
      ),
    ),
  ).toBe(false);
});

test('a figure with a float side shows it first, in its own colour', () => {
  const { series, points } = chartSeries(size, [named(int8)]);
  expect(series[0]).toMatchObject({ key: 'float', label: 'float32', color: 'var(--float)' });
  expect(points[0]!.values).toEqual({
    float: int8.made.layers[0]!.bytesFloat,
    a: int8.made.layers[0]!.bytesQuantized,
  });
});

test('no more runs than colours; a layer that another run lacks has no value there', () => {
  const many = Array.from({ length: 8 }, (_, at) => named({ ...int8, id: `run ${at}` }));
  expect(chartSeries(isolated, many).series).toHaveLength(runColours.length);
  const short = { ...float16, made: { ...float16.made, layers: float16.made.layers.slice(1) } };
  const shorter = { ...short, figures: { ...short.figures } };
  const [point] = chartSeries(isolated, [named(int8), named(shorter)]).points;
  expect(point!.values['b']).toBeUndefined();
  expect(chartSeries(isolated, []).points).toEqual([]);
});

test('the same picture is known again, and any difference is seen', () => {
  const data = chartSeries(isolated, [named(int8), named(float16)]);
  expect(sameData(data, structuredClone(data))).toBe(true);
  const [point, ...others] = data.points;
  const changes = [
    { ...data, points: others },
    { ...data, series: data.series.slice(1) },
    { ...data, series: data.series.map((one) => ({ ...one, label: 'other' })) },
    { ...data, series: data.series.map((one) => ({ ...one, key: 'other' })) },
    { ...data, points: [{ ...point!, id: 'other' }, ...others] },
    { ...data, points: [{ ...point!, values: { ...point!.values, b: 1 } }, ...others] },
  ];
  for (const changed of changes) expect(sameData(data, changed)).toBe(false);
});
