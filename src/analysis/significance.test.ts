/** p-values and intervals against SciPy's (scripts/fixtures/make_score_fixtures.py). */
import { describe, expect, it } from 'vitest';
import type { SampleAnswer, SampleFigures } from '../run/types';
import fixtures from './fixtures/scores.json';
import { mcnemar, pairedBootstrap } from './significance';

const samples = (answers: readonly (SampleAnswer | undefined)[], key = 'k'): SampleFigures[] =>
  answers.map((answer, index) => ({
    key: `${key}${index}`,
    index,
    outputs: answer ? [answer] : [],
  }));
const right = { answer: 1, correct: true };
const wrong = { answer: 0, correct: false };
/** As many of each, one after the other. */
const mixed = (better: number, worse: number, both: number) => ({
  a: samples([
    ...Array<SampleAnswer>(better).fill(wrong),
    ...Array<SampleAnswer>(worse).fill(right),
    ...Array<SampleAnswer>(both).fill(right),
  ]),
  b: samples([
    ...Array<SampleAnswer>(better).fill(right),
    ...Array<SampleAnswer>(worse).fill(wrong),
    ...Array<SampleAnswer>(both).fill(right),
  ]),
});

describe('McNemar’s exact test', () => {
  for (const { better, worse, p } of fixtures.mcnemar)
    it(`has SciPy's p of ${better} better and ${worse} worse`, () => {
      const { a, b } = mixed(better, worse, 3);
      const result = mcnemar(a, b, 0);
      expect(result).toMatchObject({
        better,
        worse,
        same: 3,
        samples: better + worse + 3,
        differ: better + worse,
      });
      expect(result.p / p).toBeCloseTo(1, 9);
    });

  it('says it in a sentence', () => {
    const { a, b } = mixed(12, 5, 1983);
    expect(mcnemar(a, b, 0).sentence).toBe(
      '17 of 2,000 answers differ; 12 better, 5 worse: could be chance (p = 0.14).',
    );
    const far = mixed(5, 30, 65);
    expect(mcnemar(far.a, far.b, 0).sentence).toBe(
      '35 of 100 answers differ; 5 better, 30 worse: more than chance (p < 0.001).',
    );
    const less = mixed(0, 6, 4);
    expect(mcnemar(less.a, less.b, 0).sentence).toContain('more than chance (p = 0.031)');
    expect(mcnemar(a, a, 0).sentence).toBe('All 2,000 answers are the same.');
    expect(mcnemar([], a, 0)).toMatchObject({
      samples: 0,
      same: 0,
      p: 1,
      sentence: 'No sample was judged in both runs.',
    });
  });

  it('counts answers that differ though both are wrong', () => {
    const a = samples([{ answer: 1, correct: false }, right]);
    const b = samples([{ answer: 2, correct: false }, right]);
    expect(mcnemar(a, b, 0)).toMatchObject({ differ: 1, better: 0, worse: 0, same: 2 });
  });

  it('matches samples by key, whatever their order, and leaves out the others', () => {
    const { a, b } = mixed(1, 2, 3);
    const other = samples([wrong, wrong], 'elsewhere');
    expect(mcnemar([...other, ...a], b.toReversed(), 0)).toMatchObject({
      samples: 6,
      better: 1,
      worse: 2,
    });
  });

  it('matches samples of equal content one by one', () => {
    const twice = (first: SampleAnswer, second: SampleAnswer): SampleFigures[] =>
      [first, second].map((answer, index) => ({ key: 'same', index, outputs: [answer] }));
    expect(mcnemar(twice(right, right), twice(right, wrong), 0)).toMatchObject({
      samples: 2,
      worse: 1,
      same: 1,
    });
  });

  it('leaves out samples that either run did not judge', () => {
    const a = samples([right, { error: 1 }, undefined, right]);
    const b = samples([right, right, right, { answer: 1 }]);
    expect(mcnemar(a, b, 0).samples).toBe(1);
    expect(mcnemar(a, b, 1).samples).toBe(0);
  });
});

describe('paired bootstrap', () => {
  const { a, b, difference, low, high, error } = fixtures.bootstrap;
  const errors = (values: readonly number[]) => samples(values.map((one) => ({ error: one })));

  it('has SciPy’s percentile interval within the noise of resampling', () => {
    const result = pairedBootstrap(errors(a), errors(b), 0);
    expect(result.samples).toBe(120);
    expect(result.difference).toBeCloseTo(difference, 10);
    expect(result.b - result.a).toBeCloseTo(difference, 10);
    expect(Math.abs(result.low - low)).toBeLessThan(0.15 * error);
    expect(Math.abs(result.high - high)).toBeLessThan(0.15 * error);
    expect(result.sentence).toMatch(
      /^Mean error −0\.162 \(95 %: −0\.\d+ … −0\.0\d+\) on 120 samples: more than chance\.$/,
    );
  });

  it('is the same for the same seed, and turns sign with the runs', () => {
    const once = pairedBootstrap(errors(a), errors(b), 0, { seed: 5 });
    expect(pairedBootstrap(errors(a), errors(b), 0, { seed: 5 })).toEqual(once);
    const back = pairedBootstrap(errors(b), errors(a), 0, { seed: 5 });
    expect(back.difference).toBeCloseTo(-difference, 10);
    expect(back.low).toBeGreaterThan(0);
    expect(back.sentence).toContain('Mean error +0.162');
    expect(back.sentence).toContain('more than chance');
  });

  it('could be chance where the interval holds zero', () => {
    const result = pairedBootstrap(errors([1, 2, 3, 4]), errors([2, 1, 4, 3]), 0);
    expect(result.difference).toBe(0);
    expect(result.low).toBeLessThan(0);
    expect(result.high).toBeGreaterThan(0);
    expect(result.sentence).toContain('could be chance');
  });

  it('lies between the resamples as NumPy’s percentile does', () => {
    // Resamples of {0, 1} have means 0, ½ or 1; of two different ones, 2.5 % of the way between them.
    const ends = Array.from({ length: 20 }, (_, seed) => {
      const { low, high } = pairedBootstrap(errors([0, 0]), errors([0, 1]), 0, {
        seed,
        resamples: 2,
      });
      return `${low} ${high}`;
    });
    const allowed = ['0 0', '0.5 0.5', '1 1', '0.0125 0.4875', '0.025 0.975', '0.5125 0.9875'];
    expect(new Set(ends).size).toBeGreaterThan(3);
    for (const end of ends) expect(allowed).toContain(end);
  });

  it('is exact where all change alike', () => {
    const result = pairedBootstrap(errors([1, 2, 3]), errors([2, 3, 4]), 0, { resamples: 10 });
    expect(result).toMatchObject({ a: 2, b: 3, difference: 1, low: 1, high: 1 });
  });

  it('leaves out what is no number, and says nothing of nothing', () => {
    const result = pairedBootstrap(errors([1, NaN, Infinity, 1]), errors([3, 1, 1, NaN]), 0);
    expect(result).toMatchObject({ samples: 1, difference: 2 });
    const none = pairedBootstrap(samples([right]), samples([right]), 0);
    expect(none).toMatchObject({ samples: 0, sentence: 'No sample was judged in both runs.' });
    expect(none.low).toBeNaN();
  });
});
