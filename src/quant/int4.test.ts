/** 4-bit weights with int8 activations: what is asked, planned, stored and written. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTflite } from '../formats/tflite/read';
import { writeTflite } from '../formats/tflite/write';
import { byteSize } from '../model/graph';
import { builder, conv, dense, numbers } from '../testing/graphs';
import { plan } from './plan';
import { readRecipeJson, stockRecipe, withOverrides, writeRecipeJson } from './recipe';
import type { Stats, TargetId, ValueStats } from './types';
import { inWords } from './words';
import { everywhere, int4Model, int4Models } from './testing/int4Models';

const seen: ValueStats = {
  ...{ min: -1, max: 1, seenMin: -1, seenMax: 1, mean: 0, std: 1 },
  ...{ histogram: new Float64Array(1), minSample: 0, maxSample: 0 },
};
const statsOf = (names: readonly string[]): Stats => ({
  samples: 1,
  calibration: { method: 'minmax' },
  values: Object.fromEntries(names.map((name) => [name, seen])),
});

/** A convolution, a depthwise one, a dense layer. */
function three() {
  const b = builder();
  const x = b.input('x', [1, 2, 2, 2]);
  const first = b.node(
    'CONV_2D',
    'conv',
    conv(),
    [x, b.constant('w', [2, 1, 1, 2], [7, -3.4, 0, 0.7]), b.constant('c', [2], [0, 0])],
    [1, 2, 2, 2],
  );
  const deep = b.node(
    'DEPTHWISE_CONV_2D',
    'deep',
    { ...conv(), depthMultiplier: 1 },
    [first, b.constant('v', [1, 2, 2, 2]), b.constant('d', [2], [0, 0])],
    [1, 1, 1, 2],
  );
  const flat = b.node('RESHAPE', 'flat', {}, [deep], [1, 2]);
  const last = b.node(
    'FULLY_CONNECTED',
    'dense',
    dense,
    [flat, b.constant('u', [3, 2]), b.constant('e', [3], [0, 0, 0])],
    [1, 3],
  );
  return b.graph([last]);
}
const stats = statsOf(['x', 'conv:0', 'deep:0', 'flat:0', 'dense:0']);
const reasons = (target: TargetId) => {
  const made = plan(three(), stockRecipe('int4', { target }), stats);
  return Object.fromEntries(
    ['conv', 'deep', 'dense'].map((name) => [name, inWords(made.nodes[name]!.why)]),
  );
};

describe('int4 weights', () => {
  it('where the target and the stock recipe take them', () => {
    expect(reasons('litert')).toMatchObject({
      conv: 'int8 with int4 weights, per-channel, by rule 2 (.* × CONV_2D)',
      deep: 'int8, per-channel weights, by rule 1 (.* × *)',
      dense: 'int8 with int4 weights, per-channel, by rule 3 (.* × FULLY_CONNECTED)',
    });
    const older = reasons('tflite-2021');
    for (const name of ['conv', 'deep', 'dense']) {
      expect(older[name]).toMatch(/TFLite \(2021\) has no int4 kernel/);
    }
  });

  it('on [−7, 7]: the scale is a seventh of the largest magnitude, in float32', () => {
    const made = plan(three(), everywhere('min_max_uniform_quantize'), stats);
    expect(made.values['w']).toMatchObject({ dtype: 'int4', axis: 0 });
    expect(Array.from(made.values['w']!.scale)).toEqual([1, Math.fround(0.7 / 7)]);
    expect(made.values['v']).toMatchObject({ dtype: 'int4', axis: 3 });
    expect(inWords(made.values['w']!.why)).toBe('symmetric 4-bit, 2 output channels');
  });

  it('at least squared error: never above that of the largest magnitude', () => {
    const b = builder();
    // Most weights small, one in each row far out: what clipping is for.
    const drawn = numbers(400, 2);
    const most = drawn.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
    const data = drawn.map((x, i) => (i % 200 === 0 ? 3 : (x / most) ** 3));
    const ins = [b.input('x', [1, 200]), b.constant('w', [2, 200], data)];
    const graph = b.graph([b.node('FULLY_CONNECTED', 'd', dense, ins, [1, 2])]);
    const errors = (['min_max_uniform_quantize', 'MSE', 'OCTAV'] as const).map((key) => {
      const { scale, why } = plan(graph, everywhere(key), statsOf(['x', 'd:0'])).values['w']!;
      if (key === 'MSE') expect(inWords(why)).toMatch(/scaled at least squared error$/);
      return data.reduce((sum, x, i) => {
        const s = scale[Math.floor(i / 200)]!;
        return sum + (s * Math.max(-7, Math.min(7, Math.round(x / s))) - x) ** 2;
      }, 0);
    });
    expect(errors[1]).toBeLessThan(errors[0]!);
    expect(errors[1]).toBeLessThanOrEqual(errors[2]!);
  });

  it('LiteRT Quantizer: the recipe says it in its words', () => {
    const rules = JSON.parse(writeRecipeJson(stockRecipe('int4'))) as {
      operation: string;
      algorithm_key: string;
      op_config: { weight_tensor_config: { num_bits: number } };
    }[];
    const said = rules.map((rule) => [
      rule.operation,
      rule.algorithm_key,
      rule.op_config.weight_tensor_config.num_bits,
    ]);
    expect(said).toEqual([
      ['*', 'min_max_uniform_quantize', 8],
      ['CONV_2D', 'MSE', 4],
      ['FULLY_CONNECTED', 'MSE', 4],
    ]);
  });

  it('stored between float activations, where the recipe has none', () => {
    const text = writeRecipeJson(everywhere()).replace(
      /"activation_tensor_config": \{[^}]*\},/,
      '',
    );
    const made = plan(three(), readRecipeJson(text));
    // default_policy.py: "*" doesn't stand for depthwise layers there.
    expect(['conv', 'deep', 'dense'].map((name) => made.nodes[name]!.scheme)).toEqual([
      'weight-only',
      'float32',
      'weight-only',
    ]);
    expect(made.values['w']).toMatchObject({ dtype: 'int4', axis: 0 });
  });

  it('a layer overridden to int8 has 8 bits', () => {
    const recipe = withOverrides(stockRecipe('int4'), { conv: 'int8' });
    const made = plan(three(), recipe, stats);
    expect([made.values['w']!.dtype, made.values['u']!.dtype]).toEqual(['int8', 'int4']);
  });

  it.each(Object.keys(int4Models))('%s is written as LiteRT ran it', async (name) => {
    const { graph } = await int4Model(name);
    const url = new URL(`../engine/suite/fixtures/litert/${name}.tflite`, import.meta.url);
    const file = new Uint8Array(readFileSync(url));
    const bytes = writeTflite(graph);
    expect(bytes).toEqual(file);
    const weights = readTflite(bytes, name).graph.values.filter(({ dtype }) => dtype === 'int4');
    expect(weights.length).toBeGreaterThan(0);
    for (const { data, shape } of weights) {
      expect((data as Int8Array).every((q) => q >= -7 && q <= 7)).toBe(true);
      expect(byteSize('int4', shape)).toBe(Math.ceil(data!.length / 2));
    }
  });
});
