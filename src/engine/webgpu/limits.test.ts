/** Bad input: what the adapter can't hold, start or compute goes to WASM with a sentence, never to wrong numbers. */
import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../model/graph';
import { IntactError } from '../../model/error';
import { createReferenceBackend } from '../reference';
import type { Device } from './device';
import { gpuExecutable } from './executable';
import type { GpuDevice } from './gpu';
import { planGraph, type GpuPlan } from './plan';
import { createRunner } from './runner';
import { selfTestCases } from './selfTestCases';

const abilities = { arithmetic: 'dot4', floats: 'float' } as const;

interface Faults {
  /** Bytes that the adapter has for buffers; more is out of memory. */
  readonly memory?: number;
  readonly workgroups?: number;
  /** What is said of a submit. */
  readonly submit?: string;
}

/** A device that computes nothing but counts: what a runner asks of it, and the errors that it tells. */
function fakeDevice({ memory = Infinity, workgroups = 65535, submit }: Faults): Device {
  let used = 0;
  let full = false;
  let submitted = false;
  const scopes: string[] = [];
  const encoder = {
    beginComputePass: () => ({
      setPipeline: () => undefined,
      setBindGroup: () => undefined,
      dispatchWorkgroups: () => undefined,
      end: () => undefined,
    }),
    copyBufferToBuffer: () => undefined,
    finish: () => ({}),
  };
  const gpu = {
    limits: { maxComputeWorkgroupsPerDimension: workgroups },
    queue: {
      writeBuffer: () => undefined,
      submit: () => (submitted = true),
      onSubmittedWorkDone: () => Promise.resolve(),
    },
    createBuffer: ({ size }: { size: number }) => {
      used += size;
      full ||= used > memory;
      return {
        size,
        mapAsync: () => Promise.resolve(),
        getMappedRange: () => new ArrayBuffer(size),
        unmap: () => undefined,
        destroy: () => (used -= size),
      };
    },
    createBindGroup: () => ({}),
    createCommandEncoder: () => encoder,
    pushErrorScope: (filter: string) => scopes.push(filter),
    popErrorScope: () => {
      const scope = scopes.pop();
      const wrong = scope === 'out-of-memory' ? full && 'out of memory' : submitted && submit;
      if (scope === 'out-of-memory') full = false;
      return Promise.resolve(wrong ? { message: wrong } : null);
    },
  };
  return {
    gpu: gpu as unknown as GpuDevice,
    ...{ name: 'fake', isSoftware: false, hasDot: true, mostBytes: 2 ** 27 },
    lost: () => undefined,
    whenLost: new Promise(() => undefined),
    pipeline: () => Promise.resolve({ getBindGroupLayout: () => ({}) }),
  };
}

function planOf(graph: Graph, batch: number): GpuPlan {
  const plan = planGraph(graph, { batch, abilities });
  if (!('steps' in plan)) throw new Error(plan.join(' '));
  return plan;
}

const [{ graph, samples }] = selfTestCases() as [ReturnType<typeof selfTestCases>[number]];
const fallback = createReferenceBackend();

describe('an adapter that is too small', () => {
  it('has no memory left: a limit, with the batch; a smaller one fits', async () => {
    const device = fakeDevice({ memory: 20_000 });
    const large = createRunner(device, planOf(graph, 1024));
    await expect(large).rejects.toMatchObject({ code: 'limit' });
    await expect(createRunner(device, planOf(graph, 1024))).rejects.toThrow(
      /The GPU has no memory left for a batch of 1024: out of memory/,
    );
    (await createRunner(device, planOf(graph, 1))).dispose();
  });

  it('starts fewer workgroups than a layer takes: a limit, never a dispatch that is dropped', async () => {
    const device = fakeDevice({ workgroups: 1 });
    await expect(createRunner(device, planOf(graph, 64))).rejects.toThrow(
      /takes more workgroups for 64 samples than this adapter starts at once \(1 a dimension\)/,
    );
  });

  it('refuses a batch: its readback is never taken for an answer', async () => {
    const device = fakeDevice({ submit: 'a buffer is too large' });
    const runner = await createRunner(device, planOf(graph, 2));
    await expect(runner.runMany(samples)).rejects.toThrow(
      'The GPU refuses a batch: a buffer is too large.',
    );
    const executable = await gpuExecutable(graph, runner, fallback, {});
    const want = await (await fallback.prepare(graph)).runMany(samples);
    expect(await executable.runMany(samples)).toEqual(want);
    expect(executable.fellBack?.()).toMatch(/refuses a batch.*went on in/);
  });
});

describe('odd shapes', () => {
  const relu = (shape: readonly number[], dtype: Value['dtype'] = 'float32'): Graph => ({
    name: 'odd',
    values: [
      { name: 'x', shape, dtype },
      { name: 'y', shape, dtype },
    ],
    nodes: [{ name: 'relu', op: 'RELU', attrs: {}, inputs: [0], outputs: [1], layer: 0 }],
    inputs: [0],
    outputs: [1],
    layers: [{ name: 'relu', type: 'RELU' }],
  });

  it('of nothing run in WASM, said; its answer is as empty', async () => {
    const reasons = planGraph(relu([1, 0, 4]), { batch: 1, abilities });
    expect(reasons).toEqual([
      'Input "x" is empty, [1, 0, 4].',
      'RELU "relu" has a tensor that is empty, [1, 0, 4].',
    ]);
    const executable = await gpuExecutable(
      relu([1, 0, 4]),
      (reasons as readonly string[]).join(' '),
      fallback,
      {},
    );
    const feed = { shape: [1, 0, 4], dtype: 'float32', data: new Float32Array(0) } as const;
    expect(await executable.runMany([[feed]])).toEqual([[feed]]);
  });

  it('of no axis, many axes and odd channels are planned; other types say so', () => {
    for (const shape of [[], [1], [1, 1, 1, 1, 1, 1, 7], [1, 3, 5, 1023]])
      expect(planGraph(relu(shape), { batch: 3, abilities })).toHaveProperty('steps');
    expect(planGraph(relu([1, 4], 'float64'), { batch: 1, abilities })).toContain(
      'Input "x" is float64; only int8 and float32 lie on the GPU.',
    );
  });

  it('beyond a buffer are a limit before anything is made', async () => {
    const wide = relu([1, 2 ** 26]);
    const thrown: unknown = await createRunner(fakeDevice({}), planOf(wide, 1)).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(IntactError);
    expect((thrown as IntactError).message).toBe(
      'A tensor of 1 samples takes 256 MiB; one buffer of this adapter holds 128 MiB.',
    );
  });
});
