import { describe, expect, it } from 'vitest';
import { stockRecipe } from '../quant/recipe';
import type { Repair } from '../run/findings';
import type { Run } from '../run/types';
import { fakeModel } from '../testing/fakeModel';
import { fakeRun } from '../testing/fakeRun';
import { costText, gainText, measuredGain, outcomeText } from './repairs';

describe('a gain in words', () => {
  it.each([
    [{ unit: '%', value: 36.24 }, '+36.2 points'],
    [{ unit: 'dB', value: -0.4 }, '−0.40 dB'],
    [{ unit: '', value: 0.0123 }, '+0.0123'],
    [{ unit: '%', value: 0 }, 'no change'],
  ] as const)('%j is %s', (gain, text) => {
    expect(gainText(gain)).toBe(text);
  });

  it('of a price has no sign where it is what is left of a signal', () => {
    const price = { samples: 9, label: 'output SQNR, only it quantized' };
    expect(costText({ ...price, unit: 'dB', value: 6.12 })).toMatch(/: 6.12 dB$/);
    expect(costText({ ...price, unit: 'dB', value: -6 })).toMatch(/: −6(\.0*)? dB$/);
  });
});

describe('what a repair came to', () => {
  const model = fakeModel('m', 3);
  const repair: Repair = {
    ...{ from: 'a', finding: 'f', fix: 'per-channel', label: 'Quantize weights per channel' },
    predicted: { unit: '%', value: 36 },
  };
  const scored = (value: number, better: 'higher' | 'lower' = 'higher', made = {}): Run => {
    const run = fakeRun({ model, recipe: stockRecipe('int8') });
    const [score] = run.figures.whole.scores;
    return {
      ...run,
      made: { ...run.made, repair, ...made },
      figures: {
        ...run.figures,
        whole: { ...run.figures.whole, scores: [{ ...score!, value, better }] },
        evidence: { layers: {}, outputs: { out: { sqnr: value / 2 }, other: { sqnr: 50 } } },
      },
    };
  };

  it('is the change of the score for the better, worse ones below zero', () => {
    expect(measuredGain(scored(97), scored(61))).toEqual({ unit: '%', value: 36 });
    expect(measuredGain(scored(60), scored(61))).toEqual({ unit: '%', value: -1 });
    expect(measuredGain(scored(2, 'lower'), scored(5, 'lower'))?.value).toBe(3);
  });

  it('is told in dB of the worst output where that was predicted', () => {
    const predicted = { ...repair, predicted: { unit: 'dB', value: 10 } as const };
    const run = scored(40, 'higher', { repair: predicted });
    expect(measuredGain(run, scored(20))).toEqual({ unit: 'dB', value: 10 });
  });

  it('is nothing where the samples differ', () => {
    const from = scored(61);
    const samples = { ...from.made.samples, key: 'others' };
    expect(measuredGain(scored(97, 'higher', { samples }), from)).toBeUndefined();
    expect(outcomeText(repair, undefined)).toMatch(/^Not measured.*predicted \+36/);
    expect(outcomeText(repair, { unit: '%', value: 35.8 })).toBe(
      'Measured +35.8 points (predicted +36.0 points)',
    );
  });
});
