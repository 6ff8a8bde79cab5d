/** The calibration doctor on the tiny model: every range and score can be worked out on paper. */
import { describe, expect, it } from 'vitest';
import type { Roles, Sample, Samples } from '../../data/samples';
import { quantize } from '../quantize';
import { changed } from '../../quant/change';
import type { Calibration } from '../../quant/types';
import type { RunUpdate } from '../../run/types';
import {
  listening,
  tinyContext,
  tinyModel,
  tinyOpened,
  tinyRecipe,
  tinyRequest,
  tinySource,
} from '../testing/tiny';
import { doctor } from '.';

const COUNT = 220;
const POISONED = 17;
/** x₁ − x₂ against x₂/4 of the tiny net: class 0 where x₁ > 1.25 x₂.  */
function inputOf(index: number): readonly [number, number] {
  if (index === POISONED) return [5000, 0];
  const low = (index % 4) + 1;
  return index % 2 === 0 ? [low + 15, low] : [low, low];
}

const set = (inputs: (index: number) => readonly [number, number], more: Partial<Samples> = {}) => {
  const samples: Samples = {
    ...tinyOpened.samples,
    count: COUNT,
    read: (index) => {
      const [a, b] = inputs(index);
      const target = a - b > b / 4 ? 0 : 1;
      return Promise.resolve<Sample>({ inputs: [Float32Array.of(a, b)], targets: [target] });
    },
    sampleKey: (index) => Promise.resolve(`key ${index}`),
    preview: (index) =>
      Promise.resolve({
        ...{ name: `row ${index}`, numbers: new Float32Array(2), min: 0, mean: 0, max: 0 },
      }),
    ...more,
  };
  const all = Array.from({ length: COUNT }, (_, at) => at);
  const roles: Roles = {
    training: all.slice(0, 200),
    calibration: all.slice(0, 200),
    selection: [],
    evaluation: all.slice(200),
    seed: 1,
  };
  return tinyContext(listening<RunUpdate>(), {
    openSamples: () => Promise.resolve({ ...tinyOpened, samples, roles }),
  });
};

const measure = { latency: false, isolated: false, sensitivity: false };
const examined = async (
  inputs: typeof inputOf,
  calibration: Calibration = { method: 'minmax' },
  leaveOut?: readonly string[],
) => {
  const context = set(inputs) as never;
  const recipe = changed(tinyRecipe({ calibration }), leaveOut ? { leaveOut } : {});
  const run = await quantize(tinyRequest({ recipe, measure }), context);
  return { run, found: await doctor({ run, samples: tinySource }, context) };
};

describe('one poisoned calibration sample among 200', () => {
  it('is named, and leaving it out restores ranges and score', async () => {
    const { run, found } = await examined(inputOf);
    const [first, ...others] = found.suspects;
    expect(first).toMatchObject({
      ...{ index: POISONED, key: `key ${POISONED}`, name: `row ${POISONED}`, suspicious: true },
      widened: 3,
    });
    expect(others.some(({ suspicious }) => suspicious)).toBe(false);
    // x reaches 5000 by it and 18 without it; y₁ = x₁ − x₂ likewise.
    expect(first!.layers.find(({ layer }) => layer === 'x')).toEqual({
      ...{ layer: 'x', ends: 'high', min: 0, max: 5000, range: [0, 5000], without: [1, 18] },
      factor: 5000 / 18,
    });
    // With a grid of 19.6 everything else is 0: all of class 0, which half of them are.
    expect(found.all!.score.value).toBeCloseTo((100 * 100) / 199, 1);
    expect(first!.outcome!.score.value).toBe(100);
    expect(first!.outcome!.outputs[0]!.sqnr).toBeGreaterThan(35);
    expect(found.measured.sentence).toContain('199 calibration');
    expect(found.halves!.worst!.difference).toBeCloseTo(4985 / 5000, 5);
    // As the score of the run itself, before and after.
    expect(run.figures.whole.scores[0]!.value).toBe(50);
    const after = await examined(inputOf, { method: 'minmax' }, [first!.key]);
    expect(after.run.figures.whole.scores[0]!.value).toBe(100);
    expect(after.found.samples).toBe(199);
    expect(after.found.suspects.some(({ suspicious }) => suspicious)).toBe(false);
  });

  it('is found by the other methods too, with ranges as they choose them', async () => {
    const { found } = await examined(inputOf, { method: 'percentile', percentile: 100 });
    const [first] = found.suspects;
    expect(first).toMatchObject({ index: POISONED, suspicious: true });
    const x = first!.layers.find(({ layer }) => layer === 'x')!;
    expect(x.range[1]).toBeCloseTo(5000, 0);
    expect(x.without[1]).toBeCloseTo(18, 0);
    expect(first!.outcome!.score.value).toBe(100);
    expect(found.method).toContain('once more');
  });
});

describe('two poisoned samples that hide each other', () => {
  it('are both named, and measured together', async () => {
    const { found } = await examined((index) => (index === 30 ? [5000, 0] : inputOf(index)));
    const named = found.suspects.filter(({ suspicious }) => suspicious);
    expect(named.map(({ index }) => index).sort()).toEqual([POISONED, 30].sort());
    // Each by itself changes nothing.
    expect(named[0]!.outcome!.score.value).toBeLessThan(60);
    expect(found.together!.keys).toHaveLength(2);
    expect(found.together!.outcome.score.value).toBe(100);
  });
});

describe('healthy samples', () => {
  it('raise no suspicion, and the curve says how many are enough', async () => {
    const { found } = await examined((index) => (index === POISONED ? [17, 2] : inputOf(index)));
    expect(found.suspects.some(({ suspicious }) => suspicious)).toBe(false);
    expect(found.curve.map(({ samples }) => samples)).toEqual([1, 2, 5, 10, 20, 50, 100, 200]);
    expect(found.curve[0]!.uncovered).toBeGreaterThan(found.curve[4]!.uncovered);
    expect(found.curve.at(-1)!.uncovered).toBe(0);
    expect(found.enough).toBeLessThanOrEqual(100);
  });
});

describe('the doctor refuses', () => {
  const refusal = async (change: object, samples: Partial<Samples> = {}) => {
    const context = set(inputOf, samples) as never;
    const run = await quantize(tinyRequest({ model: tinyModel, measure }), context);
    const made = { ...run.made, ...change };
    return doctor({ run: { ...run, made }, samples: tinySource }, context).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
  };
  it('a run that was quantized elsewhere, float activations, made-up samples, and other samples', async () => {
    expect(await refusal({ recipe: undefined })).toContain('as it is in its file');
    expect(await refusal({ recipe: { ...tinyRecipe(), rules: [] } })).toContain('stay float');
    expect(await refusal({}, { synthetic: true })).toContain('Add real samples');
    const context = set(inputOf) as never;
    const run = await quantize(tinyRequest({ measure }), context);
    const other = set(inputOf, { key: 'another' }) as never;
    await expect(doctor({ run, samples: tinySource }, other)).rejects.toThrow('not there any more');
  });
});
