import { describe, expect, it } from 'vitest';
import { stockRecipe } from '../../quant/recipe';
import type { Fix } from '../../run/findings';
import type { Figures, Made } from '../../run/types';
import type { RunEntry } from '../../state/stores/runs';
import { fakeModel } from '../../testing/fakeModel';
import { fakeRun } from '../../testing/fakeRun';
import { needOf, priceText, silenceOf } from './words';

describe('where there is no list of findings', () => {
  const run = fakeRun({ model: fakeModel('m', 3), recipe: stockRecipe('int8') });
  const entry = (
    figures: Partial<Figures>,
    { made = {}, ...rest }: Partial<Omit<RunEntry, 'run'>> & { made?: Partial<Made> } = {},
  ): RunEntry => ({
    ...{ pinned: false, state: 'finished', stored: true, ...rest },
    run: { ...run, made: { ...run.made, ...made }, figures: { ...run.figures, ...figures } },
  });

  it.each([
    ['nothing was found', entry({ findings: [] }), /^Nothing to repair: on 2,000/, undefined],
    [
      'it is measured',
      entry({ findings: undefined }, { state: 'growing' }),
      /being looked for/,
      undefined,
    ],
    ['it was stopped', entry({ findings: [] }, { state: 'stopped' }), /was stopped/, true],
    ['it is older', entry({ findings: undefined }), /before findings were looked for/, true],
    ['it is as it is', entry({}, { made: { recipe: undefined } }), /the model as it is/, undefined],
    [
      'it has no grids',
      entry({ findings: [] }, { made: { plan: undefined } }),
      /floats/,
      undefined,
    ],
  ])('since %s, that is said', (_, one, sentence, again) => {
    expect(silenceOf(one)?.sentence).toMatch(sentence);
    expect(silenceOf(one)?.again).toBe(again);
  });

  it('nothing is said where there are findings', () => {
    const tensor = fakeRun({ model: fakeModel('m', 3), recipe: stockRecipe('int8-per-tensor') });
    expect(silenceOf({ ...entry({}), run: tensor })).toBeUndefined();
  });
});

describe('a fix', () => {
  const fix: Fix = { id: 'x', label: 'X', change: {} };
  it('says what it takes of bytes and time', () => {
    expect(priceText({ ...fix, bytes: 5110, ms: -0.3 })).toBe('+5.11 kB, −300 µs an inference');
    expect(priceText(fix)).toBe('');
  });

  it('that settles numbers by samples says so where the samples are made up', () => {
    const learns: Fix = {
      ...fix,
      change: { steps: [{ kind: 'round', method: 'adaround', seed: 1, options: {} }] },
    };
    expect(needOf(learns, true)).toMatch(/^Needs real samples/);
    expect(needOf(learns, false)).toBeUndefined();
    const without: Fix = {
      ...fix,
      change: { steps: [{ kind: 'round', method: 'squant', seed: 1, options: {} }] },
    };
    expect(needOf(without, true)).toBeUndefined();
  });
});
