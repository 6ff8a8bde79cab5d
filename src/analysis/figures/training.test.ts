import { describe, expect, it } from 'vitest';
import type { Score } from '../../run/figures';
import type { LayerRow, Run } from '../../run/types';
import { figuresOf, rowsOf, valuesOf, fileColumns, wholeFiguresOf } from '.';

const score = (value: number, more: Partial<Score> = {}): Score => ({
  ...{ kind: 'classes', output: 'out', label: 'accuracy', value, unit: '%', better: 'higher' },
  ...{ samples: 2000, synthetic: false, more: [] },
  ...more,
});
const figures = (fakeQuant?: Run['figures']['fakeQuant']): Run['figures'] => ({
  whole: { scores: [score(97.9)], fileBytes: 1, energy: 1 },
  float: { scores: [score(98.3)], fileBytes: 1, energy: 1 },
  ...{ likeness: [], layers: {}, samples: [], counts: { evaluated: 2000 }, alarms: [] },
  ...(fakeQuant ? { fakeQuant } : {}),
});
const layers = ['a', 'b'].map((id) => ({ id, layer: id, op: 'ADD' })) as unknown as LayerRow[];
const run = (made: Run['figures']) => ({ made: { layers }, figures: made });
const trained = figures({
  scores: [score(97.85)],
  integerScores: [score(97.9)],
  drift: { a: Infinity, b: 33.5 },
  driftSamples: 16,
});

describe('figures of a trained run', () => {
  it('say of every layer how far the integer graph is from what training saw', () => {
    const own = run(trained);
    const drift = figuresOf(own).find(({ id }) => id === 'drift')!;
    expect(rowsOf(own).map(drift.value)).toEqual([Infinity, 33.5]);
    expect(drift.definition).toContain('16 evaluation samples');
    const titles = fileColumns(figuresOf(own)).map(({ title }) => title);
    expect(titles).toContain('drift from fake quantization (dB)');
  });

  it('put both scores on the same samples into the figures of the run', () => {
    const own = run(trained);
    expect(valuesOf(wholeFiguresOf(own), own)).toMatchObject({
      score: { float: 98.3, quantized: 97.9 },
      fakeQuant: 97.85,
      fakeQuantInteger: 97.9,
    });
  });

  it('are not there where nothing was trained', () => {
    const own = run(figures());
    expect(figuresOf(own).some(({ id }) => id === 'drift')).toBe(false);
    expect(wholeFiguresOf(own).some(({ id }) => id.startsWith('fakeQuant'))).toBe(false);
    expect(rowsOf(own)[0]).not.toHaveProperty('drift');
  });

  it('have no score where the output that stands for the model was not compared', () => {
    const none = figures({ scores: [], integerScores: [], drift: {}, driftSamples: 0 });
    expect(wholeFiguresOf(run(none)).some(({ id }) => id.startsWith('fakeQuant'))).toBe(false);
  });
});
