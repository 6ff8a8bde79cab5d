/** Stored sessions of earlier versions, put back into IndexedDB as they were. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface Fixture {
  readonly version: number;
  readonly stores: Readonly<Record<string, readonly (readonly [key: string, value: unknown])[]>>;
}

export function readFixture(name: string): Fixture {
  const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
  const { version, stores, arrays } = JSON.parse(gunzipSync(bytes).toString()) as Fixture & {
    readonly arrays: readonly string[];
  };
  const decode = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(decode);
    const { $, at, is } = value as { $?: string; at?: number; is?: string };
    if ($ === 'undefined') return undefined;
    if ($ === 'number') return Number(is);
    if ($ === 'bigint') return BigInt(is!);
    if ($ !== undefined) {
      const packed = Buffer.from(arrays[at!]!, 'base64');
      const Type = globalThis[$ as 'Float32Array'];
      return new Type(new Uint8Array(packed).buffer);
    }
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decode(part)]));
  };
  const plain = Object.entries(stores).map(([store, records]) => [
    store,
    records.map(([key, value]) => [key, decode(value)] as const),
  ]);
  return { version, stores: Object.fromEntries(plain) as Fixture['stores'] };
}

/** Makes the database as the earlier page left it. */
export function putFixture(database: string, { version, stores }: Fixture): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, version);
    request.onupgradeneeded = () => {
      for (const [store, records] of Object.entries(stores)) {
        const objects = request.result.createObjectStore(store);
        for (const [key, value] of records) objects.put(value, key);
      }
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    request.onerror = () => {
      reject(request.error!);
    };
  });
}
