/** int16 activations: what is asked, planned, refused and converted; mixtures and their borders. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../model/graph';
import { builder, conv, dense, numbers, plain } from '../testing/graphs';
import { bordersOf } from './border';
import { convert } from './convert';
import { calibrationsOf, rangesOf } from './layerRanges';
import { plan } from './plan';
import { overridesOf, stockRecipe, withOverrides } from './recipe';
import { calibrateAll } from './stats';
import type { Recipe, Stats, ValueStats } from './types';
import { inWords } from './words';

const seen: ValueStats = {
  ...{ min: -1, max: 3, seenMin: -1, seenMax: 3, mean: 0, std: 1 },
  ...{ histogram: new Float64Array(1), minSample: 0, maxSample: 0 },
};
const statsOf = (graph: Graph): Stats => ({
  samples: 1,
  calibration: { method: 'minmax' },
  values: Object.fromEntries(
    graph.values.filter(({ data }) => !data).map(({ name }) => [name, seen]),
  ),
});

/** A convolution, a square root, a reshape, two dense layers. */
function five(): Graph {
  const b = builder();
  const x = b.input('x', [1, 2, 2, 2]);
  const ins = [x, b.constant('w', [2, 1, 1, 2], [7, -3.4, 0, 0.7]), b.constant('c', [2], [0.5, 9])];
  const first = b.node('CONV_2D', 'conv', conv(), ins, [1, 2, 2, 2]);
  const root = b.node('SQRT', 'root', {}, [first], [1, 2, 2, 2]);
  const flat = b.node('RESHAPE', 'flat', {}, [root, b.integers('shape', [2], [1, 8])], [1, 8]);
  const layer = (name: string, from: number, depth: number) =>
    b.node(
      'FULLY_CONNECTED',
      name,
      dense,
      [from, b.constant(`${name}/w`, [4, depth]), b.constant(`${name}/b`, [4], numbers(4))],
      [1, 4],
    );
  return b.graph([layer('last', layer('dense', flat, 8), 4)]);
}
const made = (recipe: Recipe, graph = five()) => plan(graph, recipe, statsOf(graph));
const ops = (graph: Graph) =>
  graph.nodes.map(({ op, outputs }) => `${op} ${graph.values[outputs[0]!]!.dtype}`);

describe('int16 activations', () => {
  it('zero point 0, the largest magnitude at 32767, int64 biases; an operator without a kernel stays float', () => {
    const planned = made(stockRecipe('int16x8', { io: 'int16' }));
    expect(planned.io).toBe('int16');
    expect(planned.values['conv:0']).toMatchObject({ dtype: 'int16' });
    expect(planned.values['conv:0']!.scale[0]).toBe(Math.fround(3 / 32767));
    expect(planned.values['conv:0']!.zeroPoint[0]).toBe(0);
    expect(planned.nodes['root']!.scheme).toBe('float32');
    expect(inWords(planned.nodes['root']!.why)).toMatch(/LiteRT.* has no int16 kernel for SQRT/);
    const graph = convert(five(), planned);
    const bias = graph.values.find(({ name }) => name === 'c')!;
    // 0.5 / (3/32767 · 7/127), 9 / (3/32767 · 0.7/127)
    expect(bias).toMatchObject({ dtype: 'int64' });
    expect(Array.from(bias.data as BigInt64Array, Number)).toEqual([99081, 17834610]);
    expect(ops(graph)).toEqual([
      'CONV_2D int16',
      'DEQUANTIZE float32',
      'SQRT float32',
      'QUANTIZE int16',
      'RESHAPE int16',
      'FULLY_CONNECTED int16',
      'FULLY_CONNECTED int16',
    ]);
  });

  it('the runtime of 2021 is given none', () => {
    const planned = made(stockRecipe('int16x8', { target: 'tflite-2021' }));
    expect(Object.values(planned.nodes).map(({ scheme }) => scheme)).not.toContain('int16');
    expect(planned.io).toBe('float32');
  });

  it('between int8 and int16 stands one QUANTIZE, shared by all who read', () => {
    const b = builder();
    const [x, y] = [b.input('x', [4]), b.input('y', [4])];
    const sum = b.node('ADD', 'sum', plain, [x, y], [4]);
    const twice = b.node('MUL', 'twice', plain, [sum, sum], [4]);
    const more = b.node('SUB', 'more', plain, [sum, twice], [4]);
    const graph = b.graph([more]);
    const recipe = withOverrides(stockRecipe('int8', { io: 'int8' }), {
      twice: 'int16',
      more: 'int16',
    });
    const planned = made(recipe, graph);
    expect(bordersOf(graph, planned)).toEqual(['int8', 'int16', 'float32']);
    const converted = convert(graph, planned);
    expect(ops(converted)).toEqual([
      'ADD int8',
      'QUANTIZE int16',
      'MUL int16',
      'SUB int16',
      'QUANTIZE int8',
    ]);
  });

  it('overrides come back from the rules that they made', () => {
    const choices = { a: 'int16', b: 'float', c: 'int4', d: 'int16-int4', e: 'int8' } as const;
    const base = stockRecipe('int16x8');
    const recipe = withOverrides(base, choices);
    expect(overridesOf(recipe.rules.slice(base.rules.length))).toEqual(choices);
  });
});

describe('ranges of single layers', () => {
  const graph = five();
  const recipe: Recipe = {
    ...stockRecipe('int8'),
    ranges: { dense: { method: 'octav' }, last: { method: 'given', min: -2, max: 2 } },
  };

  it('one pass gives all', async () => {
    const calibrations = calibrationsOf(recipe);
    expect(calibrations.map(({ method }) => method)).toEqual(['minmax', 'octav']);
    let runs = 0;
    const run = (_: unknown, tap?: (index: number, tensor: never) => void) => {
      runs += 1;
      graph.values.forEach(({ shape, dtype, data }, index) => {
        const size = shape.reduce((a, b) => a * b, 1);
        if (!data && dtype === 'float32')
          tap?.(index, { shape, dtype, data: numbers(size, index) } as never);
      });
      return Promise.resolve([]);
    };
    const feeds = { length: 3, at: () => [] };
    const all = await calibrateAll(graph, run, feeds, calibrations);
    expect(runs).toBe(3);
    const planned = plan(graph, recipe, rangesOf(graph, recipe, all));
    expect(inWords(planned.values['dense:0']!.why)).toMatch(/^OCTAV of 3 samples/);
    expect(inWords(planned.values['last:0']!.why)).toBe('set by hand: [-2, 2]');
    expect(planned.values['last:0']!.scale[0]).toBe(Math.fround(4 / 255));
  });

  it('refuses what has no activations, and a range that holds nothing', () => {
    const stats = statsOf(graph);
    const of = (ranges: Recipe['ranges']) => () =>
      rangesOf(graph, { ...recipe, ...(ranges ? { ranges } : {}) }, [stats]);
    expect(of({ nobody: { method: 'given', min: 0, max: 1 } })).toThrow(/no layer of "test"/);
    expect(of({ last: { method: 'given', min: 1, max: 1 } })).toThrow(/holds nothing/);
  });
});
