/** Which precisions layers can have, and what follows from raising one. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../engine/reference';
import { elementCount, type Graph, type Tensor } from '../model/graph';
import { builder, conv, numbers, plain } from '../testing/graphs';
import { formKey } from './forms';
import { mixedPlan, mixturesOf } from './mixed';
import { overridesOf, stockRecipe, withOverrides } from './recipe';
import { calibrate } from './stats';

/** conv → HARD_SWISH (no int16 kernel in LiteRT) → MAX_POOL (moves numbers) → conv. */
function net(): Graph {
  const b = builder();
  const x = b.input('x', [1, 4, 4, 2]);
  const layer = (name: string, from: number, inC: number, outC: number, size: number) =>
    b.node(
      'CONV_2D',
      name,
      conv({}),
      [
        from,
        b.constant(`${name}/w`, [outC, 1, 1, inC], numbers(outC * inC, outC)),
        b.constant(`${name}/b`, [outC], numbers(outC, 3)),
      ],
      [1, size, size, outC],
    );
  const bent = b.node('HARD_SWISH', 'bent', {}, [layer('first', x, 2, 4, 4)], [1, 4, 4, 4]);
  const window = { padding: 'VALID', strideH: 2, strideW: 2, filterH: 2, filterW: 2 } as const;
  const pool = b.node('MAX_POOL_2D', 'pool', { ...window, ...plain }, [bent], [1, 2, 2, 4]);
  return b.graph([layer('second', pool, 4, 3, 2)]);
}

async function stats(graph: Graph) {
  const executable = await createReferenceBackend().prepare(graph);
  const at = (sample: number): Tensor[] =>
    graph.inputs.map((index) => {
      const { shape, dtype } = graph.values[index]!;
      return { shape, dtype, data: numbers(elementCount(shape), sample + 1) };
    });
  return calibrate(
    graph,
    (feeds, tap) => executable.run(feeds, tap),
    { length: 4, at },
    {
      method: 'minmax',
    },
  );
}

describe('mixtures', () => {
  it('know what each layer becomes above 8 bit, where int4 weights are taken, and what follows', async () => {
    const graph = net();
    const mixtures = mixturesOf(graph, stockRecipe('int8'), await stats(graph));
    expect(mixtures.layers).toEqual([
      { id: 'first', high: 'int16', follows: false, low: true },
      { id: 'bent', high: 'float', follows: false, low: false },
      { id: 'pool', high: 'int16', follows: true, low: false },
      { id: 'second', high: 'int16', follows: false, low: true },
    ]);
    expect([...mixtures.withFollowers(new Set(['bent']))]).toEqual(['bent', 'pool']);
    expect([...mixtures.withFollowers(new Set(['first']))]).toEqual(['first']);
    expect(mixtures.overrides(new Set(['bent']), new Set(['second', 'bent']))).toEqual({
      bent: 'float',
      pool: 'int16',
      second: 'int4',
    });
  });

  it('name what differs from the recipe’s own precision, whatever it said of single layers', async () => {
    const graph = net();
    const recipe = withOverrides(stockRecipe('int4'), { first: 'float', second: 'int16' });
    const mixtures = mixturesOf(graph, recipe, await stats(graph));
    expect(overridesOf(mixtures.base.rules)).not.toHaveProperty('first');
    expect(mixtures.overrides(new Set(), new Set(['first', 'second']))).toEqual({});
    expect(mixtures.overrides(new Set(), new Set())).toEqual({ first: 'int8', second: 'int8' });
  });

  it('keep what a step settled wherever the form is the same', async () => {
    const graph = net();
    const seen = await stats(graph);
    const recipe = stockRecipe('int8');
    const own = mixedPlan(graph, recipe, seen);
    const learned = { ...own.values['first/w']!, scale: new Float32Array([1, 2, 3, 4]) };
    const settled = { ...own, values: { ...own.values, 'first/w': learned } };
    const mixed = withOverrides(recipe, { first: 'int16' });
    const { values } = mixedPlan(graph, mixed, seen, settled);
    expect(values['first/w']!.scale).toEqual(learned.scale);
    expect(values['first:0']!.dtype).toBe('int16');
    const [input] = (values[formKey('x', 'int16')] ?? values['x'])!.scale;
    const bias = Array.from(values['first/b']!.scale, (scale) => scale / input!);
    for (const [i, scale] of bias.entries()) expect(scale / learned.scale[i]!).toBeCloseTo(1, 5);
  });
});
