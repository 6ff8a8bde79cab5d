/** Seeded cases with int16 activations (16x8), made from those of int8. */
import { allocate, elementCount, type Value } from '../../model/graph';
import { feedsOf } from '../../testing/feeds';
import type { Random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';
import { convolutionCase, fullyConnectedCase, perTensor } from './cases';
import { binaryCase, meanCase, poolCase } from './cases-small';
import { paddedCase } from './cases-pad';

/** Steps that neither clip everything nor leave most unused, for sums of `terms` products. */
const outputScale = (random: Random, input: number, weight: number, terms: number) =>
  input * weight * 140 * Math.sqrt(terms) * (0.3 + random.next());

/** The same graph with int16 activations, int64 biases, and grids that fit. */
function widened(random: Random, { name, graph }: SuiteCase, withBias = true): SuiteCase {
  const linear = graph.nodes.at(-1)!;
  const [, weights] = linear.inputs.map((index) => graph.values[index]!);
  const input = 1e-5 + random.next() * 1e-4;
  const isLinear = weights?.data !== undefined && weights.quant !== undefined;
  const channels = graph.values[linear.outputs[0]!]!.shape.at(-1)!;
  const to = isLinear
    ? outputScale(random, input, weights.quant!.scale[0]!, elementCount(weights.shape) / channels)
    : input * (0.7 + random.next());
  const values = graph.values.map((value, index): Value => {
    if (value.dtype === 'int32' && value.data && value.quant) {
      const data = BigInt64Array.from(value.data as Int32Array, (b) => BigInt(b) * 300n);
      return { ...value, dtype: 'int64', data };
    }
    if (value.dtype !== 'int8' || (value.data && elementCount(value.shape) > 1 && isLinear))
      return value;
    const quant = perTensor(linear.outputs.includes(index) ? to : input, 0);
    if (!value.data) return { ...value, dtype: 'int16', quant };
    const data = allocate('int16', value.data.length) as Int16Array;
    return { ...value, dtype: 'int16', quant, data: data.map(() => 0) };
  });
  const nodes = graph.nodes.map((node) =>
    node === linear && isLinear && !withBias ? { ...node, inputs: node.inputs.slice(0, 2) } : node,
  );
  const made = { ...graph, values, nodes };
  return { name: `int16 ${name}`, graph: made, feeds: feedsOf(made, random) };
}

export function int16Case(random: Random): SuiteCase {
  if (random.next() < 0.1) return longInt16Case(random);
  const make = random.pick([
    () => convolutionCase(random, 'int8', false),
    () => convolutionCase(random, 'int8', true),
    () => paddedCase(random, 'int8'),
    () => fullyConnectedCase(random, 'int8'),
    () => binaryCase(random, 'int8'),
    () => poolCase(random, 'int8'),
    () => meanCase(random, 'int8'),
  ]);
  return widened(random, make(), random.next() < 0.8);
}

/** Sums that 32 bits don't hold: every product is near its largest. */
function longInt16Case(random: Random): SuiteCase {
  const { graph, name, feeds } = widened(random, fullyConnectedCase(random, 'int8'));
  const depth = random.pick([600, 1024]);
  const [input, weights, bias, output] = graph.values as [Value, Value, Value, Value];
  const [units] = weights.shape as [number];
  const rows = random.pick([1, 5]);
  const values = [
    { ...input, shape: [rows, depth] },
    { ...weights, shape: [units, depth], data: random.int8s(units * depth, 100) },
    bias,
    { ...output, shape: [rows, units], quant: perTensor(output.quant!.scale[0]! * 40, 0) },
  ];
  const made = { ...graph, values };
  const data = Int16Array.from({ length: rows * depth }, () => random.int(20_000, 32_767));
  const [feed] = feeds;
  return {
    name: `long ${depth} ${name}`,
    graph: made,
    feeds: [{ ...feed!, shape: [rows, depth], data }],
  };
}
