/** Fake quantization: fused kernels against TF.js ops, and both against the integer engine. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../engine/reference';
import { convert } from '../quant/convert';
import { dequantizeTensor } from '../quant/affine';
import { everywhere } from '../quant/testing/int4Models';
import type { Plan } from '../quant/types';
import { quantizeTensor } from '../quant/affine';
import { createGradientWorker, type MicroBatch } from './gradientWorker';
import { initialVector } from './parameters';
import { compile } from './program';
import { fourBit, planned, sampleOf, smallNet } from './testing/net';
import { wasmPath } from './testing/wasm';

const graph = smallNet();
const plan = await planned(graph);
const options = { frozenNodes: [], ranges: 'learned', weights: 'plan' } as const;
const COUNT = 6;
const inputs = [new Float32Array(COUNT * 192)];
for (let i = 0; i < COUNT; i++) inputs[0]!.set(sampleOf(i), i * 192);
const batch: MicroBatch = {
  inputs,
  count: COUNT,
  total: COUNT,
  target: { kind: 'labels', labels: Int32Array.from([0, 1, 2, 3, 4, 0]) },
};

const workerOn = (backend: 'wasm' | 'cpu', wanted: Plan) =>
  createGradientWorker({
    graph,
    plan: wanted,
    options,
    backend,
    wasmPath,
    teacher: undefined,
    numbers: false,
  });

describe.each([
  ['int8', plan],
  ['int8 per tensor', await planned(graph, 'int8-per-tensor')],
  ['4-bit weights', fourBit(graph, plan)],
] as const)('%s', (_, wanted) => {
  const { layout } = compile(graph, wanted, options);
  const scaled = initialVector(layout);
  // Scales that clip a little, so that both sides of every range are met.
  for (const { offset, size, kind } of layout.parameters)
    if (kind === 'scale' || kind === 'weight-scale')
      for (let i = offset; i < offset + size; i++) scaled[i]! *= 0.8;

  it('has the same gradients fused and composed', async () => {
    const found = [];
    for (const backend of ['wasm', 'cpu'] as const) {
      const worker = await workerOn(backend, wanted);
      await worker.load(scaled);
      found.push(await worker.gradients(batch));
      worker.dispose();
    }
    const [fused, composed] = found;
    expect(fused!.loss).toBeCloseTo(composed!.loss, 4);
    for (const { name, kind, offset, size } of layout.parameters) {
      const a = fused!.gradients.subarray(offset, offset + size);
      const b = composed!.gradients.subarray(offset, offset + size);
      const norm = Math.hypot(...b);
      const off = Math.hypot(...a.map((x, i) => x - b[i]!));
      // Sums of scales' gradients cancel: a value at a rounding edge may weigh in them.
      expect(off, `${kind} ${name}`).toBeLessThan(2e-3 * norm + 1e-7);
    }
  });
});

it.each([
  ['int8', plan],
  ['int8 per channel in fixed point', await planned(graph, 'int8', 'tflite-2021')],
  ['4-bit weights', await planned(graph, everywhere())],
] as const)('gives the values of the integer graph: %s', async (_, plan) => {
  const worker = await workerOn('wasm', plan);
  const { taps } = await worker.outputs({ inputs, count: COUNT, model: 'trained', taps: true });
  worker.dispose();
  const integer = convert(graph, plan);
  const executable = await createReferenceBackend().prepare(integer);
  const input = integer.values[integer.inputs[0]!]!;
  let [different, compared] = [0, 0];
  for (let sample = 0; sample < COUNT; sample++) {
    const data = quantizeTensor(sampleOf(sample), input.shape, input.quant!, 'int8');
    await executable.run([{ shape: input.shape, dtype: 'int8', data }], (index, tensor) => {
      const { name, quant, shape } = integer.values[index]!;
      const fake = taps[name];
      if (!fake || !quant) return;
      const real = dequantizeTensor(tensor.data, shape, quant);
      const mine = fake.subarray(sample * real.length, (sample + 1) * real.length);
      real.forEach((x, i) => {
        const steps = Math.round(Math.abs(x - mine[i]!) / quant.scale[0]!);
        expect(steps, `${name} of sample ${sample}`).toBeLessThanOrEqual(1);
        different += steps;
        compared += 1;
      });
    });
  }
  executable.dispose();
  expect(compared).toBeGreaterThan(10000);
  expect(different / compared).toBeLessThan(2e-3);
});
