/** Comparison on runs whose every number can be worked out by hand. */
import { describe, expect, it } from 'vitest';
import {
  across,
  compareRuns,
  comparedSamples,
  comparisonMarks,
  differencesOf,
  measureOf,
  measureText,
  paretoFront,
  realityOf,
  totalText,
  wholeLines,
  worstFirst,
} from '.';
import { entered, int8, perTensor, said, sqnr, testRun, trained } from './testing/runs';

const layer = (id: string, value: number, more = {}) => ({ id, accumulated: sqnr(value), ...more });

describe('layers on one axis', () => {
  const a = testRun({
    id: 'a',
    recipe: int8,
    layers: [layer('conv', 50), layer('dw', 30), layer('out', 28)],
  });
  const b = testRun({
    id: 'b',
    recipe: perTensor,
    layers: [layer('conv', 44), layer('dw', 12), layer('out', 27)],
  });

  it('gives each run its own number and the difference to the baseline', () => {
    const { lines, range, parting } = across(compareRuns(entered(a, b)), 'accumulated');
    expect(lines.map(({ layer: { id } }) => id)).toEqual(['conv', 'dw', 'out']);
    expect(lines[1]!.cells.map(({ measure }) => measure!.value)).toEqual([30, 12]);
    expect(lines.map(({ cells }) => cells[1]!.difference)).toEqual([-6, -18, -1]);
    expect(lines.map(({ cells }) => cells[1]!.worse)).toEqual([6, 18, 1]);
    expect(lines[0]!.cells[0]!.difference).toBeUndefined();
    expect(range).toEqual([12, 50]);
    // 50 and 44 dB are both better than what rounding alone leaves (40 dB): they part at dw.
    expect(parting).toBe(1);
  });

  it('puts the worst difference first, whatever the baseline', () => {
    const ids = (baseline: string) =>
      worstFirst(across(compareRuns(entered(a, b), baseline), 'accumulated').lines).map(
        ({ layer: one }) => one.id,
      );
    expect(ids('a')).toEqual(['dw', 'conv', 'out']);
    expect(ids('b')).toEqual(['out', 'conv', 'dw']);
  });

  it('does not compute a figure twice', () => {
    const comparison = compareRuns(entered(a, b));
    expect(across(comparison, 'size')).toBe(across(comparison, 'size'));
  });

  it('an exact layer in both runs is no difference', () => {
    const exact = (id: string) => testRun({ id, recipe: int8, layers: [layer('x', Infinity)] });
    const { lines, parting } = across(compareRuns(entered(exact('a'), exact('b'))), 'accumulated');
    expect(lines[0]!.cells[1]!.difference).toBe(0);
    expect(parting).toBeUndefined();
  });

  it('finds a layer of another model by its name and operator, and shows what has no match', () => {
    const other = testRun({
      id: 'o',
      model: 'other',
      recipe: int8,
      layers: [
        layer('net/conv/Conv2D', 40, { layer: 'conv' }),
        layer('new', 20, { op: 'ADD' }),
        layer('out', 10),
      ],
    });
    const { layers } = compareRuns(entered(a, other));
    expect(layers.map(({ id, matched }) => [id, matched])).toEqual([
      ['conv', true],
      ['new', false],
      ['dw', false],
      ['out', true],
    ]);
    expect(layers[0]!.rows[1]![0]!.id).toBe('net/conv/Conv2D');
  });
});

describe('seeds', () => {
  const seeds = [90, 92, 94].map((accuracy, at) =>
    testRun({
      id: `t${at}`,
      recipe: trained(at + 1),
      accuracy,
      layers: [layer('conv', 20 + 2 * at)],
    }),
  );

  it('fold into one run with mean and sample deviation', () => {
    const base = testRun({ id: 'base', recipe: int8, accuracy: 80, layers: [layer('conv', 10)] });
    const comparison = compareRuns(entered(base, ...seeds));
    expect(comparison.runs.map(({ label, seeds: drawn }) => [label, drawn])).toEqual([
      ['base', []],
      ['t0 (3 seeds)', [1, 2, 3]],
    ]);
    const score = wholeLines(comparison).find(({ figure }) => figure.id === 'score')!;
    // mean of 90, 92, 94; √((4 + 0 + 4) / 2) = 2
    expect(score.cells[1]).toMatchObject({ measure: { value: 92, spread: 2 }, difference: 12 });
    expect(measureText(score.figure, score.cells[1]!.measure!)).toBe('92.0 % ± 2.0');
    expect(across(comparison, 'accumulated').lines[0]!.cells[1]!.measure!.value).toBe(22);
  });

  it('do not fold with another option, nor with the same seed', () => {
    const other = testRun({ id: 'x', recipe: trained(9, 7) });
    const again = testRun({ id: 'y', recipe: trained(1) });
    expect(compareRuns(entered(seeds[0]!, other, again)).runs).toHaveLength(3);
  });

  it('of one value there is no spread', () => {
    expect(measureOf([3])).toEqual({ value: 3 });
    expect(measureOf([undefined])).toBeUndefined();
  });
});

describe('what differs', () => {
  const tensor = testRun({ id: 'tensor', recipe: perTensor, accuracy: 90, bytes: 100_000 });
  const channel = testRun({ id: 'channel', recipe: int8, accuracy: 97.9, bytes: 109_800 });

  it('is said in words, with the whole difference', () => {
    const comparison = compareRuns(entered(tensor, channel));
    const { settings, alone } = differencesOf(comparison.runs, 0, 1);
    expect(settings.map(({ words }) => words)).toEqual([
      'per-channel weights instead of per-tensor',
    ]);
    expect(alone).toBe(true);
    expect(settings[0]!.measured).toEqual([0, 1]);
    expect(totalText(comparison, 0, 1)).toBe('+7.9 points, +9.8 kB');
  });

  const clipped = { ...int8, calibration: { method: 'percentile', percentile: 99.9 } } as const;
  const both = testRun({ id: 'both', recipe: clipped, accuracy: 96, bytes: 109_800 });

  it('is not separated where two settings differ, and says which run would separate them', () => {
    const { runs } = compareRuns(entered(tensor, both));
    const { settings, alone } = differencesOf(runs, 0, 1);
    expect(alone).toBe(false);
    expect(settings.map(({ id, measured }) => [id, measured])).toEqual([
      ['weights', undefined],
      ['calibration', undefined],
    ]);
    const own = { model: 0, calibration: 0, evaluation: 0 };
    expect(settings[0]!.separating).toEqual({ ...own, recipe: int8 });
    expect(settings[1]!.separating).toEqual({
      ...own,
      recipe: { ...perTensor, calibration: clipped.calibration },
    });
  });

  it('gets its own number from a run of the set that differs in it alone', () => {
    const { runs } = compareRuns(entered(tensor, both, channel));
    const measured = differencesOf(runs, 0, 1).settings.map((one) => one.measured);
    // tensor → channel differs in the weights, channel → both in the calibration.
    expect(measured).toEqual([
      [0, 2],
      [2, 1],
    ]);
  });

  it('of training says that it was trained; of two trainings the option', () => {
    const [short, long] = [
      testRun({ id: 's', recipe: trained(1) }),
      testRun({ id: 'l', recipe: trained(2, 9) }),
    ];
    const { runs } = compareRuns(entered(channel, short, long));
    expect(differencesOf(runs, 0, 1).settings.map(({ words }) => words)).toEqual([
      'training (QAT) instead of no training or repair',
    ]);
    expect(differencesOf(runs, 1, 2).settings.map(({ words }) => words)).toEqual([
      'training (QAT): epochs 9 instead of 5',
    ]);
  });

  it('against float is the precision with all that comes with it', () => {
    const float = testRun({ id: 'float' });
    const { settings, alone } = differencesOf(compareRuns(entered(float, tensor)).runs, 0, 1);
    expect(alone).toBe(true);
    expect(settings[0]!.words).toBe(
      'int8 weights and activations (per-tensor weights, Min-max calibration) instead of float32, the model as it is',
    );
  });
});

describe('is it real', () => {
  const before = testRun({
    id: 'before',
    recipe: int8,
    answers: said([
      [1, true],
      [2, false],
      [3, true],
      [4, true],
    ]),
  });
  const after = testRun({
    id: 'after',
    recipe: perTensor,
    answers: said([
      [1, true],
      [5, true],
      [6, false],
      [4, true],
    ]),
  });

  it('McNemar in words: one better, one worse is p = 1', () => {
    const reality = realityOf(compareRuns(entered(before, after)), 1);
    expect(reality.sentence).toBe(
      '2 of 4 answers differ; 1 better, 1 worse: could be chance (p = 1).',
    );
    expect(reality.beyondChance).toBe(false);
  });

  it('lists the samples where the runs disagree first', () => {
    const samples = comparedSamples(compareRuns(entered(before, after)));
    expect(samples.map(({ index }) => index)).toEqual([1, 2, 0, 3]);
    expect(samples.map(({ disagree }) => disagree)).toEqual([true, true, false, false]);
  });

  it('says why nothing can be tested', () => {
    const elsewhere = testRun({ id: 'e', recipe: int8, samples: 'letters' });
    const comparison = compareRuns(entered(before, elsewhere));
    expect(realityOf(comparison, 1)).toMatchObject({ test: 'none' });
    expect(
      comparisonMarks(comparison, 1, { id: 'score', fromSamples: true }).map(({ id }) => id),
    ).toEqual(['samples']);
    expect(comparisonMarks(comparison, 1, { id: 'size', fromSamples: false })).toEqual([]);
  });

  it('marks what is unfinished or made up, on the figures that it concerns', () => {
    const base = testRun({ id: 'b', recipe: int8 });
    const open = testRun({ id: 'o', recipe: perTensor, pending: ['latency'] });
    const growing = compareRuns([
      { run: base, label: 'b', state: 'finished' },
      { run: open, label: 'o', state: 'growing' },
    ]);
    const ids = (id: string, waitsFor?: 'latency' | 'score') =>
      comparisonMarks(growing, 1, {
        id,
        fromSamples: false,
        ...(waitsFor ? { waitsFor } : {}),
      }).map((mark) => mark.id);
    expect(ids('latency', 'latency')).toEqual(['growing']);
    expect(ids('size')).toEqual([]);
    const made = testRun({ id: 's', recipe: int8, synthetic: true });
    const mark = comparisonMarks(compareRuns(entered(made, made)), 0, {
      id: 'score',
      fromSamples: true,
    });
    expect(mark.map(({ id }) => id)).toEqual(['synthetic']);
  });
});

describe('Pareto front', () => {
  it('is what nothing beats in both: cheapest first', () => {
    const points = [
      { gain: 98, cost: 400 },
      { gain: 97, cost: 110 },
      { gain: 60, cost: 100 },
      { gain: 96, cost: 120 }, // beaten by the second
      { gain: 98, cost: 410 }, // as good, dearer
      { gain: NaN, cost: 1 },
    ];
    expect(paretoFront(points)).toEqual([2, 1, 0]);
  });

  it('keeps points that are equal in both', () => {
    expect(
      paretoFront([
        { gain: 1, cost: 1 },
        { gain: 1, cost: 1 },
      ]),
    ).toEqual([0, 1]);
  });
});
