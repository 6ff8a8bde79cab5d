/** Byte sources: bytes in memory and files that are read in parts. A Blob already is one. */
import type { ByteSource } from '../samples';

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    slice: (start, end) => memorySource(bytes.subarray(start, end)),
    arrayBuffer: () => Promise.resolve(bytes.slice().buffer as ArrayBuffer),
  };
}

/**
 * A file of `size` bytes read by `read(start, end)`: what node's open files become
 * (`(await handle.read(buffer, 0, end - start, start)).buffer`).
 */
export function readingSource(
  size: number,
  read: (start: number, end: number) => Promise<Uint8Array>,
  start = 0,
): ByteSource {
  return {
    size,
    slice(from, to) {
      const first = Math.min(Math.max(0, from), size);
      const last = Math.min(Math.max(first, to), size);
      return readingSource(last - first, read, start + first);
    },
    async arrayBuffer() {
      const bytes = size === 0 ? new Uint8Array(0) : await read(start, start + size);
      return bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
        ? (bytes.buffer as ArrayBuffer)
        : (bytes.slice().buffer as ArrayBuffer);
    },
  };
}

/** Bytes from `start` to `end`, fewer where the source ends. */
export async function bytesOf(
  source: ByteSource,
  start = 0,
  end = source.size,
): Promise<Uint8Array> {
  return new Uint8Array(
    await source.slice(Math.min(start, source.size), Math.min(end, source.size)).arrayBuffer(),
  );
}
