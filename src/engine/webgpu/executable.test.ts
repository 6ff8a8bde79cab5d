/** A device that is lost, or fails, in the middle: what is under way is done again in WASM. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../reference';
import { gpuExecutable } from './executable';
import { createWebGpuBackend } from '.';
import type { Gpu, GpuAdapter } from './gpu';
import type { Runner } from './runner';
import { selfTestCases } from './selfTestCases';

const { graph, samples } = selfTestCases()[0]!;
const fallback = createReferenceBackend();

async function expected() {
  return (await fallback.prepare(graph)).runMany(samples);
}

/** Answers `calls` times, then fails as a lost device does. */
function failing(calls: number, answer: Runner['runMany']): Runner & { disposed: number } {
  let left = calls;
  const runner = {
    disposed: 0,
    batch: 2,
    runMany: (list: Parameters<Runner['runMany']>[0]) =>
      left-- > 0 ? answer(list) : Promise.reject(new Error('The GPU device was lost: gone.')),
    timeNode: () => Promise.reject(new Error('The GPU device was lost: gone.')),
    dispose() {
      runner.disposed++;
    },
  };
  return runner as unknown as Runner & { disposed: number };
}

describe('a device that is lost', () => {
  it('loses nothing: the batch is answered in WASM, and the sentence says so', async () => {
    const want = await expected();
    const runner = failing(1, () => Promise.resolve(want));
    const executable = await gpuExecutable(graph, runner, fallback, {});
    expect(await executable.runMany(samples)).toEqual(want);
    expect(executable.fellBack?.()).toBeUndefined();
    expect(await executable.runMany(samples)).toEqual(want);
    expect(executable.fellBack?.()).toMatch(/lost: gone.*went on in/);
    expect(runner.disposed).toBe(1);
    expect(await executable.runMany(samples)).toEqual(want);
    executable.dispose();
    await expect(executable.runMany(samples)).rejects.toThrow(/disposed/);
  });

  it('is timed in WASM from then on', async () => {
    const runner = failing(0, () => Promise.resolve([]));
    const executable = await gpuExecutable(graph, runner, fallback, { keepAll: true });
    await executable.run(samples[0]!);
    expect(await executable.timeNode(0, 2)).toBeGreaterThan(0);
    expect(executable.fellBack?.()).toContain('lost');
  });

  it('checks feeds before anything is sent', async () => {
    const executable = await gpuExecutable(graph, 'no kernel', fallback, {});
    await expect(executable.runMany([[]])).rejects.toMatchObject({ code: 'bad-data' });
    expect(executable.fellBack?.()).toBe('no kernel');
  });
});

describe('no adapter, or one that is not enough', () => {
  const open = (gpu: Gpu) => createWebGpuBackend({ gpu, fallback });

  it('is a sentence', async () => {
    expect(await open({ requestAdapter: () => Promise.resolve(null) })).toContain('no adapter');
    expect(await open({ requestAdapter: () => Promise.reject(new Error('x')) })).toContain(
      'no adapter',
    );
    const limits = { maxStorageBuffersPerShaderStage: 4 };
    const adapter = { limits, requestDevice: () => Promise.reject(new Error('never')) };
    const few = await open({ requestAdapter: () => Promise.resolve(adapter as GpuAdapter) });
    expect(few).toBe("The adapter's maxStorageBuffersPerShaderStage is 4; the kernels take 8.");
  });

  it('is a sentence where the device is refused', async () => {
    const limits = {
      ...{ maxStorageBuffersPerShaderStage: 8, maxComputeInvocationsPerWorkgroup: 256 },
      ...{ maxComputeWorkgroupSizeX: 256, maxComputeWorkgroupSizeY: 256 },
      ...{ maxComputeWorkgroupSizeZ: 64, maxComputeWorkgroupStorageSize: 16384 },
    };
    const adapter = { limits, requestDevice: () => Promise.reject(new Error('busy')) };
    const refused = await open({ requestAdapter: () => Promise.resolve(adapter as GpuAdapter) });
    expect(refused).toBe('The adapter gives no device: busy.');
  });
});
