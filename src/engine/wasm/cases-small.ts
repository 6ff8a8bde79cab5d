/** Seeded cases of elementwise operations, pooling and conversions. */
import type { OpName, Padding } from '../../model/ops';
import type { Value } from '../../model/graph';
import {
  activations,
  activationValue,
  fullyConnectedCase,
  oneNode,
  perTensor,
  type Kind,
} from './cases';
import type { Random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';
import { window } from '../numerics';

const shapes = [
  [1, 7],
  [1, 3, 5, 8],
  [2, 4, 4, 16],
  [1, 6, 6, 19],
  [1, 33],
] as const;

export function binaryCase(random: Random, kind: Kind): SuiteCase {
  const shape = random.pick(shapes);
  const op = random.pick<OpName>(['ADD', 'MUL', 'SUB']);
  const broadcast = random.pick(['same', 'same', 'first', 'second'] as const);
  const part = broadcast === 'same' ? shape : shape.slice(-1);
  const a = activationValue(random, kind, broadcast === 'first' ? part : shape);
  const b = activationValue(random, kind, broadcast === 'second' ? part : shape);
  const output = activationValue(random, kind, shape);
  const activation = random.pick(activations);
  const name = `${op} ${kind} [${shape.join()}] ${broadcast} ${activation}`;
  // Now and then scales that XNNPACK leaves to TFLite's builtin kernel.
  const far = kind === 'int8' && random.next() < 0.1;
  const result = far ? { ...output, quant: perTensor(60, 3) } : output;
  return oneNode(random, name, { op, attrs: { activation } }, [a, b], result);
}

export function poolCase(random: Random, kind: Kind): SuiteCase {
  const op = random.pick<OpName>(['AVERAGE_POOL_2D', 'MAX_POOL_2D']);
  const filterH = random.int(1, 5);
  const filterW = random.int(1, 5);
  const strideH = random.int(1, 3);
  const strideW = random.int(1, 3);
  const padding = random.pick<Padding>(['SAME', 'VALID']);
  const inH = random.int(filterH, 12);
  const inW = random.int(filterW, 12);
  const channels = random.pick([1, 3, 8, 17, 32]);
  const input = activationValue(random, kind, [random.pick([1, 2]), inH, inW, channels]);
  const output = {
    ...input,
    shape: [
      input.shape[0]!,
      window(padding, inH, filterH, strideH).output,
      window(padding, inW, filterW, strideW).output,
      channels,
    ],
  };
  const activation = random.pick(activations);
  const attrs = { padding, filterH, filterW, strideH, strideW, activation };
  const name = `${op} ${kind} ${inH}×${inW}×${channels} ${filterH}×${filterW} ${padding}`;
  return oneNode(random, name, { op, attrs }, [input], output);
}

export function meanCase(random: Random, kind: Kind): SuiteCase {
  const shape = [random.pick([1, 2]), random.int(1, 9), random.int(1, 9), random.pick([1, 8, 19])];
  const input = activationValue(random, kind, shape);
  const keepDims = random.next() < 0.5;
  const reduced = keepDims ? [shape[0]!, 1, 1, shape[3]!] : [shape[0]!, shape[3]!];
  const output = activationValue(random, kind, reduced);
  const axes = { shape: [2], dtype: 'int32', data: Int32Array.of(1, 2) } as const;
  const name = `MEAN ${kind} [${shape.join()}]`;
  return oneNode(random, name, { op: 'MEAN', attrs: { keepDims } }, [input, axes], output);
}

const tables = ['LOGISTIC', 'TANH', 'RELU', 'RELU6', 'HARD_SWISH', 'LEAKY_RELU'] as const;

export function unaryCase(random: Random, kind: Kind): SuiteCase {
  const shape = random.pick(shapes);
  const op = random.pick<OpName>(
    kind === 'int8' ? [...tables, 'QUANTIZE'] : ['RELU', 'RELU6', 'LOGISTIC', 'HARD_SWISH'],
  );
  const input = activationValue(random, kind, shape);
  const output = activationValue(random, kind, shape);
  const attrs = op === 'LEAKY_RELU' ? { alpha: 0.3 } : {};
  return oneNode(random, `${op} ${kind} [${shape.join()}]`, { op, attrs }, [input], output);
}

export function convertCase(random: Random, kind: Kind): SuiteCase {
  const shape = random.pick(shapes);
  const to: Kind = kind === 'int8' ? 'float32' : 'int8';
  const op = kind === 'int8' ? 'DEQUANTIZE' : 'QUANTIZE';
  const input = activationValue(random, kind, shape);
  const output = activationValue(random, to, shape);
  return oneNode(random, `${op} ${kind} [${shape.join()}]`, { op, attrs: {} }, [input], output);
}

/** Weights stored as float16 or int8 and widened by DEQUANTIZE before a float32 layer. */
export function widenedCase(random: Random): SuiteCase {
  const { graph, feeds, name } = fullyConnectedCase(random, 'float32');
  const [input, weights, ...rest] = graph.values as [Value, Value, ...Value[]];
  const count = weights.data!.length;
  const half = random.next() < 0.5;
  const stored: Value = half
    ? {
        name: 'stored',
        shape: weights.shape,
        dtype: 'float16',
        // Normal numbers of either sign, around 1.
        data: Uint16Array.from({ length: count }, () =>
          random.pick([0x3000, 0xb000].map((sign) => sign + random.int(0, 0xfff))),
        ),
      }
    : {
        name: 'stored',
        shape: weights.shape,
        dtype: 'int8',
        data: random.int8s(count, -127),
        quant: perTensor(0.02, 0),
      };
  const values = [input, { ...weights, data: undefined }, ...rest, stored];
  const [node] = graph.nodes;
  const widen = {
    name: 'widen',
    op: 'DEQUANTIZE',
    attrs: {},
    inputs: [values.length - 1],
    outputs: [1],
    layer: 0,
  } as const;
  const nodes = [widen, node!];
  return { name: `widened ${name}`, graph: { ...graph, values, nodes }, feeds };
}
