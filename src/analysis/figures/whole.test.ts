import { describe, expect, it } from 'vitest';
import type { Score } from '../../run/figures';
import { badness, isMarked, valuesOf, wholeFigures, wholeFiguresOf, type Measured } from '.';

const score = (more: Partial<Score>): Score => ({
  kind: 'classes',
  output: 'out',
  label: 'accuracy',
  value: 90,
  unit: '%',
  better: 'higher',
  samples: 500,
  synthetic: false,
  more: [],
  ...more,
});
const agreement = score({ kind: 'agreement', label: 'agreement', value: 97 });
const likeness = score({ kind: 'likeness', label: 'SQNR to float', unit: 'dB', value: 30 });
const run = (
  whole: readonly Score[],
  float: readonly Score[],
  likes: readonly Score[] = [agreement],
): Measured => ({
  made: { layers: [] },
  figures: {
    whole: { scores: whole, fileBytes: 300, ms: 2, energy: 20 },
    float: { scores: float, fileBytes: 1000, ms: 5, energy: 200 },
    likeness: likes,
  },
});
const figure = (of: Measured, id: string) => wholeFiguresOf(of).find((one) => one.id === id)!;

describe('figures of a whole run', () => {
  const plain = run([score({ value: 90 })], [score({ value: 92 })]);

  it('are score, likeness, size, time and energy, float beside quantized', () => {
    expect(valuesOf(wholeFiguresOf(plain), plain)).toEqual({
      score: { float: 92, quantized: 90 },
      likeness: 97,
      size: { float: 1000, quantized: 300 },
      rest: { float: 1000, quantized: 300 },
      latency: { float: 5, quantized: 2 },
      energy: { float: 200, quantized: 20 },
    });
  });

  it('need no name of the output where there is one', () => {
    expect(figure(plain, 'score').label).toBe('Accuracy');
  });

  it('weigh a point of accuracy otherwise than a decibel', () => {
    const lost = (more: Partial<Score>) => {
      const made = run([score({ ...more, value: 20.5 })], [score({ ...more, value: 22 })]);
      return badness(figure(made, 'score'), made);
    };
    expect(lost({})).toBeCloseTo(0.75, 10);
    expect(lost({ kind: 'reconstruction', unit: 'dB' })).toBeCloseTo(0.55, 10);
  });

  it('before any run are the same but for the score’s own terms', () => {
    expect(wholeFiguresOf()).toBe(wholeFigures);
    expect(wholeFiguresOf(run([], []))).toBe(wholeFigures);
    expect(wholeFigures.map(({ id }) => id)).toEqual([
      'score',
      'size',
      'rest',
      'latency',
      'energy',
    ]);
    expect(wholeFigures[0]!.value(plain)).toBe(90);
    expect(wholeFigures[0]!.float!(plain)).toBe(92);
    expect(wholeFigures[0]!.value(run([], []))).toBeUndefined();
    expect(wholeFigures[0]!.float!(run([], []))).toBeUndefined();
  });

  it('name each output where there are several; the first with labels stands for the model', () => {
    const boxes = { output: 'boxes' };
    const two = run(
      [{ ...likeness, ...boxes, value: 20 }, score({})],
      [{ ...likeness, ...boxes, value: Infinity }, score({ value: 95 })],
      [{ ...likeness, ...boxes, value: 20 }, agreement],
    );
    expect(wholeFiguresOf(two).map(({ id, label, table }) => [id, label, table])).toEqual([
      ['score', 'Accuracy of “out”', true],
      ['score:boxes', 'SQNR to float of “boxes”', false],
      ['likeness', 'Agreement of “out”', false],
      ['size', 'File size', true],
      ['rest', 'Rest of the file', false],
      ['latency', 'Latency', true],
      ['energy', 'Energy', true],
    ]);
    expect(figure(two, 'score').float!(two)).toBe(95);
    expect(figure(two, 'score:boxes').value(two)).toBe(20);
    expect(figure(two, 'score:boxes').float).toBeUndefined();
  });

  it('mark more than a point of accuracy, a twentieth of an error, a slower model', () => {
    const marked = (after: Partial<Score>, before: Partial<Score>) => {
      const made = run([score(after)], [score(before)]);
      return isMarked(figure(made, 'score'), made);
    };
    expect([marked({ value: 91 }, { value: 92 }), marked({ value: 90.9 }, { value: 92 })]).toEqual([
      false,
      true,
    ]);
    const error = {
      kind: 'numbers',
      label: 'mean absolute error',
      unit: '',
      better: 'lower',
    } as const;
    expect(marked({ ...error, value: 2.09 }, { ...error, value: 2 })).toBe(false);
    expect(marked({ ...error, value: 2.11 }, { ...error, value: 2 })).toBe(true);
    expect(marked({ ...error, value: 1 }, { ...error, value: 2 })).toBe(false);
    const rising = { ...error, better: 'higher' } as const;
    expect(marked({ ...rising, value: 1 }, { ...rising, value: 2 })).toBe(true);
    expect(marked({ ...rising, value: 3 }, { ...rising, value: 2 })).toBe(false);
    const noise = { kind: 'reconstruction', unit: 'dB' } as const;
    expect(marked({ ...noise, value: 23 }, { ...noise, value: 24 })).toBe(false);
    expect(marked({ ...noise, value: 22.9 }, { ...noise, value: 24 })).toBe(true);
    expect(isMarked(figure(plain, 'latency'), plain)).toBe(false);
    const slow = {
      ...plain,
      figures: { ...plain.figures, whole: { ...plain.figures.whole, ms: 6 } },
    };
    expect(isMarked(figure(slow, 'latency'), slow)).toBe(true);
  });

  it('judge a distance to float by itself', () => {
    const of = (made: Score) => {
      const one = run([made], [{ ...made, value: made.unit === 'dB' ? Infinity : 100 }], [made]);
      return [badness(figure(one, 'score'), one), wholeFiguresOf(one).map(({ id }) => id)] as const;
    };
    expect(of({ ...agreement, value: 99 })[0]).toBe(0.5);
    expect(of({ ...agreement, value: 100 })[0]).toBe(0);
    expect(of({ ...likeness, value: 40 })[0]).toBe(0);
    expect(of({ ...likeness, value: 10 })[0]).toBe(0.5);
    expect(of({ ...likeness, value: 0 })[0]).toBe(1);
    // A likeness that is the score itself stands once.
    expect(of(likeness)[1]).not.toContain('likeness');
  });

  it('judge size and energy by what is left', () => {
    expect(badness(figure(plain, 'size'), plain)).toBeCloseTo((0.3 - 0.25) / 0.75, 10);
    expect(badness(figure(plain, 'energy'), plain)).toBeCloseTo(0, 10);
    expect(badness(figure(plain, 'latency'), plain)).toBeCloseTo((0.5 * (0.4 - 0.3)) / 0.7, 10);
  });

  it('are undecided without float', () => {
    const alone = run([score({})], []);
    expect(figure(alone, 'score').float!(alone)).toBeUndefined();
    expect(badness(figure(alone, 'score'), alone)).toBeUndefined();
  });

  it('carry as many decimals as the samples do, at least one', () => {
    const decimals = (samples: number) => figure(run([score({ samples })], []), 'score').decimals;
    expect([decimals(20), decimals(500), decimals(1000)]).toEqual([1, 1, 2]);
    expect(figure(run([likeness], []), 'score').decimals).toBeUndefined();
    expect(figure(run([likeness], []), 'score').unit).toBe('dB');
    expect(figure(run([score({ unit: '' })], []), 'score').unit).toBe('target');
  });
});
