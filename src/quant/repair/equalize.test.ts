/** Equalization by the paper's closed form (arXiv 1906.04721 eq. 11), and the same function in the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../model/graph';
import { builder, conv, dense, distance, numbers, plain, results } from '../../testing/graphs';
import { absorbBias, absorbableValues, cappedValues, equalize, replaceCaps, type Seen } from '.';

const none: Seen = new Map();
const data = (graph: Graph, name: string) => [
  ...(graph.values.find((value) => value.name === name)!.data as Float32Array),
];
const seenOf = (name: string, max: readonly number[], min = max.map(() => 0)): Seen =>
  new Map([[name, { min: Float32Array.from(min), max: Float32Array.from(max) }]]);

/** Two dense layers of two channels; row maxima 4 and 0.5, column maxima 1 and 8. */
function pair(activation: 'RELU' | 'RELU6' = 'RELU', w1 = [4, -2, 0.5, 0.25]) {
  const b = builder();
  const x = b.input('x', [1, 2]);
  const w = b.constant('w1', [2, 2], w1);
  const bias = b.constant('b1', [2], [1, -2]);
  const y = b.node('FULLY_CONNECTED', 'first', { ...dense, activation }, [x, w, bias], [1, 2]);
  const v = b.constant('w2', [1, 2], [1, -8]);
  return b.graph([b.node('FULLY_CONNECTED', 'second', dense, [y, v, -1], [1, 1])]);
}

/** Convolution, depthwise, padding, pooling, flattening, dense: channels 3 to 4 to 4 to 5. */
function chain(activation: 'RELU' | 'RELU6' = 'RELU') {
  const b = builder();
  const spread = (count: number, per: number, seed: number) =>
    numbers(count, seed).map((x, at) => x * 3 ** ((Math.floor(at / per) % 4) - 1));
  const x = b.input('x', [1, 4, 4, 3]);
  const w1 = b.constant('w1', [4, 1, 1, 3], spread(12, 3, 1));
  const b1 = b.constant('b1', [4]);
  const y = b.node('CONV_2D', 'a', conv({ activation }), [x, w1, b1], [1, 4, 4, 4]);
  const pads = b.integers('pads', [4, 2], [0, 0, 1, 1, 1, 1, 0, 0]);
  const p = b.node('PAD', 'pad', {}, [y, pads], [1, 6, 6, 4]);
  const w2 = b.constant('w2', [1, 3, 3, 4], spread(36, 1, 2));
  const b2 = b.constant('b2', [4], numbers(4, 9));
  const attrs = { ...conv({ activation: 'RELU' }), depthMultiplier: 1 };
  const d = b.node('DEPTHWISE_CONV_2D', 'b', attrs, [p, w2, b2], [1, 4, 4, 4]);
  const pool = {
    ...plain,
    padding: 'VALID',
    strideW: 2,
    strideH: 2,
    filterW: 2,
    filterH: 2,
  } as const;
  const m = b.node('MAX_POOL_2D', 'pool', pool, [d], [1, 2, 2, 4]);
  const shape = b.integers('shape', [2], [1, 16]);
  const f = b.node('RESHAPE', 'flat', {}, [m, shape], [1, 16]);
  const w3 = b.constant('w3', [5, 16], numbers(80, 3));
  return b.graph([b.node('FULLY_CONNECTED', 'c', dense, [f, w3, -1], [1, 5])]);
}

describe('equalization', () => {
  it('gives both sides of every channel the same range', () => {
    const { graph, joints } = equalize(pair(), { seen: none });
    // s = √(r₁/r₂) = 2 and ¼.
    expect([...joints[0]!.scales]).toEqual([2, 0.25]);
    expect(data(graph, 'w1')).toEqual([2, -1, 2, 1]);
    expect(data(graph, 'b1')).toEqual([0.5, -8]);
    expect(data(graph, 'w2')).toEqual([2, -2]);
    expect(joints[0]).toMatchObject({ producer: 'first', consumers: ['second'], atCap: 0 });
  });

  it('settles over chains, through padding, pooling and flattening, and keeps the function', async () => {
    const before = chain();
    const { graph, joints } = equalize(before, { seen: none });
    expect(joints.map(({ producer }) => producer)).toEqual(['a', 'b']);
    const [w1, w2, w3] = ['w1', 'w2', 'w3'].map((name) => data(graph, name));
    const top = (list: readonly number[], take: (at: number) => boolean) =>
      Math.max(...list.map((x, at) => (take(at) ? Math.abs(x) : 0)));
    for (let channel = 0; channel < 4; channel += 1) {
      const depthwise = top(w2!, (at) => at % 4 === channel);
      expect(top(w1!, (at) => Math.floor(at / 3) === channel) / depthwise).toBeCloseTo(1, 5);
      expect(top(w3!, (at) => at % 4 === channel) / depthwise).toBeCloseTo(1, 5);
    }
    expect(distance(await results(before), await results(graph))).toBeLessThan(1e-5);
    const exact = equalize(before, { seen: none, powersOfTwo: true }).graph;
    expect(await results(exact)).toEqual(await results(before));
  });

  it('leaves a channel at the cap of RELU6 alone and keeps the others below it', () => {
    const before = pair('RELU6');
    expect(cappedValues(before)).toEqual(['first:0']);
    expect(equalize(before, { seen: none }).joints).toEqual([]);
    const { graph, joints } = equalize(before, { seen: seenOf('first:0', [6, 3]) });
    // Wanted: 2 and ¼. The first is at the cap; the second, seen up to 3, may grow to 0.9 · 6.
    expect(joints[0]!.atCap).toBe(1);
    expect(joints[0]!.scales[0]).toBe(1);
    expect(joints[0]!.scales[1]).toBeCloseTo(3 / 5.4, 12);
    expect(data(graph, 'w1').slice(0, 2)).toEqual([4, -2]);
    // Nearer to the cap than that already: it isn't pushed down.
    expect(equalize(before, { seen: seenOf('first:0', [5.9, 5.9]) }).joints[0]!.scales[1]).toBe(1);
    const { graph: without, nodes } = replaceCaps(before);
    expect(nodes).toEqual(['first']);
    expect([...equalize(without, { seen: none }).joints[0]!.scales]).toEqual([2, 0.25]);
  });

  it('bounds dead channels, and leaves numbers that are none alone', () => {
    const dead = equalize(pair('RELU', [0, 0, 1e-30, 0]), { seen: none });
    expect(dead.joints[0]!.scales[0]).toBe(1);
    expect(dead.joints[0]!.scales[1]).toBe(1e-4);
    expect(data(dead.graph, 'w1').every(Number.isFinite)).toBe(true);
    const bad = pair('RELU', [NaN, 1, 1, 1]);
    expect(equalize(bad, { seen: none })).toEqual({ graph: bad, joints: [] });
    const unknown = seenOf('first:0', [NaN, 3]);
    expect(equalize(pair('RELU6'), { seen: unknown }).joints[0]).toMatchObject({ atCap: 1 });
  });

  it('ends at what does not take a factor: sums, shared weights, outputs, other activations', () => {
    const b = builder();
    const x = b.input('x', [1, 2]);
    const w = b.constant('w', [2, 2]);
    const layer = (name: string, input: number, weights: number) =>
      b.node('FULLY_CONNECTED', name, dense, [input, weights, -1], [1, 2]);
    const one = layer('one', x, w);
    const sum = b.node('ADD', 'sum', plain, [one, x], [1, 2]);
    const two = layer('two', sum, b.constant('v', [2, 2]));
    const shared = b.constant('s', [2, 2]);
    const three = layer('three', two, shared);
    const four = layer('four', three, shared);
    const five = b.node(
      'LOGISTIC',
      'five',
      {},
      [layer('six', four, b.constant('u', [2, 2]))],
      [1, 2],
    );
    expect(
      equalize(b.graph([layer('seven', five, b.constant('t', [2, 2]))]), { seen: none }).joints,
    ).toEqual([]);
    const shown = pair();
    const output = { ...shown, outputs: [...shown.outputs, shown.nodes[0]!.outputs[0]!] };
    expect(equalize(output, { seen: none }).joints).toEqual([]);
    expect(equalize(shown, { seen: none, fixed: new Set(['first:0']) }).joints).toEqual([]);
  });

  it('moves all consumers of a layer together', async () => {
    const b = builder();
    const x = b.input('x', [1, 2]);
    const y = b.node(
      'FULLY_CONNECTED',
      'a',
      { ...dense, activation: 'RELU' },
      [x, b.constant('w1', [2, 2], [4, 0, 0, 1]), -1],
      [1, 2],
    );
    const left = b.node(
      'FULLY_CONNECTED',
      'b',
      dense,
      [y, b.constant('w2', [1, 2], [1, 1]), -1],
      [1, 1],
    );
    const right = b.node(
      'FULLY_CONNECTED',
      'c',
      dense,
      [y, b.constant('w3', [1, 2], [0.25, 4]), -1],
      [1, 1],
    );
    const before = b.graph([left, right]);
    const { graph, joints } = equalize(before, { seen: none });
    // r₂ is the largest of both consumers: 1 and 4.
    expect([...joints[0]!.scales]).toEqual([2, 0.5]);
    expect(joints[0]!.consumers).toEqual(['b', 'c']);
    expect(data(graph, 'w3')).toEqual([0.5, 2]);
    expect(distance(await results(before), await results(graph))).toBeLessThan(1e-6);
  });
});

describe('bias absorption', () => {
  it('moves what a channel never falls below through the next weights', () => {
    const before = pair();
    expect(absorbableValues(before)).toEqual(['first:0']);
    const { graph, channels, of } = absorbBias(before, seenOf('first:0', [10, 5], [4, 0]));
    // 4 − 0.05 · (10 − 4) = 3.7 of the first channel; the second reaches 0.
    expect([channels, of]).toEqual([1, 2]);
    const [b1, b2] = [data(graph, 'b1'), data(graph, 'second/bias')];
    expect(b1[0]).toBeCloseTo(1 - 3.7, 6);
    expect(b1[1]).toBe(-2);
    expect(b2[0]).toBeCloseTo(3.7, 6);
    expect(absorbBias(before, seenOf('first:0', [1, 1], [0, -1])).graph).toBe(before);
  });

  it('takes no part in what pads with zeros or reaches a cap', () => {
    expect(absorbableValues(chain())).toEqual(['b:0']);
    const capped = pair('RELU6');
    expect(absorbBias(capped, seenOf('first:0', [6, 5], [4, 4])).channels).toBe(1);
  });
});
