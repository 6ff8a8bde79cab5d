/** Seeded cases of transposed convolution, resizing, padding, concatenation and SOFTMAX. */
import { elementCount, type Value } from '../../model/graph';
import type { OpName, Padding } from '../../model/ops';
import {
  activations,
  activationValue,
  oneNode,
  outputValue,
  weightValues,
  type Kind,
} from './cases';
import type { Random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';

const int32 = (data: readonly number[]) =>
  ({ shape: [data.length], dtype: 'int32', data: Int32Array.from(data) }) as const;

export function transposeConvCase(random: Random, kind: Kind): SuiteCase {
  const [kH, kW] = [random.int(1, 5), random.int(1, 5)];
  const [strideH, strideW] = [random.int(1, 3), random.int(1, 3)];
  const padding = random.pick<Padding>(['SAME', 'VALID']);
  const [inH, inW] = [random.int(1, 8), random.int(1, 14)];
  const inC = random.pick([1, 3, 4, 8, 17]);
  const outC = random.pick([1, 5, 8, 20]);
  const batches = random.pick([1, 1, 2]);
  const size = (input: number, filter: number, stride: number) =>
    padding === 'SAME' ? input * stride : (input - 1) * stride + filter;
  const shape = [batches, size(inH, kH, strideH), size(inW, kW, strideW), outC];
  const input = activationValue(random, kind, [batches, inH, inW, inC]);
  const perChannel = random.next() < 0.2;
  const scale = input.quant?.scale[0] ?? 1;
  const weights = weightValues(random, kind, [outC, kH, kW, inC], 0, scale, perChannel);
  const output = outputValue(random, kind, shape, kH * kW * inC);
  const attrs = { padding, strideH, strideW, activation: random.pick(activations) };
  const name = `TRANSPOSE_CONV ${kind} ${inH}×${inW}×${inC}→${outC} ${kH}×${kW} s${strideH}${strideW} ${padding}`;
  const inputs = [int32(shape), weights[0]!, input, weights[1]!];
  return oneNode(random, name, { op: 'TRANSPOSE_CONV', attrs }, inputs, output);
}

export function resizeCase(random: Random, kind: Kind): SuiteCase {
  const op = random.pick<OpName>(['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR']);
  const [batches, inH, inW] = [random.pick([1, 2]), random.int(1, 7), random.int(1, 7)];
  const [outH, outW] = [random.int(1, 15), random.int(1, 15)];
  const channels = random.pick([1, 3, 8, 17, 70]);
  const input = activationValue(random, kind, [batches, inH, inW, channels]);
  const output = { ...input, shape: [batches, outH, outW, channels] };
  const mode = random.pick(['plain', 'corners', 'half']);
  const attrs = { alignCorners: mode === 'corners', halfPixelCenters: mode === 'half' };
  const name = `${op} ${kind} ${inH}×${inW}×${channels} to ${outH}×${outW} ${mode}`;
  return oneNode(random, name, { op, attrs }, [input, int32([outH, outW])], output);
}

export function padCase(random: Random, kind: Kind): SuiteCase {
  const rank = random.int(1, 5);
  const shape = Array.from({ length: rank }, () => random.int(1, 5));
  if (random.next() < 0.3) shape[rank - 1] = 300;
  const pairs = shape.flatMap(() =>
    random.next() < 0.5 ? [random.int(0, 2), random.int(0, 2)] : [0, 0],
  );
  const padded = shape.map((size, axis) => size + pairs[2 * axis]! + pairs[2 * axis + 1]!);
  const input = activationValue(random, kind, shape);
  const output = { ...input, shape: padded };
  const op = random.pick<OpName>(['PAD', 'PADV2']);
  const paddings = { ...int32(pairs), shape: [rank, 2] };
  const data = kind === 'int8' ? random.int8s(1) : random.floats(1);
  const constant = { ...input, shape: [], data };
  const inputs = op === 'PAD' ? [input, paddings] : [input, paddings, constant];
  const name = `${op} ${kind} [${shape.join()}] [${pairs.join()}]`;
  return oneNode(random, name, { op, attrs: {} }, inputs, output);
}

export function concatenationCase(random: Random, kind: Kind): SuiteCase {
  const rank = random.int(1, 4);
  const shape = Array.from({ length: rank }, () => random.int(1, 6));
  const axis = random.int(-rank, rank - 1);
  const at = axis < 0 ? axis + rank : axis;
  const output = activationValue(random, kind, shape);
  const inputs = Array.from({ length: random.int(1, 4) }, () => ({
    ...output,
    shape: shape.map((size, i) => (i === at ? random.pick([1, 2, 7, 16, 31, 300]) : size)),
  }));
  const total = inputs.reduce((sum, input) => sum + input.shape[at]!, 0);
  const joined = { ...output, shape: shape.map((size, i) => (i === at ? total : size)) };
  const name = `CONCATENATION ${kind} ${inputs.map((input) => `[${input.shape.join()}]`).join(' ')}`;
  const attrs = { axis, activation: 'NONE' };
  return oneNode(random, name, { op: 'CONCATENATION', attrs }, inputs, joined);
}

export function softmaxCase(random: Random, kind: Kind): SuiteCase {
  const shape = [random.int(1, 5), random.pick([1, 2, 3, 4, 10, 37, 200])];
  const input = activationValue(random, kind, shape);
  const scale = random.pick([1 / 256, 1 / 256, 0.01]);
  const quant = { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(-128), axis: 0 };
  const output: Omit<Value, 'name'> = kind === 'int8' ? { ...input, quant } : input;
  const attrs = { beta: random.pick([1, 1, 0.5]) };
  return oneNode(
    random,
    `SOFTMAX ${kind} [${shape.join()}]`,
    { op: 'SOFTMAX', attrs },
    [input],
    output,
  );
}

/** A constant of one or a few elements with a large operand. */
export function constantCase(random: Random, kind: Kind): SuiteCase {
  const shape = [
    random.int(1, 3),
    random.int(1, 9),
    random.int(1, 9),
    random.pick([1, 2, 3, 8, 40]),
  ];
  const op = random.pick<OpName>(['ADD', 'MUL', 'SUB']);
  const part = random.pick([[], [1], shape.slice(3), shape.slice(2)]);
  const large = activationValue(random, kind, shape);
  const count = elementCount(part);
  const data = kind === 'int8' ? random.int8s(count) : random.floats(count);
  const constant = { ...activationValue(random, kind, part), data };
  const output = activationValue(random, kind, shape);
  const inputs = random.next() < 0.7 ? [large, constant] : [constant, large];
  const name = `${op} ${kind} [${shape.join()}] constant [${part.join()}]`;
  const attrs = { activation: random.pick(activations) };
  return oneNode(random, name, { op, attrs }, inputs, output);
}
