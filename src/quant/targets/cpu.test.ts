/** Every op that the table of all targets calls int8, converted alone and run in the TFLite runtime. */
import { expect, it } from 'vitest';
import { writeTflite } from '../../formats/tflite/write';
import { elementCount, type Graph, type Tensor } from '../../model/graph';
import { builder, conv, dense, numbers, plain } from '../../model/passes/testing/build';
import type { OpName } from '../../model/ops';
import { openOracle } from '../../testing/oracle';
import { convert } from '../convert';
import { plan } from '../plan';
import { calibrate } from '../stats';
import { oracleRecipe, oracleRunner } from '../testing/fixtures';
import { cpu } from './cpu';

type Builder = ReturnType<typeof builder>;
type Case = (b: Builder) => number;

const image = [1, 4, 6, 4];
const pool = {
  padding: 'SAME',
  strideW: 2,
  strideH: 2,
  filterW: 3,
  filterH: 2,
  activation: 'NONE',
} as const;
const resize = { alignCorners: false, halfPixelCenters: true };
const strided = {
  beginMask: 0,
  endMask: 0,
  ellipsisMask: 0,
  newAxisMask: 0,
  shrinkAxisMask: 0,
  offset: false,
};

/** One input of this shape. */
const one =
  <K extends OpName>(
    op: K,
    attrs: Parameters<Builder['node']>[2],
    shape = image,
    from = image,
  ): Case =>
  (b) =>
    b.node(op, 'op', attrs as never, [b.input('x', from)], shape);
const two =
  (op: OpName, attrs: object = plain): Case =>
  (b) =>
    b.node(op, 'op', attrs as never, [b.input('x', image), b.input('y', image)], image);
/** An input and one int32 constant. */
const shaped =
  (op: OpName, attrs: object, constant: number[], rank: number[], shape: number[]): Case =>
  (b) =>
    b.node(op, 'op', attrs as never, [b.input('x', image), b.integers('c', rank, constant)], shape);

const pads = [0, 0, 1, 2, 0, 1, 0, 0];
const cases: Partial<Record<OpName, Case>> = {
  CONV_2D: (b) =>
    b.node(
      'CONV_2D',
      'op',
      conv(),
      [b.input('x', image), b.constant('w', [5, 2, 2, 4]), b.constant('b', [5])],
      [1, 3, 5, 5],
    ),
  DEPTHWISE_CONV_2D: (b) =>
    b.node(
      'DEPTHWISE_CONV_2D',
      'op',
      { ...conv(), depthMultiplier: 2 },
      [b.input('x', image), b.constant('w', [1, 2, 2, 8]), b.constant('b', [8])],
      [1, 3, 5, 8],
    ),
  TRANSPOSE_CONV: (b) =>
    b.node(
      'TRANSPOSE_CONV',
      'op',
      { padding: 'SAME', strideW: 2, strideH: 2, activation: 'NONE' },
      [b.integers('s', [4], [1, 8, 12, 3]), b.constant('w', [3, 3, 3, 4]), b.input('x', image)],
      [1, 8, 12, 3],
    ),
  FULLY_CONNECTED: (b) =>
    b.node('FULLY_CONNECTED', 'op', dense, [b.input('x', [3, 8]), b.constant('w', [5, 8])], [3, 5]),
  BATCH_MATMUL: (b) =>
    b.node(
      'BATCH_MATMUL',
      'op',
      { adjX: false, adjY: false, asymmetricQuantizeInputs: false },
      [b.input('x', [2, 3, 4]), b.input('y', [2, 4, 5])],
      [2, 3, 5],
    ),
  ADD: two('ADD'),
  SUB: two('SUB'),
  MUL: two('MUL'),
  SQUARED_DIFFERENCE: two('SQUARED_DIFFERENCE', {}),
  MAXIMUM: two('MAXIMUM', {}),
  MINIMUM: two('MINIMUM', {}),
  MEAN: shaped('MEAN', { keepDims: false }, [1, 2], [2], [1, 4]),
  REDUCE_MAX: shaped('REDUCE_MAX', { keepDims: false }, [1, 2], [2], [1, 4]),
  REDUCE_MIN: shaped('REDUCE_MIN', { keepDims: false }, [3], [1], [1, 4, 6]),
  RELU: one('RELU', {}),
  RELU6: one('RELU6', {}),
  RELU_N1_TO_1: one('RELU_N1_TO_1', {}),
  LEAKY_RELU: one('LEAKY_RELU', { alpha: 0.1 }),
  PRELU: (b) => b.node('PRELU', 'op', {}, [b.input('x', image), b.constant('a', [1, 1, 4])], image),
  ELU: one('ELU', {}),
  GELU: one('GELU', { approximate: false }),
  ABS: one('ABS', {}),
  RSQRT: (b) => {
    const square = b.node(
      'MUL',
      'square',
      plain,
      [
        b.input('x', image),
        b.constant(
          'c',
          image,
          numbers(96).map((x) => x / 100),
        ),
      ],
      image,
    );
    return b.node('RSQRT', 'op', {}, [b.node('LOGISTIC', 'positive', {}, [square], image)], image);
  },
  HARD_SWISH: one('HARD_SWISH', {}),
  SOFTMAX: one('SOFTMAX', { beta: 1 }),
  LOGISTIC: one('LOGISTIC', {}),
  TANH: one('TANH', {}),
  L2_NORMALIZATION: one('L2_NORMALIZATION', plain),
  LOG_SOFTMAX: one('LOG_SOFTMAX', {}),
  AVERAGE_POOL_2D: one('AVERAGE_POOL_2D', pool, [1, 2, 3, 4]),
  MAX_POOL_2D: one('MAX_POOL_2D', pool, [1, 2, 3, 4]),
  CONCATENATION: (b) =>
    b.node(
      'CONCATENATION',
      'op',
      { axis: 3, ...plain },
      [b.input('x', image), b.input('y', [1, 4, 6, 2])],
      [1, 4, 6, 6],
    ),
  PACK: (b) =>
    b.node('PACK', 'op', { axis: 1 }, [b.input('x', [3, 2]), b.input('y', [3, 2])], [3, 2, 2]),
  UNPACK: one('UNPACK', { axis: 0, num: 1 }, [4, 6, 4]),
  SPLIT: (b) =>
    b.node('SPLIT', 'op', { numSplits: 1 }, [b.integers('a', [], [1]), b.input('x', image)], image),
  SPLIT_V: (b) =>
    b.node(
      'SPLIT_V',
      'op',
      { numSplits: 1 },
      [b.input('x', image), b.integers('n', [1], [4]), b.integers('a', [], [1])],
      image,
    ),
  SLICE: (b) =>
    b.node(
      'SLICE',
      'op',
      {},
      [b.input('x', image), b.integers('b', [4], [0, 1, 2, 0]), b.integers('s', [4], [1, 2, 3, 4])],
      [1, 2, 3, 4],
    ),
  STRIDED_SLICE: (b) =>
    b.node(
      'STRIDED_SLICE',
      'op',
      strided,
      [
        b.input('x', image),
        b.integers('b', [4], [0, 0, 1, 0]),
        b.integers('e', [4], [1, 4, 6, 4]),
        b.integers('s', [4], [1, 2, 2, 1]),
      ],
      [1, 2, 3, 4],
    ),
  GATHER: shaped('GATHER', { axis: 1, batchDims: 0 }, [3, 0], [2], [1, 2, 6, 4]),
  GATHER_ND: shaped('GATHER_ND', {}, [0, 3, 0, 1], [2, 2], [2, 6, 4]),
  PAD: shaped('PAD', {}, pads, [4, 2], [1, 7, 7, 4]),
  PADV2: (b) =>
    b.node(
      'PADV2',
      'op',
      {},
      [b.input('x', image), b.integers('p', [4, 2], pads), b.constant('v', [], [0.5])],
      [1, 7, 7, 4],
    ),
  MIRROR_PAD: shaped('MIRROR_PAD', { mode: 'REFLECT' }, pads, [4, 2], [1, 7, 7, 4]),
  RESHAPE: shaped('RESHAPE', {}, [4, 24], [2], [4, 24]),
  SQUEEZE: one('SQUEEZE', { squeezeDims: [0] }, [4, 6, 4]),
  EXPAND_DIMS: shaped('EXPAND_DIMS', {}, [1], [1], [1, 1, 4, 6, 4]),
  TRANSPOSE: shaped('TRANSPOSE', {}, [0, 2, 1, 3], [4], [1, 6, 4, 4]),
  TILE: shaped('TILE', {}, [1, 2, 1, 1], [4], [1, 8, 6, 4]),
  BROADCAST_TO: shaped('BROADCAST_TO', {}, [2, 4, 6, 4], [4], [2, 4, 6, 4]),
  RESIZE_BILINEAR: shaped('RESIZE_BILINEAR', resize, [8, 12], [2], [1, 8, 12, 4]),
  RESIZE_NEAREST_NEIGHBOR: shaped('RESIZE_NEAREST_NEIGHBOR', resize, [8, 12], [2], [1, 8, 12, 4]),
  SPACE_TO_DEPTH: one('SPACE_TO_DEPTH', { blockSize: 2 }, [1, 2, 3, 16]),
  DEPTH_TO_SPACE: one('DEPTH_TO_SPACE', { blockSize: 2 }, [1, 8, 12, 1]),
  SPACE_TO_BATCH_ND: (b) =>
    b.node(
      'SPACE_TO_BATCH_ND',
      'op',
      {},
      [b.input('x', image), b.integers('b', [2], [2, 2]), b.integers('p', [2, 2], [0, 0, 0, 0])],
      [4, 2, 3, 4],
    ),
  BATCH_TO_SPACE_ND: (b) =>
    b.node(
      'BATCH_TO_SPACE_ND',
      'op',
      {},
      [
        b.input('x', [4, 2, 3, 4]),
        b.integers('b', [2], [2, 2]),
        b.integers('p', [2, 2], [0, 0, 0, 0]),
      ],
      image,
    ),
  REVERSE_V2: shaped('REVERSE_V2', {}, [2], [1], image),
};

const feeds = (graph: Graph, seed: number): Tensor[] =>
  graph.inputs.map((index, position) => {
    const { shape, dtype } = graph.values[index]!;
    return { shape, dtype, data: numbers(elementCount(shape), seed + 10 * position) };
  });

it('has a case for every op', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(cpu.int8).sort());
});

it.each(Object.entries(cases))('%s', async (op, build) => {
  const b = builder();
  const graph = b.graph([build(b)]);
  const runner = await oracleRunner(graph);
  const samples = [1, 2, 3, 4].map((seed) => feeds(graph, seed));
  const stats = await calibrate(graph, runner.run, samples, { method: 'minmax' });
  const made = plan(graph, oracleRecipe('int8', { io: 'float32' }), stats);
  expect(made.nodes['op']!.scheme).toBe('int8');
  const oracle = await openOracle(writeTflite(convert(graph, made)));
  let [signal, noise] = [0, 0];
  for (const sample of samples) {
    const [exact] = await runner.run(sample);
    const [found] = oracle.run(sample.map(({ data }) => data as Float32Array));
    expect(found!.data.length, op).toBe(exact!.data.length);
    found!.data.forEach((x, i) => {
      signal += Number(exact!.data[i]) ** 2;
      noise += (Number(exact!.data[i]) - x) ** 2;
    });
  }
  runner.dispose();
  oracle.dispose();
  // 8 bits over the range: 40 dB and more; a wrong scale or zero point gives less than 20.
  expect(10 * Math.log10(signal / noise), op).toBeGreaterThan(28);
});
