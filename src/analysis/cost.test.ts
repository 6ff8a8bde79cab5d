import { describe, expect, it } from 'vitest';
import { readTflite } from '../formats/tflite';
import type { Graph } from '../model/graph';
import { hasShared, readShared } from '../testing/shared';
import { energy, macs, parameters } from './cost';
import { constant, graphOf, grid, value } from './testing/graphs';

const dense = graphOf(
  [value('x', [1, 784]), constant('w', [128, 784]), constant('b', [128])],
  [{ op: 'FULLY_CONNECTED', inputs: ['x', 'w', 'b'], output: value('y', [1, 128]) }],
  ['x'],
  ['y'],
);
const first = (graph: Graph) => graph.nodes[0]!;
const of = (
  op: Graph['nodes'][number]['op'],
  inputs: readonly (readonly number[])[],
  output: readonly number[],
  attrs: object = {},
) => {
  const names = inputs.map((_, at) => `v${at}`);
  const graph = graphOf(
    inputs.map((shape, at) => value(names[at]!, shape)),
    [{ op, inputs: names, output: value('y', output), attrs }],
    ['v0'],
    ['y'],
  );
  return macs(graph, first(graph));
};

describe('multiply-accumulates', () => {
  it('are outputs times what each of them adds up', () => {
    expect(macs(dense, first(dense))).toBe(784 * 128);
    expect(of('CONV_2D', [[1, 8, 8, 3], [16, 3, 5, 3], [16]], [1, 4, 4, 16])).toBe(
      4 * 4 * 16 * 3 * 5 * 3,
    );
    expect(of('DEPTHWISE_CONV_2D', [[1, 8, 8, 6], [1, 3, 5, 6], [6]], [1, 4, 4, 6])).toBe(
      4 * 4 * 6 * 3 * 5,
    );
    // Every input element meets every weight of its channel.
    expect(of('TRANSPOSE_CONV', [[4], [7, 3, 5, 2], [1, 4, 4, 2]], [1, 8, 8, 7])).toBe(
      4 * 4 * 2 * 7 * 3 * 5,
    );
    expect(
      of(
        'BATCH_MATMUL',
        [
          [2, 3, 5],
          [2, 5, 7],
        ],
        [2, 3, 7],
        { adjX: false },
      ),
    ).toBe(2 * 3 * 7 * 5);
    expect(
      of(
        'BATCH_MATMUL',
        [
          [2, 5, 3],
          [2, 5, 7],
        ],
        [2, 3, 7],
        { adjX: true },
      ),
    ).toBe(2 * 3 * 7 * 5);
    expect(
      of(
        'ADD',
        [
          [1, 8],
          [1, 8],
        ],
        [1, 8],
      ),
    ).toBe(0);
  });

  it.skipIf(!hasShared)('are those that MLPerf Tiny publishes', () => {
    const total = (file: string) => {
      const { graph } = readTflite(readShared(`models/mlperf-tiny/${file}`));
      return graph.nodes.reduce((sum, node) => sum + macs(graph, node), 0) / 1e6;
    };
    // Banbury et al., "MLPerf Tiny Benchmark", arXiv 2106.07597, and its reference models' notes.
    expect(total('resnet8_int8.tflite')).toBeCloseTo(12.5, 1);
    expect(total('vww_96_int8.tflite')).toBeCloseTo(7.5, 1);
    expect(total('ad01_int8.tflite')).toBeCloseTo(0.264, 2);
    expect(total('kws_int8.tflite')).toBeCloseTo(2.7, 1);
  });
});

describe('parameters', () => {
  it('are constants that carry learned numbers, not shapes and axes', () => {
    expect(parameters(dense, first(dense))).toBe(784 * 128 + 128);
    const count = (dtype: Parameters<typeof constant>[2], quantized = false) => {
      const held = constant('w', [4, 3], dtype);
      const weights = quantized ? { ...held, quant: grid(0.5, 0).quant! } : held;
      const graph = graphOf(
        [value('x', [1, 3]), weights],
        [{ op: 'FULLY_CONNECTED', inputs: ['x', 'w'], output: value('y', [1, 4]) }],
        ['x'],
        ['y'],
      );
      return parameters(graph, first(graph));
    };
    expect((['float32', 'float16', 'int8', 'int4', 'int16'] as const).map((d) => count(d))).toEqual(
      [12, 12, 12, 12, 12],
    );
    expect([count('int32'), count('int64')]).toEqual([0, 0]);
    expect([count('int32', true), count('int64', true)]).toEqual([12, 12]);
  });

  it('skip an absent bias and what is computed', () => {
    const node = { ...first(dense), inputs: [0, 1, -1] };
    expect(parameters(dense, node)).toBe(784 * 128);
  });
});

describe('energy', () => {
  it('follows Horowitz for a dense layer in float32', () => {
    const { compute, memory } = energy(dense, first(dense), 784 * 128);
    expect(compute).toBeCloseTo(784 * 128 * (3.7 + 0.9), 6);
    // Weights of 392 kB come from a 1 MB SRAM at 100 pJ per 8 bytes, the rest from 8 kB at 10 pJ.
    const small = ((784 + 128 + 128) * 4 * 10) / 8;
    expect(memory).toBeCloseTo((784 * 128 * 4 * 100) / 8 + small, 6);
  });

  const unary = (op: 'RELU' | 'RESHAPE' | 'SQUEEZE' | 'EXPAND_DIMS', size: number, int = false) => {
    const type = int ? grid(1, 0) : {};
    const graph = graphOf(
      [value('x', [size], type)],
      [{ op, inputs: ['x'], output: value('y', [size], type) }],
      ['x'],
      ['y'],
    );
    return energy(graph, first(graph), 0);
  };

  it('takes the memory that a tensor fits in: 8 kB, 32 kB, 1 MB, DRAM', () => {
    const perByte = (bytes: number) => unary('RELU', bytes / 4).memory / (2 * bytes);
    expect(perByte(8 * 1024)).toBe(10 / 8);
    expect(perByte(8 * 1024 + 4)).toBe(20 / 8);
    expect(perByte(32 * 1024)).toBe(20 / 8);
    expect(perByte(32 * 1024 + 4)).toBe(100 / 8);
    expect(perByte(1024 * 1024)).toBe(100 / 8);
    expect(perByte(1024 * 1024 + 4)).toBe(1300 / 8);
  });

  it('counts an add per element where nothing is multiplied, and nothing where no byte changes', () => {
    expect(unary('RELU', 100).compute).toBeCloseTo(90, 10);
    expect(unary('RELU', 100, true).compute).toBeCloseTo(10, 10);
    for (const op of ['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS'] as const)
      expect(unary(op, 100)).toEqual({ compute: 0, memory: 0 });
  });

  it('reads 4-bit weights two per byte', () => {
    const quantized = (dtype: 'int8' | 'int4') => {
      const graph = graphOf(
        [value('x', [1, 30], grid(1, 0)), constant('w', [40, 30], dtype)],
        [{ op: 'FULLY_CONNECTED', inputs: ['x', 'w'], output: value('y', [1, 40], grid(1, 0)) }],
        ['x'],
        ['y'],
      );
      return energy(graph, first(graph), 1200).memory;
    };
    expect(quantized('int8') - quantized('int4')).toBeCloseTo((600 * 10) / 8, 10);
  });

  it('computes int8 and dynamic range in integers, float16 weights in float', () => {
    const cost = (
      weights: Parameters<typeof constant>[2],
      output: 'int8' | 'uint8' | 'float32',
    ) => {
      const graph = graphOf(
        [value('x', [1, 3]), constant('w', [4, 3], weights)],
        [
          {
            op: 'FULLY_CONNECTED',
            inputs: ['x', 'w'],
            output: value('y', [1, 4], { dtype: output }),
          },
        ],
        ['x'],
        ['y'],
      );
      return energy(graph, first(graph), 12).compute;
    };
    expect(cost('int8', 'int8')).toBeCloseTo(12 * 0.3, 10);
    expect(cost('int8', 'uint8')).toBeCloseTo(12 * 0.3, 10);
    expect(cost('int8', 'float32')).toBeCloseTo(12 * 0.3, 10);
    // Half the width of one operand: half of the multiplication.
    expect(cost('int4', 'int8')).toBeCloseTo(12 * (0.2 / 2 + 0.1), 10);
    expect(cost('float16', 'float32')).toBeCloseTo(12 * 4.6, 10);
    expect(cost('float32', 'float32')).toBeCloseTo(12 * 4.6, 10);
  });
});
