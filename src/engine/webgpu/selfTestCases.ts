/** Small one-operator graphs of every family of kernels, with odd sizes, made from a seed. */
import { elementCount, type Graph, type Node, type Tensor, type Value } from '../../model/graph';
import { inferShapes } from '../../model/infer';
import type { OpAttrs, OpName } from '../../model/ops';
import type { Family } from './program';

export interface SelfTestCase {
  readonly family: Family;
  readonly graph: Graph;
  readonly samples: readonly (readonly Tensor[])[];
  /** Products in every shape. */
  readonly everyShape?: boolean;
}

/** [0, 1), the same everywhere (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const next = { random: uniform(1) };
const integers = (count: number, low: number, high: number) =>
  Array.from({ length: count }, () => low + Math.floor(next.random() * (high - low + 1)));

type Grid = readonly [scale: number, zeroPoint: number];
interface Operand {
  readonly shape: readonly number[];
  readonly grid?: Grid;
  readonly data?: Value['data'];
  readonly scales?: readonly number[];
  readonly axis?: number;
}

const quantOf = ({ grid, scales, axis = 0 }: Operand): Pick<Value, 'quant'> => {
  const list = scales ?? (grid ? [grid[0]] : undefined);
  if (!list) return {};
  const zeroPoint = new Int32Array(list.length).fill(scales ? 0 : grid![1]);
  return { quant: { scale: Float32Array.from(list), zeroPoint, axis } };
};

/** int8 where an operand has a grid or scales, int32 where its data says so, else float32. */
function dtypeOf({ grid, scales, data }: Operand): Value['dtype'] {
  if (data instanceof Int32Array) return 'int32';
  return (grid ?? scales) ? 'int8' : 'float32';
}

const SAMPLES = 3;

function caseOf<K extends OpName>(
  family: Family,
  op: K,
  attrs: OpAttrs[K],
  operands: readonly Operand[],
  to?: Grid,
  samples = SAMPLES,
): SelfTestCase {
  const values: Value[] = operands.map((operand, at) => ({
    name: `input ${at}`,
    shape: operand.shape,
    dtype: dtypeOf(operand),
    ...(operand.data ? { data: operand.data } : {}),
    ...quantOf(operand),
  }));
  const inferred = inferShapes(op, attrs, values);
  inferred.forEach(({ shape }, at) => {
    values.push({
      name: `output ${at}`,
      shape,
      dtype: to ? 'int8' : 'float32',
      ...quantOf({ shape, grid: to }),
    });
  });
  const inputs = operands.flatMap(({ data }, at) => (data ? [] : [at]));
  const outputs = inferred.map((_, at) => operands.length + at);
  const node = { name: op, op, attrs, inputs: operands.map((_, at) => at), outputs, layer: 0 };
  const first = operands.find(({ data }) => !data)!;
  const graph: Graph = {
    name: `${op} ${dtypeOf(first)} [${first.shape.join(', ')}]`,
    values,
    nodes: [node as Node],
    inputs,
    outputs,
    layers: [{ name: op, type: op }],
  };
  return {
    family,
    graph,
    samples: Array.from({ length: samples }, () =>
      inputs.map((at): Tensor => {
        const { shape, dtype } = values[at]!;
        const count = elementCount(shape);
        const data =
          dtype === 'int8'
            ? Int8Array.from(integers(count, -128, 127))
            : Float32Array.from({ length: count }, () => next.random() * 4 - 2);
        return { shape, dtype, data };
      }),
    ),
  };
}

const conv: OpAttrs['CONV_2D'] = {
  padding: 'SAME',
  ...{ strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, activation: 'NONE' },
};
const channelScales = (count: number) =>
  Array.from({ length: count }, () => Math.fround(0.002 + 0.01 * next.random()));
const input: Grid = [0.05, -7];
const output: Grid = [0.4, 11];

/** int8 or float32 weights and bias of a linear layer. */
function weighted(isInt: boolean, shape: readonly number[], channels: number, axis = 0): Operand[] {
  const count = elementCount(shape);
  if (!isInt) {
    const floats = (n: number) => Float32Array.from({ length: n }, () => next.random() - 0.5);
    return [
      { shape, data: floats(count) },
      { shape: [channels], data: floats(channels) },
    ];
  }
  return [
    {
      shape,
      data: Int8Array.from(integers(count, -127, 127)),
      scales: channelScales(channels),
      axis,
    },
    { shape: [channels], data: Int32Array.from(integers(channels, -4000, 4000)) },
  ];
}

function linear(isInt: boolean): SelfTestCase[] {
  const grid = isInt ? { grid: input } : {};
  const to = isInt ? output : undefined;
  const convolution = (
    shape: number[],
    kernel: number[],
    attrs: Partial<OpAttrs['CONV_2D']>,
    samples?: number,
  ) =>
    caseOf(
      'matrix',
      'CONV_2D',
      { ...conv, ...attrs },
      [{ shape, ...grid }, ...weighted(isInt, kernel, kernel[0]!)],
      to,
      samples,
    );
  const depthwise = (
    shape: number[],
    kernel: number[],
    attrs: Partial<OpAttrs['DEPTHWISE_CONV_2D']>,
  ) =>
    caseOf(
      'depthwise',
      'DEPTHWISE_CONV_2D',
      { ...conv, depthMultiplier: kernel[3]! / shape[3]!, ...attrs },
      [{ shape, ...grid }, ...weighted(isInt, kernel, kernel[3]!, 3)],
      to,
    );
  const dense = {
    keepNumDims: false,
    asymmetricQuantizeInputs: false,
    activation: 'RELU6',
  } as const;
  const matrix = (shape: number[], kernel: number[], samples?: number) =>
    caseOf(
      'matrix',
      'FULLY_CONNECTED',
      dense,
      [{ shape, ...grid }, ...weighted(isInt, kernel, kernel[0]!)],
      to,
      samples,
    );
  return [
    convolution([1, 9, 7, 16], [13, 1, 1, 16], {}),
    convolution([1, 9, 7, 3], [8, 3, 3, 3], { strideH: 2, strideW: 2, activation: 'RELU6' }),
    convolution([1, 8, 8, 16], [20, 3, 3, 16], { padding: 'VALID', dilationW: 2 }),
    convolution([1, 5, 5, 7], [6, 1, 1, 7], {}, 1),
    { ...convolution([1, 10, 10, 80], [70, 1, 1, 80], {}, 1), everyShape: true },
    depthwise([1, 9, 11, 13], [1, 3, 3, 13], {}),
    depthwise([1, 10, 9, 8], [1, 3, 3, 8], { strideH: 2, strideW: 2, activation: 'RELU6' }),
    depthwise([1, 9, 9, 4], [1, 5, 5, 4], { padding: 'VALID', dilationH: 2 }),
    depthwise([1, 7, 7, 3], [1, 3, 3, 6], {}),
    matrix([1, 70], [9, 70]),
    matrix([1, 64], [33, 64], 1),
    caseOf(
      'matrix',
      'TRANSPOSE_CONV',
      { padding: 'SAME', strideH: 2, strideW: 2, activation: 'NONE' },
      [
        { shape: [4], data: Int32Array.of(1, 10, 8, 5) },
        weighted(isInt, [5, 3, 3, 6], 5)[0]!,
        { shape: [1, 5, 4, 6], ...grid },
      ],
      to,
    ),
  ];
}

function others(isInt: boolean): SelfTestCase[] {
  const on = (shape: number[], grid: Grid = input): Operand =>
    isInt ? { shape, grid } : { shape };
  const to = (grid: Grid) => (isInt ? grid : undefined);
  const pool: OpAttrs['MAX_POOL_2D'] = {
    padding: 'SAME',
    ...{ strideH: 2, strideW: 2, filterH: 3, filterW: 3, activation: 'NONE' },
  };
  const axes: Operand = { shape: [2], data: Int32Array.of(1, 2) };
  const fused = { activation: 'RELU' } as const;
  return [
    caseOf('pooling', 'AVERAGE_POOL_2D', pool, [on([1, 7, 9, 5])], to(input)),
    caseOf('pooling', 'MAX_POOL_2D', pool, [on([1, 7, 9, 5])], to(input)),
    caseOf('reduction', 'MEAN', { keepDims: false }, [on([1, 7, 7, 6]), axes], to([0.02, 3])),
    caseOf(
      'elementwise',
      'ADD',
      fused,
      [on([1, 5, 3, 6]), on([1, 5, 3, 6], [0.11, 5])],
      to([0.1, -4]),
    ),
    caseOf(
      'elementwise',
      'MUL',
      { activation: 'NONE' },
      [on([1, 5, 3, 6]), on([1, 1, 1, 6], [0.03, 9])],
      to([0.05, 1]),
    ),
    caseOf(
      'elementwise',
      'SUB',
      { activation: 'NONE' },
      [on([1, 5, 3, 6]), on([1, 5, 3, 1], [0.2, 0])],
      to([0.1, 0]),
    ),
    caseOf('elementwise', 'HARD_SWISH', {}, [on([1, 3, 3, 5])], to([0.05, -100])),
    caseOf('elementwise', 'MAXIMUM', {}, [on([1, 3, 3, 5]), on([1, 3, 3, 5])], to(input)),
    caseOf('softmax', 'SOFTMAX', { beta: 1 }, [on([1, 37], [0.1, 4])], to([1 / 256, -128])),
    caseOf(
      'resize',
      'RESIZE_BILINEAR',
      { alignCorners: false, halfPixelCenters: true },
      [on([1, 5, 4, 3]), { shape: [2], data: Int32Array.of(9, 11) }],
      to(input),
    ),
    caseOf(
      'move',
      'PAD',
      {},
      [on([1, 4, 3, 6]), { shape: [4, 2], data: Int32Array.of(0, 0, 1, 2, 0, 1, 0, 0) }],
      to(input),
    ),
    caseOf(
      'move',
      'TRANSPOSE',
      {},
      [on([1, 4, 3, 8]), { shape: [4], data: Int32Array.of(0, 2, 3, 1) }],
      to(input),
    ),
    caseOf(
      'move',
      'CONCATENATION',
      { axis: 3, activation: 'NONE' },
      [on([1, 2, 3, 5]), on([1, 2, 3, 4])],
      to(input),
    ),
  ];
}

/** The same cases at every call. */
export function selfTestCases(): SelfTestCase[] {
  next.random = uniform(7);
  return [
    ...linear(true),
    ...linear(false),
    ...others(true),
    ...others(false),
    caseOf('conversion', 'QUANTIZE', {}, [{ shape: [1, 5, 7] }], [0.013, 4]),
    caseOf('conversion', 'DEQUANTIZE', {}, [{ shape: [1, 5, 7], grid: input }]),
  ];
}

/** A matrix product that is arithmetic and little else. */
export function dotProbe(small: boolean): Graph {
  const side = small ? 8 : 64;
  const shape = [1, side, side, 256];
  return caseOf(
    'matrix',
    'CONV_2D',
    conv,
    [{ shape, grid: input }, ...weighted(true, [256, 1, 1, 256], 256)],
    output,
    1,
  ).graph;
}
