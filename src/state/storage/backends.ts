/**
 * What was measured of backends on this device, in a database of its own that may be lost at any time.
 * Used in workers; where nothing can be stored, nothing is remembered.
 */
import { openDB } from 'idb';

const NAME = 'intact-backends';
const STORE = 'measured';
/** Older ones go: models and browsers come and go, and each costs one measurement. */
const MOST = 200;

export function rememberedBackends() {
  let opened: ReturnType<typeof openDB> | undefined;
  const database = () =>
    (opened ??= openDB(NAME, 1, {
      upgrade(fresh) {
        fresh.createObjectStore(STORE);
      },
    }));
  return {
    async get(key: string): Promise<unknown> {
      try {
        return await (await database()).get(STORE, key);
      } catch {
        return undefined;
      }
    },
    async set(key: string, value: unknown): Promise<void> {
      try {
        const held = await database();
        if ((await held.count(STORE)) >= MOST) await held.clear(STORE);
        await held.put(STORE, value, key);
      } catch {
        // It is measured again the next time.
      }
    },
  };
}
