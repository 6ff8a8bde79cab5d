import { describe, expect, it } from 'vitest';
import type { Dataset } from '../data/types';
import { readTflite } from '../formats/tflite';
import type { Graph, Node, Value } from '../model/graph';
import { hasShared, readShared } from '../testing/shared';
import { affectedBy } from './affected';
import { ErrorAccumulator } from './compare';
import { energy, macs, parameters } from './cost';
import { Scorer, taskOf } from './score';
import { toInput, toReal } from './tensors';

describe('error of a quantized tensor', () => {
  it('gives SQNR, cosine, MSE and the largest error by their definitions', () => {
    const error = new ErrorAccumulator();
    error.add([3, 4], [3, 3]);
    error.add([0, 0], [0, 0]);
    const result = error.result(0.5)!;
    expect(result.sqnr).toBeCloseTo(10 * Math.log10(25 / 1), 10);
    expect(result.cosine).toBeCloseTo(21 / (5 * Math.sqrt(18)), 10);
    expect(result.mse).toBeCloseTo(1 / 4, 10);
    expect(result.maxAbs).toBe(1);
    expect(result.rmseOverScale).toBeCloseTo(1, 10);
  });

  it('finds 1/√12 of a step where rounding is the only loss', () => {
    const scale = 0.1;
    const x = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i * 0.7) * 10);
    const error = new ErrorAccumulator();
    error.add(
      x,
      x.map((value) => Math.round(value / scale) * scale),
    );
    expect(error.result(scale)!.rmseOverScale).toBeCloseTo(1 / Math.sqrt(12), 2);
  });

  it('is infinite for equal tensors', () => {
    const error = new ErrorAccumulator();
    error.add([1, 2], [1, 2]);
    expect(error.result()!.sqnr).toBe(Infinity);
    expect(new ErrorAccumulator().result()).toBeUndefined();
  });
});

const dataset = (labels?: Int32Array | Float32Array): Dataset => ({
  name: '',
  description: '',
  count: 2,
  sampleShape: [4],
  samples: new Float32Array(8),
  ...(labels ? { labels } : {}),
  synthetic: false,
});

describe('score', () => {
  it('chooses the task by labels and shapes', () => {
    expect(taskOf(dataset(new Int32Array([0, 2])), 4, 3)).toBe('classes');
    expect(taskOf(dataset(new Int32Array([0, 1])), 4, 1)).toBe('binary');
    expect(taskOf(dataset(new Int32Array([7, 15])), 4, 1)).toBe('regression');
    expect(taskOf(dataset(), 4, 3)).toBe('agreement');
    expect(taskOf(dataset(), 4, 4)).toBe('reconstruction');
    expect(taskOf(dataset(), 4, 6, 3)).toBe('reconstruction');
    expect(taskOf(dataset(new Int32Array([0, 2])), 4, 6, 3)).toBe('reconstruction');
    expect(taskOf({ ...dataset(new Int32Array([0, 2])), synthetic: true }, 4, 3)).toBe('agreement');
  });

  it('counts hits and mean absolute error', () => {
    const classes = new Scorer('classes', dataset(new Int32Array([1, 0])));
    const output = new Float32Array([0.1, 0.9]);
    classes.add(0, output, output);
    classes.add(1, output, output);
    expect(classes.score()).toMatchObject({ kind: 'accuracy', value: 50, unit: '%', samples: 2 });
    const regression = new Scorer('regression', dataset(new Int32Array([7, 15])));
    regression.add(0, new Float32Array([9]), output);
    regression.add(1, new Float32Array([14]), output);
    expect(regression.score().value).toBeCloseTo(1.5, 10);
  });
});

describe('cost', () => {
  const value = (name: string, shape: number[], constant = false): Value => ({
    name,
    shape,
    dtype: 'float32',
    ...(constant ? { data: new Float32Array(shape.reduce((a, b) => a * b, 1)) } : {}),
  });
  const dense: Graph = {
    name: 'dense',
    values: [
      value('x', [1, 784]),
      value('w', [128, 784], true),
      value('b', [128], true),
      value('y', [1, 128]),
    ],
    nodes: [
      {
        name: 'dense',
        op: 'FULLY_CONNECTED',
        attrs: { activation: 'RELU', keepNumDims: false, asymmetricQuantizeInputs: false },
        inputs: [0, 1, 2],
        outputs: [3],
        layer: 0,
      },
    ],
    inputs: [0],
    outputs: [3],
    layers: [{ name: 'dense', type: 'Dense' }],
  };

  it('follows Horowitz for a dense layer in float32', () => {
    const [node] = dense.nodes as [Node];
    expect(macs(dense, node)).toBe(784 * 128);
    expect(parameters(dense, node)).toBe(784 * 128 + 128);
    const { compute, memory } = energy(dense, node, 784 * 128);
    expect(compute).toBeCloseTo(784 * 128 * (3.7 + 0.9), 6);
    // Weights of 392 kB come from a 1 MB SRAM at 100 pJ per 8 bytes, the rest from 8 kB at 10 pJ.
    const small = ((784 + 128 + 128) * 4 * 10) / 8;
    expect(memory).toBeCloseTo((784 * 128 * 4 * 100) / 8 + small, 6);
  });

  it.skipIf(!hasShared)('gives the MACs that MLPerf Tiny publishes', () => {
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

describe('the part of a graph that a layer reaches', () => {
  const relu = (name: string, input: number, output: number): Node => ({
    name,
    op: 'RELU',
    attrs: {},
    inputs: [input],
    outputs: [output],
    layer: 0,
  });
  const graph: Graph = {
    name: 'branches',
    values: ['x', 'a', 'b', 'c', 'sum'].map((name) => ({ name, shape: [2], dtype: 'float32' })),
    nodes: [
      relu('a', 0, 1),
      relu('b', 1, 2),
      relu('c', 1, 3),
      {
        name: 'sum',
        op: 'ADD',
        attrs: { activation: 'NONE' },
        inputs: [2, 3],
        outputs: [4],
        layer: 0,
      },
    ],
    inputs: [0],
    outputs: [4],
    layers: [{ name: 'all', type: 'All' }],
  };

  it('takes known values as inputs and leaves out what it does not reach', () => {
    const part = affectedBy(graph, 'b', () => true);
    expect(part.nodes.map(({ name }) => name)).toEqual(['b', 'sum']);
    expect(part.inputs).toEqual([1, 3]);
    expect(part.outputs).toEqual([4]);
  });

  it('computes what is not known', () => {
    const part = affectedBy(graph, 'b', (name) => name !== 'c');
    expect(part.nodes.map(({ name }) => name)).toEqual(['b', 'c', 'sum']);
    expect(part.inputs).toEqual([1]);
  });
});

describe('samples as tensors', () => {
  const int8 = (scale: number, zeroPoint: number): Value => ({
    name: 'x',
    shape: [4],
    dtype: 'int8',
    quant: { scale: new Float32Array([scale]), zeroPoint: new Int32Array([zeroPoint]), axis: 0 },
  });

  it('rounds half away from zero and saturates', () => {
    const { data } = toInput(new Float32Array([0.25, -0.25, 1000, -1000]), int8(0.5, 0));
    expect([...(data as Int8Array)]).toEqual([1, -1, 127, -128]);
  });

  it('comes back as scale · (q − zero point)', () => {
    const { data, quant } = { data: new Int8Array([-128, 0, 127]), quant: int8(0.5, -128).quant };
    expect([...toReal(data, quant, new Float32Array(3))]).toEqual([0, 64, 127.5]);
  });
});
