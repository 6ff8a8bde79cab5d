/** Seeded one-op graphs with feeds: what the builds are compared with the reference on. */
import { elementCount, type QuantParams, type Tensor, type Value } from '../../model/graph';
import type { Activation, OpName, Padding } from '../../model/ops';
import { feedsOf } from '../../testing/feeds';
import type { Random } from '../../testing/random';
import { window } from '../numerics';
import { oneNodeGraph, type SuiteCase, type Unnamed } from '../suite/build';

export const perTensor = (scale: number, zeroPoint: number): QuantParams => ({
  scale: Float32Array.of(scale),
  zeroPoint: Int32Array.of(zeroPoint),
  axis: 0,
});

/** A case of one node; values without data among the inputs are fed with random numbers. */
export function oneNode(
  random: Random,
  name: string,
  { op, attrs }: { readonly op: OpName; readonly attrs: object },
  inputs: readonly Unnamed[],
  output: Unnamed,
): SuiteCase {
  const graph = oneNodeGraph(name, op, attrs, inputs, [output]);
  return { name, graph, feeds: feedsOf(graph, random) };
}

export type Kind = 'int8' | 'float32';

export const activations: readonly Activation[] = ['NONE', 'RELU', 'RELU6'];

export function activationValue(random: Random, kind: Kind, shape: readonly number[]): Unnamed {
  if (kind === 'float32') return { shape, dtype: kind };
  const quant = perTensor(0.01 + random.next() * 0.05, random.int(-128, 127));
  return { shape, dtype: kind, quant };
}

/** Weights and bias; `axis` is the output channels' axis. */
export function weightValues(
  random: Random,
  kind: Kind,
  shape: readonly number[],
  axis: number,
  inputScale: number,
  perChannel: boolean,
): Unnamed[] {
  const length = elementCount(shape);
  const channels = shape[axis]!;
  if (kind === 'float32') {
    return [
      { shape, dtype: kind, data: random.floats(length) },
      { shape: [channels], dtype: kind, data: random.floats(channels) },
    ];
  }
  const scale = Float32Array.from(
    { length: perChannel ? channels : 1 },
    () => 0.001 + random.next() * 0.01,
  );
  const biasScale = scale.map((s) => s * inputScale);
  const zeroPoint = new Int32Array(scale.length);
  return [
    {
      shape,
      dtype: 'int8',
      data: random.int8s(length, -127),
      quant: { scale, zeroPoint, axis },
    },
    {
      shape: [channels],
      dtype: 'int32',
      data: Int32Array.from({ length: channels }, () => random.int(-20000, 20000)),
      quant: { scale: biasScale, zeroPoint, axis: 0 },
    },
  ];
}

/** Output grid that neither clips everything nor leaves most steps unused. */
export function outputValue(
  random: Random,
  kind: Kind,
  shape: readonly number[],
  terms: number,
): Unnamed {
  if (kind === 'float32') return { shape, dtype: kind };
  const scale = 0.02 * Math.sqrt(terms) * (0.5 + random.next());
  return { shape, dtype: kind, quant: perTensor(scale, random.int(-128, 127)) };
}

export function convolutionCase(random: Random, kind: Kind, depthwise: boolean): SuiteCase {
  const kH = random.pick([1, 1, 2, 3, 3, 5]);
  const kW = random.pick([kH, kH, 1, 3, 4]);
  const strideH = random.pick([1, 1, 2, 3]);
  const strideW = random.pick([strideH, 1, 2]);
  const dilationH = random.pick([1, 1, 1, 2]);
  const dilationW = random.pick([1, 1, 1, 2, 3]);
  const padding: Padding = random.pick(['SAME', 'VALID']);
  const effectiveH = (kH - 1) * dilationH + 1;
  const effectiveW = (kW - 1) * dilationW + 1;
  const inH = random.int(effectiveH, effectiveH + 9);
  const inW = random.int(effectiveW, effectiveW + 9);
  const inC = random.pick([1, 2, 3, 4, 5, 8, 16, 17, 24, 33]);
  const batches = random.pick([1, 1, 2]);
  const multiplier = random.pick([1, 1, 1, 2, 3]);
  const groups = !depthwise && inC % 2 === 0 && random.next() < 0.15 ? 2 : 1;
  const outC = depthwise ? inC * multiplier : groups * random.int(1, 36);
  const input = activationValue(random, kind, [batches, inH, inW, inC]);
  const weights = weightValues(
    random,
    kind,
    depthwise ? [1, kH, kW, outC] : [outC, kH, kW, inC / groups],
    depthwise ? 3 : 0,
    input.quant?.scale[0] ?? 1,
    random.next() < 0.7,
  );
  const outH = window(padding, inH, kH, strideH, dilationH).output;
  const outW = window(padding, inW, kW, strideW, dilationW).output;
  const terms = kH * kW * (depthwise ? 1 : inC / groups);
  const output = outputValue(random, kind, [batches, outH, outW, outC], terms);
  const op = depthwise ? 'DEPTHWISE_CONV_2D' : 'CONV_2D';
  const attrs = {
    padding,
    strideH,
    strideW,
    dilationH,
    dilationW,
    activation: random.pick(activations),
    ...(depthwise ? { depthMultiplier: multiplier } : {}),
  };
  const name =
    `${op} ${kind} ${batches}×${inH}×${inW}×${inC}→${outC} ${kH}×${kW} s${strideH}${strideW} ` +
    `d${dilationH}${dilationW} ${padding} ${attrs.activation} g${groups}`;
  return oneNode(random, name, { op, attrs }, [input, ...weights], output);
}

export function fullyConnectedCase(random: Random, kind: Kind): SuiteCase {
  const rows = random.pick([1, 1, 2, 5, 6, 7, 13]);
  const depth = random.pick([1, 3, 4, 10, 16, 31, 64, 127, 300]);
  const units = random.pick([1, 2, 8, 10, 15, 16, 31, 32, 40, 65]);
  const input = activationValue(random, kind, [rows, depth]);
  const weights = weightValues(
    random,
    kind,
    [units, depth],
    0,
    input.quant?.scale[0] ?? 1,
    random.next() < 0.3,
  );
  const output = outputValue(random, kind, [rows, units], depth);
  const attrs = {
    activation: random.pick(activations),
    keepNumDims: false,
    asymmetricQuantizeInputs: false,
  };
  const name = `FULLY_CONNECTED ${kind} ${rows}×${depth}→${units} ${attrs.activation}`;
  return oneNode(random, name, { op: 'FULLY_CONNECTED', attrs }, [input, ...weights], output);
}

/** Dynamic range: float32 activations, int8 weights. */
export function hybridCase(random: Random): SuiteCase {
  const make = random.pick([
    () => convolutionCase(random, 'int8', false),
    () => convolutionCase(random, 'int8', true),
    () => fullyConnectedCase(random, 'int8'),
  ]);
  const { graph } = make();
  const [input, weights, , output] = graph.values as [Value, Value, Value, Value];
  const channels = output.shape.at(-1)!;
  const node = graph.nodes[0]!;
  const bias = {
    shape: [channels],
    dtype: 'float32',
    data: random.floats(channels),
  } as const;
  const attrs = { ...node.attrs, asymmetricQuantizeInputs: random.next() < 0.5 };
  return oneNode(
    random,
    `hybrid ${graph.name}`,
    { op: node.op, attrs },
    [{ shape: input.shape, dtype: 'float32' }, weights, bias],
    { shape: output.shape, dtype: 'float32' },
  );
}

/**
 * The case with activations and their zero point in 0…127, as a list of one; none where the
 * activations are not plain int8 (they get their range from elsewhere).
 */
export function halfRange({ name, graph, feeds }: SuiteCase): SuiteCase[] {
  if (feeds.some(({ dtype }) => dtype !== 'int8')) return [];
  // Outputs too: what is moved keeps its grid.
  const values = graph.values.map((value) => {
    const { quant } = value;
    // The border of a PADV2 is an activation.
    const isBorder = value.shape.length === 0 && value.data instanceof Int8Array;
    const data = isBorder ? (value.data as Int8Array).map((q) => q & 127) : undefined;
    if ((value.data && !isBorder) || !quant) return value;
    return {
      ...value,
      ...(data && { data }),
      quant: { ...quant, zeroPoint: quant.zeroPoint.map((zero) => zero & 127) },
    };
  });
  const positive = feeds.map((feed): Tensor => {
    const data = (feed.data as Int8Array).map((q) => q & 127);
    return { ...feed, data };
  });
  return [{ name, graph: { ...graph, values }, feeds: positive }];
}
