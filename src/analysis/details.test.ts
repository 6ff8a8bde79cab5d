import { describe, expect, it } from 'vitest';
import type { Plan, Stats, ValuePlan, ValueStats } from '../quant/types';
import { why } from '../quant/why';
import { histogram, layerDetails, weightsOf } from './details';
import { constant, graphOf, value } from './testing/graphs';

const graph = graphOf(
  [
    value('x', [1, 2, 2, 2]),
    // OHWI: two output channels of 1×1×2.
    constant('w', [2, 1, 1, 2], 'float32', [1, -2, 3, 4]),
    constant('b', [2]),
    // 1HWC: channels last.
    constant('dw', [1, 2, 1, 2], 'float32', [1, 10, -5, 20]),
    constant('shape', [2], 'int32'),
  ],
  [
    { op: 'CONV_2D', inputs: ['x', 'w', 'b'], output: value('conv', [1, 2, 2, 2]) },
    { op: 'DEPTHWISE_CONV_2D', inputs: ['conv', 'dw'], output: value('depth', [1, 1, 2, 2]) },
    { op: 'RESHAPE', inputs: ['depth', 'shape'], output: value('flat', [1, 4]) },
  ],
  ['x'],
  ['flat'],
);
const grid = (
  dtype: ValuePlan['dtype'],
  scale: readonly number[],
  zeroPoint: number,
): ValuePlan => ({
  dtype,
  scale: Float32Array.from(scale),
  zeroPoint: Int32Array.of(zeroPoint),
  axis: 0,
  why: why('same-as', { value: 'x' }),
});
const stays = why('no-rule', {});
const plan = {
  target: 'litert',
  nodes: { depth: { scheme: 'float32', why: why('no-float-input', {}) } },
  values: { conv: grid('int8', [0.5], -28), w: grid('int8', [0.25, 0.5], 0) },
  io: 'float32',
} as unknown as Plan;
const seen: ValueStats = {
  min: -1,
  max: 2,
  seenMin: -3,
  seenMax: 5,
  mean: 0,
  std: 1,
  histogram: Float64Array.of(1, 2),
  minSample: 0,
  maxSample: 0,
};
const stats = { samples: 1, values: { conv: seen, depth: seen } } as unknown as Stats;

describe('what the inspector draws', () => {
  const details = () => layerDetails(graph, plan, stats);

  it('is the grid of the weights beside the range of each output channel', () => {
    const { weights } = details()['conv']!;
    expect(weights!.shape).toEqual([2, 1, 1, 2]);
    expect([...weights!.scale]).toEqual([0.25, 0.5]);
    expect([...weights!.channelMin]).toEqual([-2, 3]);
    expect([...weights!.channelMax]).toEqual([1, 4]);
    expect(weights!.histogram).toMatchObject({ min: -2, max: 4 });
  });

  it('takes the last axis for depthwise weights, and no scale where they stay float', () => {
    const { weights } = details()['depth']!;
    expect([...weights!.channelMin]).toEqual([-5, 10]);
    expect([...weights!.channelMax]).toEqual([1, 20]);
    expect(weights!.scale).toHaveLength(0);
    expect(details()['flat']).toEqual({ id: 'flat' });
  });

  it('is what calibration saw beside what the grid covers', () => {
    expect(details()['conv']!.activation).toEqual({
      histogram: { min: -3, max: 5, counts: Float64Array.of(1, 2) },
      clipMin: 0.5 * (-128 + 28),
      clipMax: 0.5 * (127 + 28),
      scale: 0.5,
      zeroPoint: -28,
      seenMin: -3,
      seenMax: 5,
      why: { code: 'same-as', params: { value: 'x' } },
    });
  });

  it('says why a layer stays float, with the range that was chosen', () => {
    expect(details()['depth']!.activation).toMatchObject({
      clipMin: -1,
      clipMax: 2,
      scale: 0,
      zeroPoint: 0,
      why: { code: 'no-float-input' },
    });
    const bare = layerDetails(graph, { ...plan, nodes: {}, values: {} }, stats);
    expect(bare['depth']!.activation!.why).toEqual(stays);
  });

  it('covers 16 bits where the grid has them', () => {
    const wide = { ...plan, values: { conv: grid('int16', [0.5], 0) } };
    expect(layerDetails(graph, wide, stats)['conv']!.activation).toMatchObject({
      clipMin: -16384,
      clipMax: 16383.5,
    });
  });

  it('has no activation without calibration', () => {
    expect(layerDetails(graph, plan, undefined)['conv']!.activation).toBeUndefined();
  });

  it('takes the float constant of rank two and more for the weights', () => {
    expect(weightsOf(graph, graph.nodes[0]!)?.name).toBe('w');
    expect(weightsOf(graph, graph.nodes[2]!)).toBeUndefined();
    const bias = { ...graph.nodes[0]!, inputs: [0, 2] };
    expect(weightsOf(graph, bias)).toBeUndefined();
  });
});

describe('a histogram', () => {
  it('has equal bins from the smallest to the largest, which belongs to the last', () => {
    expect(histogram([0, 1, 2, 3, 4], 4)).toEqual({
      min: 0,
      max: 4,
      counts: Float64Array.of(1, 1, 1, 2),
    });
  });

  it('puts equal numbers in the middle', () => {
    expect(histogram([7, 7, 7], 4)).toEqual({
      min: 7,
      max: 7,
      counts: Float64Array.of(0, 0, 3, 0),
    });
    expect(histogram([], 2)).toEqual({ min: 0, max: 0, counts: Float64Array.of(0, 0) });
    expect(histogram([1, 2]).counts).toHaveLength(128);
  });
});
