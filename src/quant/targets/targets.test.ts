/** What the targets do otherwise: granularity of stock recipes, of a user's rules, and rounding. */
import { describe, expect, it } from 'vitest';
import { defaultTarget, targetOf, targets } from '.';
import { builder, dense } from '../../model/passes/testing/build';
import { convert } from '../convert';
import { plan } from '../plan';
import { readRecipeJson, stockRecipe, withOverrides, writeRecipeJson } from '../recipe';
import type { Recipe, Stats } from '../types';
import { inWords } from '../words';

const seen = {
  min: -1,
  max: 1,
  seenMin: -1,
  seenMax: 1,
  mean: 0,
  std: 1,
  minSample: 0,
  maxSample: 0,
};
const stats: Stats = {
  samples: 1,
  calibration: { method: 'minmax' },
  values: Object.fromEntries(
    ['x', 'dense:0', 'up:0'].map((name) => [name, { ...seen, histogram: new Float64Array(1) }]),
  ),
};

/** A dense layer of 2,048 weights. */
function denseGraph() {
  const b = builder();
  const inputs = [b.input('x', [1, 64]), b.constant('w', [32, 64]), b.constant('b', [32])];
  return b.graph([b.node('FULLY_CONNECTED', 'dense', dense, inputs, [1, 32])]);
}
function transposedGraph() {
  const b = builder();
  const attrs = { padding: 'SAME', strideH: 2, strideW: 2, activation: 'NONE' } as const;
  const shape = b.integers('shape', [4], [1, 8, 8, 3]);
  const inputs = [
    shape,
    b.constant('w', [3, 3, 3, 2]),
    b.input('x', [1, 4, 4, 2]),
    b.constant('b', [3]),
  ];
  return b.graph([b.node('TRANSPOSE_CONV', 'up', attrs, inputs, [1, 8, 8, 3])]);
}

const scales = (graph: ReturnType<typeof denseGraph>, recipe: Recipe) =>
  plan(graph, recipe, stats).values['w']!.scale.length;

describe.each(targets)('$id', (target) => {
  it('says where it is from and of when', () => {
    expect(target.source).not.toBe('');
    expect(target.version).toMatch(/^\d/);
    expect(target.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(targetOf(target.id)).toBe(target);
  });

  it('stock recipes ask for what they get, and their JSON says it', () => {
    for (const scheme of ['int8', 'dynamic'] as const) {
      const recipe = stockRecipe(scheme, { target: target.id });
      const again = readRecipeJson(writeRecipeJson(recipe), 'again', { target: target.id });
      expect(again.rules).toEqual(recipe.rules);
      for (const { why } of Object.values(plan(denseGraph(), recipe, stats).nodes))
        expect(why.code).not.toBe('per-tensor-only');
    }
  });

  it('carries its rounding into the graph', () => {
    const made = plan(denseGraph(), stockRecipe('int8', { target: target.id }), stats);
    expect(made.target).toBe(target.id);
    expect(convert(denseGraph(), made).rounding).toEqual(target.rounding.perChannel);
  });
});

it('the current LiteRT is the default; the id of the other never changes', () => {
  expect(defaultTarget).toBe('litert');
  expect(targets.map(({ id }) => id)).toEqual(['litert', 'tflite-2021']);
  expect(() => targetOf('edge')).toThrow('no target "edge"');
});

it.each([
  ['litert', 'int8', 32, 3],
  ['tflite-2021', 'int8', 1, 1],
  ['litert', 'dynamic', 32, undefined],
  ['tflite-2021', 'dynamic', 1, undefined],
  ['litert', 'int8-per-tensor', 1, 1],
] as const)(
  '%s, %s: %i scales of a dense layer, %s of a transposed convolution',
  (target, scheme, ofDense, ofUp) => {
    const recipe = stockRecipe(scheme, { target });
    expect(scales(denseGraph(), recipe)).toBe(ofDense);
    if (ofUp !== undefined) expect(scales(transposedGraph(), recipe)).toBe(ofUp);
  },
);

it('the rules of the runtime of 2021 are per-tensor where it asks for it', () => {
  const operations = (target: 'litert' | 'tflite-2021', scheme: 'int8' | 'dynamic') =>
    stockRecipe(scheme, { target }).rules.map(({ operation, op_config }) => [
      operation,
      op_config.weight_tensor_config!.granularity,
    ]);
  expect(operations('litert', 'int8')).toEqual([['*', 'CHANNELWISE']]);
  expect(operations('tflite-2021', 'int8')).toEqual([
    ['*', 'CHANNELWISE'],
    ['FULLY_CONNECTED', 'TENSORWISE'],
    ['CONV_2D_TRANSPOSE', 'TENSORWISE'],
  ]);
  expect(operations('tflite-2021', 'dynamic')).toEqual([
    ['*', 'CHANNELWISE'],
    ['FULLY_CONNECTED', 'TENSORWISE'],
  ]);
});

describe("a user's own rule for per-channel dense layers", () => {
  const perChannel = (scheme: 'int8' | 'dynamic') => ({
    ...stockRecipe(scheme, { target: 'tflite-2021' }),
    rules: stockRecipe(scheme, { target: 'litert' }).rules,
  });

  it('is honoured where the target runs them', () => {
    const made = plan(denseGraph(), perChannel('int8'), stats);
    expect(made.values['w']!.scale).toHaveLength(32);
    expect(inWords(made.nodes['dense']!.why)).toBe('int8, per-channel weights, by rule 1 (.* × *)');
  });

  it('is not where it refuses them, and the plan says so', () => {
    const made = plan(denseGraph(), perChannel('dynamic'));
    expect(made.values['w']!.scale).toHaveLength(1);
    expect(inWords(made.nodes['dense']!.why)).toMatch(
      /per-tensor weights \(TFLite \(2021\) takes no others in FULLY_CONNECTED\)/,
    );
  });
});

it('an int8 override in a float recipe follows the target', () => {
  const overridden = (target: 'litert' | 'tflite-2021') =>
    withOverrides(stockRecipe('float16', { target }), { dense: 'int8' });
  expect(scales(denseGraph(), overridden('litert'))).toBe(32);
  expect(scales(denseGraph(), overridden('tflite-2021'))).toBe(1);
});
