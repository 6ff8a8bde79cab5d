/** Gradients of every operator in float against TensorFlow (scripts/fixtures/make_gradient_fixtures.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from '../../model/graph';
import type { OpName } from '../../model/ops';
import type { Plan } from '../../quant/types';
import { openBackend } from '../backend';
import { layers } from '../ops';
import { unpermuted } from '../permute';
import { compile } from '../program';
import { createRuntime } from '../runtime';
import { wasmPath } from '../testing/wasm';
import { tf, type TfTensor } from '../tf';

interface Operand {
  readonly kind: 'input' | 'constant';
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly data: string;
  readonly gradient?: string;
}
interface Case {
  readonly name: string;
  readonly op: OpName;
  readonly attrs: object;
  readonly operands: Operand[];
  readonly outputs: { shape: number[]; data: string; cotangent: string }[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('../fixtures/gradients.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64')).buffer;
const floats = (text: string) => new Float32Array(bytes(text));
const dataOf = ({ dtype, data }: Operand) =>
  dtype === 'float32'
    ? floats(data)
    : dtype === 'bool'
      ? new Uint8Array(bytes(data))
      : new Int32Array(bytes(data));

const float: Plan = { nodes: {}, values: {}, io: 'float32' } as unknown as Plan;

function graphOf({ op, attrs, operands, outputs }: Case): Graph {
  const values: Value[] = operands.map((operand, i) => ({
    name: `v${i}`,
    shape: operand.shape,
    dtype: operand.dtype,
    ...(operand.kind === 'constant' ? { data: dataOf(operand) } : {}),
  }));
  const made = outputs.map(
    ({ shape }, i) => values.push({ name: `y${i}`, shape, dtype: 'float32' }) - 1,
  );
  const inputs = operands.map((_, i) => i);
  const node = { name: 'op', op, attrs, inputs, outputs: made, layer: 0 } as unknown as Node;
  return {
    name: 'case',
    values,
    nodes: [node],
    inputs: operands.flatMap(({ kind }, i) => (kind === 'input' ? [i] : [])),
    outputs: made,
    layers: [{ name: 'op', type: op }],
  };
}

/** ‖a − b‖ / ‖b‖. */
function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let [difference, size] = [0, 1e-24];
  b.forEach((x, i) => {
    difference += (a[i]! - x) ** 2;
    size += x ** 2;
  });
  return Math.sqrt(difference / size);
}

async function check(backend: 'wasm' | 'cpu', it: Case): Promise<void> {
  const opened = await openBackend(backend, wasmPath);
  const program = compile(graphOf(it), float, {
    frozenNodes: [],
    ranges: 'learned',
    weights: 'plan',
    liveInputs: true,
  });
  const runtime = createRuntime(program, opened);
  const xs = it.operands.flatMap((operand, index) =>
    operand.kind === 'input'
      ? [{ index, tensor: tf.tensor(floats(operand.data), operand.shape) }]
      : [],
  );
  const inputs = xs.map(({ tensor }) => tensor);
  const { grads } = tf.engine().gradients(
    () => {
      const made = runtime.forward(inputs, 1, 'outputs');
      made.forEach((y, k) => {
        expect(distance(y.dataSync() as Float32Array, floats(it.outputs[k]!.data))).toBeLessThan(
          1e-5,
        );
      });
      const parts = made.map((y, k) =>
        tf.sum(tf.mul(y, tf.tensor(floats(it.outputs[k]!.cotangent), y.shape))),
      );
      return parts.reduce((a, b) => tf.add(a, b));
    },
    [...inputs, ...runtime.tensors],
    undefined,
    true,
  ) as { grads: (TfTensor | null)[] };
  let compared = 0;
  const compare = (operand: number, gradient: Float32Array) => {
    const expected = floats(it.operands[operand]!.gradient!);
    expect(distance(gradient, expected), `gradient of operand ${operand}`).toBeLessThan(1e-5);
    compared += 1;
  };
  xs.forEach(({ index }, k) => compare(index, grads[k]!.dataSync() as Float32Array));
  program.layout.parameters.forEach(({ name }, k) => {
    const index = Number(name.slice(1));
    const gradient = grads[xs.length + k]!.dataSync() as Float32Array;
    const order = program.sites[0]!.weights?.value.name === name && program.sites[0]!.weights.order;
    compare(index, order ? unpermuted(gradient, order) : gradient);
  });
  expect(compared).toBeGreaterThan(0);
  runtime.dispose();
}

describe.each(['wasm', 'cpu'] as const)('gradients on %s', (backend) => {
  it.each(cases.map((one) => [one.op, one.name, one] as const))('%s: %s', async (_, __, one) => {
    await check(backend, one);
  });
});

it('has a case for every operator that trains', () => {
  const trains = Object.entries(layers).flatMap(([op, { kind }]) =>
    kind === 'computes' || kind === 'moves' ? [op] : [],
  );
  const without = ['CAST', 'FILL', 'QUANTIZE', 'DEQUANTIZE'];
  const covered = new Set<string>([...cases.map(({ op }) => op), ...without]);
  expect(trains.filter((op) => !covered.has(op))).toEqual([]);
});
