import { expect, it } from 'vitest';
import { createContext, withJobContext } from './context';
import { createCores, localLock } from './cores';

it('makes one engine a worker, when it is first asked for, as it was told', async () => {
  const cores = createCores(localLock(), 3);
  const reference = createContext({ cores, engine: 'reference' });
  const made = await reference.backend();
  expect(made.id).toBe('reference');
  expect(await reference.backend()).toBe(made);
  const fastest = await createContext({ cores }).backend();
  expect(fastest.id).toBe('wasm');
  expect(await createContext({ cores, engine: 'reference' }).backend()).not.toBe(made);
});

it('gives a job its share of the cores, its events and its stop', async () => {
  const worker = createContext({ cores: createCores(localLock(), 3) });
  const events = { progress: () => undefined };
  const stop = { stopped: false };
  const result = await withJobContext(worker, events, stop, (context) => {
    expect(context.share.count).toBe(3);
    expect(context.events).toBe(events);
    expect(context.stop).toBe(stop);
    expect(typeof context.openSamples).toBe('function');
    return Promise.resolve(7);
  });
  expect(result).toBe(7);
});
