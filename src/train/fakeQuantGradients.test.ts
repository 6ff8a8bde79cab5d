/** Gradients of fake-quantized layers, one at a time, against TensorFlow (scripts/fixtures/make_fake_quant_fixtures.py). */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Graph, Node, Value } from '../model/graph';
import type { OpName } from '../model/ops';
import type { Plan, ValuePlan } from '../quant/types';
import { openBackend } from './backend';
import { unpermuted } from './permute';
import { compile } from './program';
import { createRuntime } from './runtime';
import { wasmPath } from './testing/wasm';
import { tf } from './tf';

interface OnGrid {
  readonly shape: number[];
  readonly data: string;
  readonly scale: number;
  readonly zero: number;
}
interface Case {
  readonly name: string;
  readonly op: OpName;
  readonly attrs: object;
  readonly inputs: (OnGrid & { gradient: string })[];
  readonly output: OnGrid & { cotangent: string; scaleGradient: string };
  readonly weights?: {
    shape: number[];
    data: string;
    axis: number;
    levels: number;
    scale: string;
    gradient: string;
    scaleGradient: string;
  };
  readonly bias?: { data: string; gradient: string };
}

const { cases } = JSON.parse(
  readFileSync(new URL('fixtures/fakeQuantGradients.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

const floats = (text: string) => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
};
const why = { kind: 'test' } as unknown as ValuePlan['why'];
const form = (dtype: ValuePlan['dtype'], scale: Float32Array, zero = 0, axis = 0): ValuePlan => ({
  ...{ dtype, scale, axis, why },
  zeroPoint: new Int32Array(scale.length).fill(zero),
});

function built({ op, attrs, inputs, output, weights, bias }: Case): { graph: Graph; plan: Plan } {
  const values: Value[] = inputs.map(({ shape }, i) => ({
    name: `x${i}`,
    shape,
    dtype: 'float32',
  }));
  const plans: Record<string, ValuePlan> = {};
  for (const [i, { scale, zero }] of inputs.entries())
    plans[`x${i}`] = form('int8', Float32Array.of(scale), zero);
  if (weights && bias) {
    const [data, scale] = [floats(weights.data), floats(weights.scale)];
    values.push({ name: 'w', shape: weights.shape, dtype: 'float32', data });
    plans['w'] = form(weights.levels === 7 ? 'int4' : 'int8', scale, 0, weights.axis);
    const biasData = floats(bias.data);
    values.push({ name: 'b', shape: [biasData.length], dtype: 'float32', data: biasData });
    plans['b'] = form(
      'int32',
      scale.map((s) => s * inputs[0]!.scale),
    );
  }
  values.push({ name: 'y', shape: output.shape, dtype: 'float32' });
  plans['y'] = form('int8', Float32Array.of(output.scale), output.zero);
  const last = values.length - 1;
  const operands = Array.from({ length: last }, (_, i) => i);
  const node = { name: 'op', op, attrs, inputs: operands, outputs: [last], layer: 0 };
  return {
    graph: {
      name: 'case',
      values,
      nodes: [node as unknown as Node],
      inputs: inputs.map((_, i) => i),
      outputs: [last],
      layers: [{ name: 'op', type: op }],
    },
    plan: {
      target: 'litert',
      nodes: { op: { scheme: 'int8', why: why as never } },
      values: plans,
      io: 'int8',
    },
  };
}

/** ‖a − b‖ / ‖b‖. */
function distance(a: ArrayLike<number>, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  const off = Math.hypot(...b.map((x, i) => a[i]! - x));
  return off / Math.max(1e-12, Math.hypot(...b));
}

it.each(
  (['wasm', 'cpu'] as const).flatMap((backend) =>
    cases.map((one) => [backend, one.op, one.name, one] as const),
  ),
)('on %s, %s %s', async (backend, _, __, one) => {
  const opened = await openBackend(backend, wasmPath);
  const { graph, plan } = built(one);
  const program = compile(graph, plan, {
    ...{ frozenNodes: [], ranges: 'learned', weights: 'plan', liveInputs: true },
  });
  const runtime = createRuntime(program, opened);
  const xs = one.inputs.map(({ data, shape }) => tf.tensor(floats(data), shape));
  const { grads } = tf.engine().gradients(
    () => {
      const [y] = runtime.forward(xs, 1, 'outputs');
      expect(distance(y!.dataSync(), floats(one.output.data))).toBeLessThan(1e-5);
      return tf.sum(tf.mul(y!, tf.tensor(floats(one.output.cotangent), y!.shape)));
    },
    [...xs, ...runtime.tensors],
    undefined,
    true,
  );
  const wanted = new Map<string, string>([['scale', one.output.scaleGradient]]);
  if (one.weights)
    wanted.set('weights', one.weights.gradient).set('weight-scale', one.weights.scaleGradient);
  if (one.bias) wanted.set('bias', one.bias.gradient);
  one.inputs.forEach(({ gradient }, i) => {
    expect(distance(grads[i]!.dataSync(), floats(gradient)), `input ${i}`).toBeLessThan(1e-5);
  });
  const kinds = program.layout.parameters.map(({ kind }, k) => {
    const found = grads[xs.length + k]!.dataSync() as Float32Array;
    const order = kind === 'weights' ? program.sites[0]!.weights?.order : undefined;
    const mine = order ? unpermuted(found, order) : found;
    // Of scales: sums of rounding errors, themselves differences of numbers a hundred times larger.
    const limit = kind === 'scale' || kind === 'weight-scale' ? 5e-4 : 1e-5;
    expect(distance(mine, floats(wanted.get(kind)!)), kind).toBeLessThan(limit);
    return kind;
  });
  expect(new Set(kinds)).toEqual(new Set(wanted.keys()));
  runtime.dispose();
});
