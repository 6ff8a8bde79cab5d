import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Graph, Node, QuantParams, Value } from '../../model/graph';
import type { OpAttrs, OpName } from '../../model/ops';
import { validate } from '../../model/validate';
import { openOracle } from '../../testing/oracle';
import { Builder } from 'flatbuffers';
import * as fb from './generated/tflite';
import { readTflite, tfliteFormat, writeTflite } from './index';

const quant = (scale: number | number[], zeroPoint = 0, axis = 0): QuantParams => {
  const scales = [scale].flat();
  return {
    scale: Float32Array.from(scales),
    zeroPoint: Int32Array.from(scales, () => zeroPoint),
    axis,
  };
};

function node<K extends OpName>(
  op: K,
  attrs: OpAttrs[K],
  inputs: number[],
  output: number,
  values: readonly Value[],
  layer: number,
): Node {
  return { op, attrs, inputs, outputs: [output], name: values[output]!.name, layer } as Node;
}

function graphOf(
  values: readonly Value[],
  steps: readonly [OpName, object, number[], number][],
  inputs: number[],
  outputs: number[],
): Graph {
  const nodes = steps.map(([op, attrs, from, to], index) =>
    node(op, attrs as OpAttrs[OpName], from, to, values, index),
  );
  const layers = nodes.map(({ name, op }) => ({ name, type: op }));
  return { name: 'made', values, nodes, inputs, outputs, layers };
}

const conv = {
  padding: 'SAME',
  strideW: 1,
  strideH: 1,
  dilationW: 1,
  dilationH: 1,
  activation: 'RELU',
} as const;

/** An int8 network with an open batch: CONV_2D per channel, ADD with itself, RESHAPE, FC, SOFTMAX. */
function int8Graph(): Graph {
  const filter = Int8Array.from({ length: 3 * 9 * 2 }, (_, index) => ((index * 37) % 255) - 127);
  const dense = Int8Array.from({ length: 4 * 48 }, (_, index) => ((index * 91) % 255) - 127);
  const values: Value[] = [
    {
      name: 'x',
      shape: [1, 4, 4, 2],
      signature: [-1, 4, 4, 2],
      dtype: 'int8',
      quant: quant(0.05, 3),
    },
    {
      name: 'filter',
      shape: [3, 3, 3, 2],
      dtype: 'int8',
      data: filter,
      quant: quant([0.01, 0.02, 0.03]),
    },
    {
      name: 'bias',
      shape: [3],
      dtype: 'int32',
      data: Int32Array.of(100, -200, 0),
      quant: quant([0.0005, 0.001, 0.0015]),
    },
    { name: 'conv', shape: [1, 4, 4, 3], dtype: 'int8', quant: quant(0.1, -128) },
    { name: 'add', shape: [1, 4, 4, 3], dtype: 'int8', quant: quant(0.2, -128) },
    { name: 'to', shape: [2], dtype: 'int32', data: Int32Array.of(1, 48) },
    { name: 'flat', shape: [1, 48], dtype: 'int8', quant: quant(0.2, -128) },
    { name: 'dense', shape: [4, 48], dtype: 'int8', data: dense, quant: quant(0.004) },
    {
      name: 'dense/bias',
      shape: [4],
      dtype: 'int32',
      data: Int32Array.of(1, 2, 3, 4),
      quant: quant(0.0008),
    },
    { name: 'logits', shape: [1, 4], dtype: 'int8', quant: quant(0.5, 10) },
    { name: 'probabilities', shape: [1, 4], dtype: 'int8', quant: quant(1 / 256, -128) },
  ];
  const fc = { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false };
  return graphOf(
    values,
    [
      ['CONV_2D', conv, [0, 1, 2], 3],
      ['ADD', { activation: 'NONE' }, [3, 3], 4],
      ['RESHAPE', {}, [4, 5], 6],
      ['FULLY_CONNECTED', fc, [6, 7, 8], 9],
      ['SOFTMAX', { beta: 1 }, [9], 10],
    ],
    [0],
    [10],
  );
}

/** float16 weights behind DEQUANTIZE, two convolutions with the same bytes, an absent bias. */
function float16Graph(): Graph {
  const half = Uint16Array.from({ length: 2 * 3 }, (_, index) => 0x3c00 + index * 64); // 1, 1.0625, …
  const values: Value[] = [
    { name: 'x', shape: [1, 3], dtype: 'float32' },
    { name: 'w16', shape: [2, 3], dtype: 'float16', data: half },
    { name: 'w', shape: [2, 3], dtype: 'float32' },
    { name: 'y', shape: [1, 2], dtype: 'float32' },
    { name: 'again16', shape: [2, 3], dtype: 'float16', data: half.slice() },
    { name: 'again', shape: [2, 3], dtype: 'float32' },
    { name: 'z', shape: [1, 2], dtype: 'float32' },
  ];
  const fc = { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false };
  return graphOf(
    values,
    [
      ['DEQUANTIZE', {}, [1], 2],
      ['FULLY_CONNECTED', fc, [0, 2, -1], 3],
      ['DEQUANTIZE', {}, [4], 5],
      ['FULLY_CONNECTED', fc, [0, 5, -1], 6],
    ],
    [0],
    [3, 6],
  );
}

/** Types that few kernels take: odd int4, int64, bool, float64. */
function typesGraph(): Graph {
  const values: Value[] = [
    { name: 'x', shape: [3], dtype: 'float32' },
    {
      name: 'four',
      shape: [5],
      dtype: 'int4',
      data: Int8Array.of(-8, 7, 0, -1, 3),
      quant: quant(0.5),
    },
    { name: 'long', shape: [2], dtype: 'int64', data: BigInt64Array.of(2n ** 40n, -5n) },
    { name: 'truth', shape: [3], dtype: 'bool', data: Uint8Array.of(1, 0, 1) },
    { name: 'double', shape: [1], dtype: 'float64', data: Float64Array.of(Math.PI) },
    { name: 'four/float', shape: [5], dtype: 'float32' },
    { name: 'long/int', shape: [2], dtype: 'int32' },
    { name: 'truth/float', shape: [3], dtype: 'float32' },
    { name: 'double/float', shape: [1], dtype: 'float32' },
    { name: 'y', shape: [3], dtype: 'float32' },
  ];
  return graphOf(
    values,
    [
      ['DEQUANTIZE', {}, [1], 5],
      ['CAST', { to: 'int32' }, [2], 6],
      ['CAST', { to: 'float32' }, [3], 7],
      ['CAST', { to: 'float32' }, [4], 8],
      ['ADD', { activation: 'RELU6' }, [0, 7], 9],
    ],
    [0],
    [9, 5, 6, 8],
  );
}

describe('writeTflite', () => {
  it.each([
    ['int8', int8Graph()],
    ['float16', float16Graph()],
    ['types', typesGraph()],
  ])('%s: reads back as it was', (_, graph) => {
    validate(graph);
    const bytes = writeTflite(graph);
    expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('TFL3');
    expect(isDeepStrictEqual(readTflite(bytes).graph, graph)).toBe(true);
    expect(isDeepStrictEqual(writeTflite(graph), bytes)).toBe(true);
  });

  it('int8: the runtime runs it', async () => {
    const oracle = await openOracle(writeTflite(int8Graph()));
    const [first] = oracle.run([Int8Array.from({ length: 32 }, (_, index) => index * 7 - 100)]);
    oracle.dispose();
    expect(first!.shape).toEqual([1, 4]);
    const total = [...first!.data].reduce((sum, q) => sum + (q + 128) / 256, 0);
    expect(total).toBeGreaterThan(0.98);
    expect(total).toBeLessThan(1.02);
  });

  it('float16: the runtime runs it, and equal constants stand in the file once', async () => {
    const graph = float16Graph();
    const oracle = await openOracle(writeTflite(graph));
    const outputs = oracle.run([[1, 2, 3]]);
    oracle.dispose();
    // Half bits 0x3c00 + 64·i are 1 + i/16.
    const expected = [1 + 2 * 1.0625 + 3 * 1.125, 1.1875 + 2 * 1.25 + 3 * 1.3125];
    expect(outputs.map(({ data }) => [...data])).toEqual([expected, expected]);
    const different = {
      ...graph,
      values: graph.values.map((value) =>
        value.name === 'again16' ? { ...value, data: new Uint16Array(6) } : value,
      ),
    };
    expect(writeTflite(different).length).toBeGreaterThan(writeTflite(graph).length);
  });

  it('aligns constants to 16 bytes', () => {
    const bytes = writeTflite(int8Graph());
    const wanted = new Uint8Array((int8Graph().values[7]!.data as Int8Array).buffer);
    const at = bytes.findIndex((_, start) => wanted.every((byte, k) => bytes[start + k] === byte));
    expect(at % 16).toBe(0);
  });

  it('refuses operators that cannot run, all by name', () => {
    const values: Value[] = [
      { name: 'x', shape: [1], dtype: 'float32' },
      { name: 'y', shape: [1], dtype: 'float32' },
    ];
    const attrs = { kind: 'LSTM', reason: 'Intact has no kernel for it' };
    const graph = graphOf(values, [['UNSUPPORTED', attrs, [0], 1]], [0], [1]);
    expect(() => writeTflite(graph)).toThrow(/LSTM \("y"\)/);
  });
});

describe('readTflite', () => {
  it('turns sizes that are computed from sizes into constants', () => {
    const scalar = (name: string, value: number): Value => ({
      name,
      shape: [1],
      dtype: 'int32',
      data: Int32Array.of(value),
    });
    const values: Value[] = [
      { name: 'x', shape: [1, 2, 3], signature: [-1, 2, 3], dtype: 'float32' },
      // Google's quantizer puts scales on sizes too.
      { name: 'shape', shape: [3], dtype: 'int32', quant: quant(0.1) },
      scalar('zero', 0),
      scalar('one', 1),
      { name: 'batch', shape: [], dtype: 'int32' },
      { name: 'six', shape: [], dtype: 'int32', data: Int32Array.of(6) },
      { name: 'to', shape: [2], dtype: 'int32' },
      { name: 'y', shape: [1, 6], dtype: 'float32' },
    ];
    const masks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, offset: false };
    const graph = graphOf(
      values,
      [
        ['SHAPE', { outType: 'int32' }, [0], 1],
        ['STRIDED_SLICE', { ...masks, shrinkAxisMask: 1 }, [1, 2, 3, 3], 4],
        ['PACK', { axis: 0 }, [4, 5], 6],
        ['RESHAPE', {}, [0, 6], 7],
      ],
      [0],
      [7],
    );
    const read = readTflite(writeTflite(graph)).graph;
    expect(read.nodes.map(({ op }) => op)).toEqual(['RESHAPE']);
    expect(read.values.map(({ name }) => name)).toEqual(['x', 'to', 'y']);
    expect(read.values[1]!.data).toEqual(Int32Array.of(1, 6));
  });

  it('takes the name of the file', async () => {
    const bytes = writeTflite(int8Graph());
    const files = [{ path: 'folder/my model.tflite', bytes }];
    expect(tfliteFormat.sniff(files)).toBe(true);
    expect((await tfliteFormat.read(files)).graph.name).toBe('my model');
    expect(tfliteFormat.sniff([{ path: 'x.tflite', bytes: bytes.subarray(1) }])).toBe(false);
  });

  it('refuses a constant that is shorter than its shape', () => {
    const graph = int8Graph();
    const values = graph.values.map((value) =>
      value.name === 'dense/bias' ? { ...value, data: Int32Array.of(1, 2, 3) } : value,
    );
    expect(() => readTflite(writeTflite({ ...graph, values }))).toThrow(/needs 16 bytes/);
  });

  it('refuses a cycle', () => {
    const values: Value[] = ['a', 'b'].map((name) => ({ name, shape: [1], dtype: 'float32' }));
    const graph = graphOf(
      values,
      [
        ['ABS', {}, [1], 0],
        ['NEG', {}, [0], 1],
      ],
      [],
      [1],
    );
    expect(() => readTflite(writeTflite(graph))).toThrow(/cycle/);
  });

  it('refuses parts that overlap to multiply the work', () => {
    const builder = new Builder(1 << 20);
    const inputs = fb.Operator.createInputsVector(builder, new Int32Array(20_000));
    const outputs = fb.Operator.createOutputsVector(builder, []);
    const operators = Array.from({ length: 5000 }, () => {
      fb.Operator.startOperator(builder);
      fb.Operator.addInputs(builder, inputs);
      fb.Operator.addOutputs(builder, outputs);
      return fb.Operator.endOperator(builder);
    });
    const shape = fb.Tensor.createShapeVector(builder, [1]);
    fb.Tensor.startTensor(builder);
    fb.Tensor.addShape(builder, shape);
    const tensors = fb.SubGraph.createTensorsVector(builder, [fb.Tensor.endTensor(builder)]);
    const subgraph = fb.SubGraph.createSubGraph(
      builder,
      tensors,
      outputs,
      outputs,
      fb.SubGraph.createOperatorsVector(builder, operators),
      0,
    );
    const code = fb.OperatorCode.createOperatorCode(builder, 0, 0, 1, 0);
    const model = fb.Model.createModel(
      builder,
      3,
      fb.Model.createOperatorCodesVector(builder, [code]),
      fb.Model.createSubgraphsVector(builder, [subgraph]),
      0,
      0,
      0,
      0,
      0,
    );
    fb.Model.finishModelBuffer(builder, model);
    const start = performance.now();
    expect(() => readTflite(builder.asUint8Array())).toThrow(/overlap/);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
