/** How full this browser's storage is, and whether it is safe from being cleared. Runs are deleted by `deleteRuns`. */
import type { StorageUse } from '../stores/storage';
import type { Studio } from '../studio';

const manager = (): Partial<StorageManager> | undefined =>
  (globalThis.navigator as Partial<Navigator> | undefined)?.storage;

/** Use and quota as the browser estimates them; empty where it doesn't say. */
export async function storageUse(): Promise<StorageUse> {
  try {
    const [estimate, persistent] = await Promise.all([
      manager()?.estimate?.(),
      manager()?.persisted?.(),
    ]);
    return {
      ...(estimate?.usage !== undefined && { used: estimate.usage }),
      ...(estimate?.quota !== undefined && { quota: estimate.quota }),
      ...(persistent !== undefined && { persistent }),
    };
  } catch {
    return {}; // an opaque origin
  }
}

/** Enters them in the store. */
export async function measureUse(studio: Studio): Promise<void> {
  studio.storage.setState(await storageUse());
}

/** Asks the browser not to clear what is stored when space is short; browsers decide by themselves or ask. */
export async function askPersistent(studio: Studio): Promise<void> {
  try {
    await manager()?.persist?.();
  } catch {
    // Not allowed here: measureUse says how it stands.
  }
  await measureUse(studio);
}
