/** What the stores derive: refusals, labels, default numbers of samples, the float run. */
import { describe, expect, it } from 'vitest';
import type { OpenedModel } from '../../jobs/types';
import { stockRecipe } from '../../quant/recipe';
import { fakeModel } from '../../testing/fakeModel';
import { fakeRun } from '../../testing/fakeRun';
import { floatRunOf } from '../floatRun';
import { createDataStore, defaultRoles, samplesRequest } from './data';
import { createJobStore, timeLeft } from './job';
import { createModelStore, refusal } from './model';
import {
  quantizesActivations,
  recipeOf,
  schemeLabel,
  settingsOf,
  settingsProblem,
  type RecipeSettings,
} from './recipe';
import { createStorageStore } from './storage';
import { rateOf, rateProblem } from './training';

const model = fakeModel('net.keras', 3);
const withSummary = (part: Partial<OpenedModel['summary']>): OpenedModel => ({
  ...model,
  summary: { ...model.summary, ...part },
});

describe('a model is refused', () => {
  const words = (count: number) => Array.from({ length: count }, (_, i) => `Op${i}`);
  it.each([
    [1, 'compute Op0, so this', 'replace it, or open a part of the model without it.'],
    [2, 'compute Op0, Op1, so this', 'replace them, or open a part of the model without them.'],
    [4, 'compute Op0, Op1, Op2, Op3, so this', 'without them.'],
    [6, 'compute Op0, Op1, Op2, Op3 and 2 more, so this', 'without them.'],
  ])('for %d operators that are not known', (count, named, advice) => {
    const sentence = refusal(withSummary({ unsupported: words(count) }));
    expect(sentence).toContain(named);
    expect(sentence).toContain(advice);
  });
  it('when it is quantized already, and else not', () => {
    expect(refusal(withSummary({ quantized: true }))).toContain('quantized already');
    expect(refusal(withSummary({ quantized: false }))).toBeUndefined();
  });
});

describe('stores begin', () => {
  it('empty, with nothing under way', () => {
    expect(createModelStore().getState()).toEqual({ library: {} });
    expect(createJobStore().getState()).toEqual({ running: [], notices: [], restoring: false });
    expect(createStorageStore().getState()).toEqual({ status: 'opening', aside: [] });
    expect(createDataStore().getState()).toEqual({
      roles: { calibration: 200, evaluation: 2000, seed: 1 },
      reading: false,
      known: {},
    });
  });
});

describe('evaluation samples by default', () => {
  it.each([
    [0, 2000],
    [1e6, 2000],
    [2e7, 1000],
    [1e9, 100],
  ])('of a model of %d multiply-accumulates are %d', (macs, evaluation) => {
    expect(defaultRoles(withSummary({ macs }), 4)).toEqual({
      calibration: 200,
      evaluation,
      seed: 4,
    });
  });
  it('are asked for only where samples are read', () => {
    const state = createDataStore().getState();
    const source = {
      kind: 'synthetic',
      name: 's',
      key: 'k',
      count: 1,
      seed: 1,
      choices: {},
    } as const;
    const report = { key: 'k' } as never;
    expect(samplesRequest({ ...state, source })).toBeUndefined();
    expect(samplesRequest({ ...state, report })).toBeUndefined();
    expect(samplesRequest({ ...state, source, report })).toEqual({ source, roles: state.roles });
  });
});

describe('recipe settings', () => {
  const settings: RecipeSettings = {
    ...{ scheme: 'int8-per-tensor', target: 'litert', io: 'int8', steps: [] },
    calibration: { method: 'minmax' },
    overrides: { 'a(1)/b.c$': 'float', '^odd\\name$$': 'int8' },
  };
  it('come back from the recipe that they make, whatever a layer is called', () => {
    expect(settingsOf(recipeOf(settings))).toEqual(settings);
    expect(settingsOf(recipeOf({ ...settings, scheme: 'dynamic' }))?.io).toBe('float32');
  });
  it('do not come of a recipe from elsewhere', () => {
    const recipe = recipeOf(settings);
    expect(settingsOf({ ...recipe, scheme: 'custom' })).toBeUndefined();
    expect(settingsOf({ ...recipe, rules: recipe.rules.toReversed() })).toBeUndefined();
    const named = { ...recipe.rules[0]!, operation: 'CONV_2D', regex: '^a$' };
    expect(settingsOf({ ...recipe, rules: [...recipe.rules, named] })).toBeUndefined();
  });
  it('have labels and limits', () => {
    expect(schemeLabel('dynamic')).toBe('Dynamic range');
    expect(schemeLabel('custom')).toBe('custom');
    const all = ['int8', 'int8-per-tensor', 'dynamic', 'float16'] as const;
    expect(all.map(quantizesActivations)).toEqual([true, true, false, false]);
    const bad = { ...settings, calibration: { method: 'percentile', percentile: 50 } } as const;
    expect(settingsProblem(bad)).toContain('50');
    expect(settingsProblem({ ...bad, scheme: 'float16' })).toBeUndefined();
    expect(settingsProblem(settings)).toBeUndefined();
  });
});

describe('the float run', () => {
  const run = fakeRun({ model, recipe: stockRecipe('int8') });
  const [first, second] = run.made.layers;
  const measured = {
    ...run,
    pending: ['score', 'latency', 'isolated', 'sensitivity'] as const,
    figures: {
      ...run.figures,
      layers: { [first!.id]: { msFloat: 3, msQuantized: 1, sensitivity: 2 }, [second!.id]: {} },
      floatSamples: [{ key: 'k', index: 0, outputs: [{ answer: 4, correct: true }] }],
    },
  };
  it('has the float figures, its own answers, and waits for what it has', () => {
    const float = floatRunOf(measured)!;
    expect(float.figures).toEqual({
      whole: run.figures.float,
      float: run.figures.float,
      likeness: [],
      layers: { [first!.id]: { msFloat: 3, msQuantized: 3 } },
      samples: measured.figures.floatSamples,
      counts: { evaluated: 2000 },
      alarms: [],
    });
    expect(float.pending).toEqual(['score', 'latency']);
    expect(float.made.layers[0]?.why).toEqual({ code: 'no-rule', params: {} });
    expect(floatRunOf(run)?.figures.samples).toEqual([]);
    expect(floatRunOf(run)?.pending).toEqual([]);
  });
  it('keeps its id and what it was made of while it grows', () => {
    const before = floatRunOf(run)!;
    const after = floatRunOf(measured, before)!;
    expect(after.id).toBe(before.id);
    expect(after.made).toBe(before.made);
    expect(floatRunOf(run, undefined, 'given')?.id).toBe('given');
  });
  it('is not made of a run whose weights are others', () => {
    const { made } = run;
    expect(floatRunOf({ ...run, made: { ...made, from: 'x' } })).toBeUndefined();
    const steps = [{ kind: 'train' }] as never;
    const trained = { ...made, recipe: { ...made.recipe!, steps } };
    expect(floatRunOf({ ...run, made: trained })).toBeUndefined();
    expect(floatRunOf(floatRunOf(run)!)).toBeUndefined();
  });
});

it('estimates by the time since the job began', () => {
  const job = { progress: { label: '', fraction: 0.5 }, startedAt: 1000, updatedAt: 3000 };
  expect(timeLeft(job)).toBe(2000);
});

describe('a learning rate as it is typed', () => {
  it.each([
    ['', undefined],
    ['0.001', 0.001],
    ['1e-4', 0.0001],
    [' 0,01 ', 0.01],
    ['1e37', NaN],
    ['137', NaN],
    ['0', NaN],
    ['fast', NaN],
  ])('"%s" is %s', (text, rate) => {
    expect(rateOf(text)).toBe(rate);
    expect(rateProblem(rateOf(text)) !== undefined).toBe(Number.isNaN(rate));
  });
});
