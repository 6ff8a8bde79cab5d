import { afterEach, describe, expect, it, vi } from 'vitest';
import { backendIds, createBackend } from './backends';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('createBackend', () => {
  it('makes every backend of the list, a new one each time', async () => {
    for (const id of backendIds.filter((one) => one !== 'webgpu')) {
      const backend = await createBackend(id);
      expect(backend.id).toBe(id);
      expect(backend.insteadOf).toBeUndefined();
      expect(await createBackend(id)).not.toBe(backend);
    }
  });

  it('gives WASM where there is no WebGPU, and says so', async () => {
    const backend = await createBackend('webgpu');
    expect(backend.id).toBe('wasm');
    expect(backend.insteadOf?.id).toBe('webgpu');
    expect(backend.insteadOf?.reason).toContain('no WebGPU');
  });

  it('says what stands in for what where WebAssembly is missing', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules(); // compiled builds are kept per thread
    const fresh = await import('./backends');
    const backend = await fresh.createBackend('wasm');
    expect(backend.id).toBe('reference');
    expect(backend.insteadOf).toEqual({ id: 'wasm', reason: expect.stringContaining('SIMD') });
  });
});
