import { describe, expect, it } from 'vitest';
import { createEngineStore } from './engine';

const keeping = (value: string | null) => {
  const kept = { value };
  return {
    kept,
    storage: {
      getItem: () => kept.value,
      setItem: (_: string, next: string) => {
        kept.value = next;
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
    expect(store.getState()).toEqual({ threads: 1, mostThreads: 1 });
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
