import { expect, test } from 'vitest';
import { stockRecipe } from '../../quant/recipe';
import type { Figures, Run } from '../../run/types';
import { fakeModel } from '../../testing/fakeModel';
import { fakeRun } from '../../testing/fakeRun';
import { calibrationText, otherTarget } from './recipe';
import { runCells, runsHeads, wholeText } from './whole';

const model = fakeModel('net.keras', 4);
const base = fakeRun({ model, recipe: stockRecipe('int8') });
const floatRun = fakeRun({ model, id: 'float' });
const [score] = base.figures.whole.scores;

function withFigures(part: {
  whole?: Partial<Figures['whole']>;
  float?: Partial<Figures['float']>;
}): Run {
  const { figures } = base;
  return {
    ...base,
    figures: {
      ...figures,
      whole: { ...figures.whole, ...part.whole },
      float: { ...figures.float, ...part.float },
    },
  };
}
const measured = withFigures({
  whole: { scores: [{ ...score!, value: 97.5 }], fileBytes: 118_000, ms: 0.5, energy: 1e5 },
  float: { scores: [{ ...score!, value: 98.9 }], fileBytes: 413_000, ms: 2, energy: 1.4e6 },
});
const cells = (run: Run, growing = false) =>
  Object.fromEntries(runCells(run, runsHeads([measured]), growing).map((cell) => [cell.id, cell]));

test('heads: the score by its name where all runs are scored alike, else "Score"', () => {
  const all = ['Accuracy', 'File size', 'Latency', 'Energy'];
  expect(runsHeads([measured]).map(({ head }) => head)).toEqual(all);
  expect(runsHeads([measured, base, floatRun]).map(({ head }) => head)).toEqual(all);
  const other = withFigures({ whole: { scores: [{ ...score!, kind: 'numbers', unit: '' }] } });
  expect(runsHeads([measured, other])[0]!.head).toBe('Score');
  expect(runsHeads([other, measured])[0]!.head).toBe('Score');
  expect(runsHeads([measured, other])).toHaveLength(all.length);
  expect(runsHeads([])[0]!.head).toBe('Score');
});

test('the quantized model’s figures, not float’s, with what changed', () => {
  const row = cells(measured);
  expect(row['score']).toMatchObject({ text: '97.5 %', change: 'Δ −1.4', marked: true });
  expect(row['size']).toMatchObject({ text: '118 kB', change: '÷3.5', marked: false });
  expect(row['latency']).toMatchObject({ text: '500 µs', change: '÷4.0' });
  expect(row['energy']).toMatchObject({ text: '100 nJ', change: '÷14' });
  expect(row['score']!.fromSamples).toBe(true);
  expect(row['size']!.fromSamples).toBe(false);
});

test('a loss within a point is not marked', () => {
  const near = withFigures({
    whole: { scores: [{ ...score!, value: 98 }] },
    float: { scores: [{ ...score!, value: 98.9 }] },
  });
  expect(cells(near)['score']).toMatchObject({ change: 'Δ −0.9', marked: false });
});

test('float itself has figures and no change', () => {
  for (const cell of Object.values(cells(floatRun)))
    expect(cell).toMatchObject({ change: '', marked: false });
  expect(cells(floatRun)['score']!.text).toBe('98.9 %');
});

test('what is still measured waits, what never will be is a dash', () => {
  const waiting = {
    ...withFigures({ whole: { ms: undefined }, float: { ms: undefined } }),
    pending: ['latency'],
  } as const satisfies Run;
  expect(cells(waiting, true)['latency']).toMatchObject({ text: '…', change: '' });
  expect(cells(waiting, false)['latency']!.text).toBe('–');
  expect(cells({ ...waiting, pending: [] }, true)['latency']!.text).toBe('–');
  const [unknown] = runCells(measured, [{ id: 'nothing like it' }], false);
  expect(unknown).toEqual({
    id: 'nothing like it',
    text: '–',
    change: '',
    marked: false,
    fromSamples: false,
  });
});

test('a cost is not marked however little it shrank, and one side alone has no ratio', () => {
  const { figures } = measured;
  const grown = withFigures({ whole: { ...figures.whole, fileBytes: 900_000, ms: 5 } });
  expect(cells(grown)['size']).toMatchObject({ change: '×2.2', marked: false });
  expect(cells(grown)['latency']!.marked).toBe(false);
  expect(cells(withFigures({ float: { ms: undefined } }))['latency']!.change).toBe('');
  expect(cells(withFigures({ float: { fileBytes: 0 } }))['size']!.change).toBe('');
});

test('SQNR of the output is a distance to float: no change of its own, marked when it is low', () => {
  const likeness = { ...score!, kind: 'likeness', unit: 'dB', label: 'SQNR to float' } as const;
  const scores = (value: number) => ({ scores: [{ ...likeness, value }] });
  const run = (value: number) => withFigures({ whole: scores(value), float: scores(Infinity) });
  expect(cells(run(31.25))['score']).toMatchObject({ text: '31.3 dB', change: '', marked: false });
  expect(cells(run(4))['score']!.marked).toBe(true);
});

test('an error is written without a sign, its change with one', () => {
  expect(wholeText({ unit: 'target' }, 0.1135)).toBe('0.114');
  expect(wholeText({ unit: '%' }, NaN)).toBe('–');
  const mae = { ...score!, kind: 'numbers', unit: '', better: 'lower' } as const;
  const run = withFigures({
    whole: { scores: [{ ...mae, value: 1.5 }] },
    float: { scores: [{ ...mae, value: 1.25 }] },
  });
  expect(cells(run)['score']).toMatchObject({ text: '1.50', change: 'Δ +0.250', marked: true });
});

test('what made a run in a few words', () => {
  const { samples } = base.made;
  const text = (recipe: Run['made']['recipe']) => calibrationText({ recipe, samples });
  expect(text(stockRecipe('int8'))).toBe('Min-max, 200 samples');
  const percentile = { method: 'percentile', percentile: 99.9 } as const;
  expect(text(stockRecipe('int8', { calibration: percentile }))).toBe(
    'Percentile 99.9, 200 samples',
  );
  expect(text(stockRecipe('float16'))).toBe('not needed');
  expect(text(undefined)).toBe('–');
  const one = { ...samples, roles: [{ role: 'calibration', count: 1, key: 'k' }] } as const;
  expect(calibrationText({ recipe: stockRecipe('int8'), samples: one })).toBe('Min-max, 1 sample');
  const none = { ...samples, roles: [] };
  expect(calibrationText({ recipe: stockRecipe('int8'), samples: none })).toBe(
    'Min-max, 0 samples',
  );
});

test('another target than the usual one is named', () => {
  expect(otherTarget({ recipe: stockRecipe('int8') })).toBeUndefined();
  expect(otherTarget({ recipe: stockRecipe('int8', { target: 'tflite-2021' }) })).toBe(
    'TFLite (2021)',
  );
  expect(otherTarget({})).toBeUndefined();
});
