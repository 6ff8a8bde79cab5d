/**
 * The kernels against the reference on this adapter, before anything is computed with them: WGSL promises
 * neither how floats round nor that a driver is right. Integers must be equal, floats within 1e-4.
 */
import { requantize } from '../numerics';
import { createReferenceBackend } from '../reference';
import type { Device } from './device';
import { usage, mapRead } from './gpu';
import type { Abilities } from './kernels/site';
import { planGraph } from './plan';
import { lines, type Family } from './program';
import { createRunner } from './runner';
import { requantizing, stageWords } from './shaders/requantize';
import { bindings, lineEntry } from './shaders/wgsl';
import { floatStage, stageTable } from './stage';
import { selfTestCases, uniform, type SelfTestCase } from './selfTestCases';

/** Families that fail here, and how. */
export type Failing = ReadonlyMap<Family, string>;

const PAIRS = 1 << 15;

/** Sums and scales at the edges of every rounding: ties, beyond 2^24, tiny and huge scales. */
function pairs(): { readonly sums: Int32Array<ArrayBuffer>; readonly scales: Float32Array } {
  const next = uniform(20260);
  const sums = new Int32Array(PAIRS);
  const scales = new Float32Array(PAIRS);
  for (let i = 0; i < PAIRS; i++) {
    const bits = Math.floor(next() * 31);
    sums[i] = Math.trunc((next() * 2 - 1) * 2 ** bits);
    const wanted = (next() * 2 - 1) * 130;
    // Every fourth: the sum lands beside a tie.
    const target = i % 4 === 0 ? Math.floor(wanted) + 0.5 : wanted;
    scales[i] = sums[i] === 0 ? next() : Math.abs(target / sums[i]!);
  }
  return { sums, scales };
}

/** Pairs on which the stage and the reference differ. */
export async function stageFaults(device: Device, mode: 'float' | 'exact'): Promise<number> {
  const { gpu } = device;
  const { sums, scales } = pairs();
  const range = { low: -128, high: 127 };
  const stage = floatStage(Array.from(scales), 3, range, mode);
  const code = `${bindings([
    { name: 'S', type: 'array<i32>' },
    { name: 'Y', type: 'array<i32>', access: 'write' },
    { name: 'Q', type: 'array<vec4<i32>>' },
  ])}
${requantizing(stageWords(stage))}
${lineEntry(PAIRS, '  Y[i] = requantize(S[i], Q[i]);')}`;
  const pipeline = await device.pipeline(code);
  const table = stageTable(stage, []);
  const bytes = 4 * PAIRS;
  const { storage, copySource, copyTarget } = usage;
  const buffers = [bytes, bytes, table.byteLength].map((size) =>
    gpu.createBuffer({ size, usage: storage | copySource | copyTarget }),
  );
  const readback = gpu.createBuffer({ size: bytes, usage: usage.mapRead | copyTarget });
  gpu.queue.writeBuffer(buffers[0]!, 0, sums.buffer, 0, bytes);
  gpu.queue.writeBuffer(buffers[2]!, 0, table.buffer, 0, table.byteLength);
  const group = gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const encoder = gpu.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...lines(PAIRS));
  pass.end();
  encoder.copyBufferToBuffer(buffers[1]!, 0, readback, 0, bytes);
  gpu.queue.submit([encoder.finish()]);
  await readback.mapAsync(mapRead);
  const got = new Int32Array(readback.getMappedRange().slice(0));
  for (const buffer of [...buffers, readback]) buffer.destroy();
  let faults = 0;
  for (let i = 0; i < PAIRS; i++)
    if (got[i] !== requantize(sums[i]!, scales[i]!, 3, range.low, range.high)) faults++;
  return faults;
}

async function caseFault(
  device: Device,
  { graph, samples, everyShape }: SelfTestCase,
  abilities: Abilities,
): Promise<string | undefined> {
  const shapes = device.isSoftware ? 'small' : everyShape ? 'every' : undefined;
  const plan = planGraph(graph, { batch: samples.length, abilities, shapes });
  if (!('steps' in plan)) return plan[0];
  const runner = await createRunner(device, plan);
  const reference = await createReferenceBackend().prepare(graph);
  try {
    const wanted = await reference.runMany(samples);
    const tries = Math.max(...plan.steps.map(({ alternatives }) => alternatives.length));
    for (let alternative = 0; alternative < tries; alternative++) {
      plan.steps.forEach(({ alternatives }, step) => {
        runner.choose(step, Math.min(alternative, alternatives.length - 1));
      });
      const got = await runner.runMany(samples);
      for (const [sample, outputs] of wanted.entries())
        for (const [at, { data }] of outputs.entries()) {
          const differs = countDifferent(data as Int8Array, got[sample]![at]!.data as Int8Array);
          if (differs > 0)
            return `${runner.names().at(-1)!.name} gives ${differs} of ${data.length} numbers otherwise than the reference`;
        }
    }
    return undefined;
  } finally {
    runner.dispose();
    reference.dispose();
  }
}

function countDifferent(wanted: Int8Array | Float32Array, got: Int8Array | Float32Array): number {
  let differs = 0;
  if (wanted instanceof Int8Array) {
    for (let i = 0; i < wanted.length; i++) if (wanted[i] !== got[i]) differs++;
    return differs;
  }
  let most = 0;
  for (const x of wanted) most = Math.max(most, Math.abs(x));
  for (let i = 0; i < wanted.length; i++)
    if (!(Math.abs(wanted[i]! - got[i]!) <= 1e-4 * most + 1e-6)) differs++;
  return differs;
}

/** Runs every case; a family fails with its first fault. */
export async function selfTest(device: Device, abilities: Abilities): Promise<Failing> {
  const failing = new Map<Family, string>();
  // Compiling takes longer than computing: all at once.
  await Promise.all(
    selfTestCases().map(async (one) => {
      const fault = await caseFault(device, one, abilities).catch((thrown: unknown) =>
        thrown instanceof Error ? thrown.message : String(thrown),
      );
      if (fault !== undefined && !failing.has(one.family))
        failing.set(
          one.family,
          `the self-test on this adapter failed (${one.graph.name}: ${fault})`,
        );
    }),
  );
  return failing;
}
