/**
 * A check before HDF5's library sees a file: in a 32-bit build it loops forever on a global heap
 * (where variable-length strings stand) whose object sizes overflow. Layout: HDF5 spec III.E.
 */

const headerSize = 16;

/** Where a global heap collection is malformed, or undefined when all are sound. */
export function brokenGlobalHeap(bytes: Uint8Array): number | undefined {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.indexOf(0x47); at >= 0; at = bytes.indexOf(0x47, at + 1)) {
    if (at + headerSize > bytes.length) return undefined;
    const found =
      bytes[at + 1] === 0x43 && // "GCOL", version 1, reserved
      bytes[at + 2] === 0x4f &&
      bytes[at + 3] === 0x4c &&
      data.getUint32(at + 4, true) === 1;
    if (found && !isSound(data, at)) return at;
  }
  return undefined;
}

function size64(data: DataView, at: number): number {
  return data.getUint32(at, true) + data.getUint32(at + 4, true) * 2 ** 32;
}

/** Walks the objects of the collection at `start`: index 2, references 2, reserved 4, size 8, data. */
function isSound(data: DataView, start: number): boolean {
  const end = start + size64(data, start + 8);
  if (!(end <= data.byteLength)) return false;
  let at = start + headerSize;
  while (at + headerSize <= end) {
    const index = data.getUint16(at, true);
    const size = size64(data, at + 8);
    // Object 0 is the free space: its size counts its header.
    const next = index === 0 ? at + size : at + headerSize + Math.ceil(size / 8) * 8;
    if (next <= at || next > end) return false;
    at = next;
  }
  return true;
}
