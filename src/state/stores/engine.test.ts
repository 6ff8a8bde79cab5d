import { describe, expect, it } from 'vitest';
import { createEngineStore, findAdapter } from './engine';

const keeping = (value: string | null, backend: string | null = null) => {
  const kept = { value, backend };
  const field = (key: string) => (key === 'intact-backend' ? 'backend' : 'value');
  return {
    kept,
    storage: {
      getItem: (key: string) => kept[field(key)],
      setItem: (key: string, next: string) => {
        kept[field(key)] = next;
      },
    },
  };
};

describe('threads of the engine', () => {
  it('are the cores, at most eight', () => {
    const at = (cores: number) => createEngineStore({ cores, isolated: true }).getState().threads;
    expect([at(1), at(2), at(8), at(32)]).toEqual([1, 2, 8, 8]);
  });

  it('are one without isolation, whatever was chosen', () => {
    const { storage } = keeping('4');
    const store = createEngineStore({ cores: 8, isolated: false, kept: storage });
    expect(store.getState()).toMatchObject({ threads: 1, mostThreads: 1 });
  });

  it('are kept, and nonsense is not believed', () => {
    const { kept, storage } = keeping('2');
    const store = createEngineStore({ cores: 4, isolated: true, kept: storage });
    expect(store.getState().threads).toBe(2);
    store.setState({ threads: 3 });
    expect(kept.value).toBe('3');
    for (const bad of ['0', '-1', 'two', '1.5', '']) {
      const { storage: other } = keeping(bad);
      const again = createEngineStore({ cores: 4, isolated: true, kept: other });
      expect([bad, again.getState().threads]).toEqual([bad, 4]);
    }
  });
});

describe('who answers samples', () => {
  it('is chosen by measurement, until the user says otherwise; nonsense is not believed', () => {
    const at = (value: string | null) => {
      const { storage } = keeping(null, value);
      return createEngineStore({ cores: 2, isolated: true, kept: storage }).getState().backend;
    };
    expect([at(null), at('wasm'), at('webgpu'), at('gpu')]).toEqual([
      ...['auto', 'wasm', 'webgpu', 'auto'],
    ]);
    const { kept, storage } = keeping(null);
    createEngineStore({ cores: 2, isolated: true, kept: storage }).setState({ backend: 'webgpu' });
    expect(kept.backend).toBe('webgpu');
  });

  it('knows without a GPU that there is none, in a sentence', async () => {
    const store = createEngineStore({ cores: 2, isolated: true });
    await findAdapter(store);
    expect(store.getState().adapter).toMatch(/no WebGPU|no adapter/);
  });
});
