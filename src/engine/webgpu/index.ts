/**
 * The WebGPU backend: int8 bit-identical to the reference, in batches; float32 for reported figures only
 * (its sums depend on the adapter). Opened once for each thread: device, self-test, probe.
 */
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import type { Backend, Executable, PrepareOptions } from '../engine';
import { openDevice, type Device } from './device';
import { gpuExecutable } from './executable';
import { gpuHere, type Gpu } from './gpu';
import type { Abilities, GpuSite } from './kernels/site';
import { layoutOf } from './layout';
import { planGraph } from './plan';
import { probeArithmetic, tune } from './probe';
import { createRunner, type Runner } from './runner';
import { selfTest, stageFaults, type Failing } from './selfTest';

export interface WebGpuBackend extends Backend {
  readonly id: 'webgpu';
  readonly device: Device;
  readonly abilities: Abilities;
  /** Why products are multiplied as they are. */
  readonly why: string;
  /** Families of kernels that computed wrongly here, which run in WASM. */
  readonly failing: Failing;
  /** A runner on the GPU alone; a sentence where it doesn't run this graph. */
  open(graph: Graph, options?: PrepareOptions): Promise<Runner | string>;
}

export { adapterFacts, type AdapterFacts } from './device';
export { gpuHere } from './gpu';

export interface WebGpuOptions {
  /** Where everything goes that the GPU doesn't do. */
  readonly fallback: Backend;
  readonly gpu?: Gpu;
  /** Adapters that compute on the CPU are refused: WASM is a hundred times as fast. */
  readonly refuseSoftware?: boolean;
  /** For tests: this arithmetic and rounding instead of what the probe finds. */
  readonly abilities?: Partial<Abilities>;
  /** For tests: these shapes of matrix products. */
  readonly shapes?: GpuSite['shapes'];
}

/** Samples of a batch: more doesn't fill the card better, and makes answers wait. */
const BATCH = 32;
/** Bytes that the tensors of a batch should stay below; larger models go in smaller batches. */
const BATCH_BYTES = 2 ** 30;
/** Milliseconds that choosing shapes may take at prepare. */
const TUNE_MS = 1500;

/** Samples at once that the graph's largest tensor and all together leave room for; 0: not even one. */
export function batchFor(graph: Graph, mostBytes: number, wanted = BATCH): number {
  let largest = 0;
  let all = 0;
  for (const value of graph.values) {
    if (value.data) continue;
    const words = layoutOf(value)?.words ?? 0;
    largest = Math.max(largest, 4 * words);
    all += 4 * words;
  }
  let batch = wanted;
  while (batch > 0 && (batch * largest > mostBytes || (batch > 1 && batch * all > 4 * BATCH_BYTES)))
    batch >>= 1;
  return batch;
}

/** A sentence where this thread can't have it. */
export async function createWebGpuBackend(options: WebGpuOptions): Promise<WebGpuBackend | string> {
  const device = await openDevice(options.gpu ?? gpuHere());
  if (typeof device === 'string') return device;
  if (options.refuseSoftware && device.isSoftware) {
    device.gpu.destroy();
    return `The adapter (${device.name}) computes on the CPU, where WASM is faster.`;
  }
  try {
    return await backendOn(device, options);
  } catch (thrown) {
    device.gpu.destroy();
    return `The adapter (${device.name}) was given up: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

async function backendOn(device: Device, options: WebGpuOptions): Promise<WebGpuBackend | string> {
  const { fallback } = options;
  const floats = options.abilities?.floats ?? (await roundingOf(device));
  if (!floats) return `The adapter (${device.name}) computes output stages wrongly.`;
  const probed = options.abilities?.arithmetic
    ? { arithmetic: options.abilities.arithmetic, why: 'asked for' }
    : await probeArithmetic(device, floats);
  const { arithmetic, why } = probed;
  const abilities: Abilities = { arithmetic, floats };
  const failing = await selfTest(device, abilities);
  const tuned = new Map<string, number>();
  const open = async (
    graph: Graph,
    { keepAll = false, batch }: PrepareOptions = {},
  ): Promise<Runner | string> => {
    const lost = device.lost();
    if (lost !== undefined) return `The GPU device was lost: ${lost}.`;
    const fits = batchFor(graph, device.mostBytes, batch);
    if (fits === 0) return 'One tensor of this model is larger than a buffer of this adapter.';
    const shapes = options.shapes ?? (device.isSoftware ? 'small' : undefined);
    // What does not fit in the adapter's memory may fit in smaller batches.
    for (let samples = fits; ; samples >>= 1) {
      const plan = planGraph(graph, { batch: samples, abilities, failing, shapes });
      if (!('steps' in plan)) return plan.join(' ');
      try {
        const runner = await createRunner(device, plan, { keepAll });
        if (!device.isSoftware) await tune(runner, plan.steps, TUNE_MS, tuned);
        return runner;
      } catch (thrown) {
        const tooLarge = thrown instanceof IntactError && thrown.code === 'limit';
        if (!tooLarge || samples <= 1) throw thrown;
      }
    }
  };
  return {
    id: 'webgpu',
    label: `WebGPU ${arithmetic} (${device.name})`,
    note: noteOf(arithmetic, why, failing),
    gone: device.lost,
    ...{ device, abilities, why, failing, open },
    async prepare(graph, prepareOptions = {}): Promise<Executable> {
      const opened = await open(graph, prepareOptions).catch((thrown: unknown) => {
        if (thrown instanceof IntactError) return thrown.message;
        return `The GPU failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      });
      return gpuExecutable(graph, opened, fallback, prepareOptions);
    },
  };
}

function noteOf(arithmetic: Abilities['arithmetic'], why: string, failing: Failing): string {
  const products = arithmetic === 'dot4' ? 'dot4I8Packed' : 'float32, exactly';
  const wrong = [...failing].map(([family, fault]) => `${family}: ${fault}`);
  return [`int8 products by ${products}: ${why}`, ...wrong].join('; ');
}

/** Floats where they round as the reference's, else integers; undefined where neither does. */
async function roundingOf(device: Device): Promise<Abilities['floats'] | undefined> {
  for (const mode of ['float', 'exact'] as const)
    if ((await stageFaults(device, mode)) === 0) return mode;
  return undefined;
}
