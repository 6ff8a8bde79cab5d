/**
 * Inflating into one array, never beyond a bound, and checksums. Small pushes: what one push of fflate
 * unfolds to is not bounded otherwise.
 */
import { Gunzip, Inflate } from 'fflate';

const PUSH = 1 << 14;
/** What is allocated on a claim alone, for each byte that is there; more is counted first. */
const TRUSTED_RATIO = 32;
const TRUSTED = 2 ** 24;

class Beyond extends Error {}

/** Pushes a part in small steps. */
function push(stream: Inflate | Gunzip, part: Uint8Array): void {
  for (let at = 0; at < part.length; at += PUSH) stream.push(part.subarray(at, at + PUSH));
}

/** What comes out is written straight to its place; what is beyond `most` ends it. */
function sinkOf(into: Uint8Array | undefined, most: number) {
  const sink = {
    length: 0,
    take(chunk: Uint8Array) {
      const room = most - sink.length;
      into?.set(chunk.length > room ? chunk.subarray(0, room) : chunk, sink.length);
      sink.length += Math.min(chunk.length, room);
      if (chunk.length > room) throw new Beyond();
    },
  };
  return sink;
}

/**
 * Inflates a whole of known bytes (RFC 1951).
 *
 * @param size what it is said to unfold to; a claim far beyond the packed bytes is counted before
 *   anything of that size is allocated
 * @returns undefined where the packed bytes are damaged or unfold to another size
 */
export function inflateWhole(packed: Uint8Array, size: number): Uint8Array | undefined {
  const run = (into: Uint8Array | undefined): boolean => {
    const sink = sinkOf(into, size);
    const stream = new Inflate(sink.take);
    try {
      push(stream, packed);
      stream.push(new Uint8Array(0), true);
    } catch {
      return false;
    }
    return sink.length === size;
  };
  if (size > packed.length * TRUSTED_RATIO + TRUSTED && !run(undefined)) return undefined;
  const content = new Uint8Array(size);
  return run(content) ? content : undefined;
}

/**
 * The first bytes of what the parts inflate to, at most `most`; fewer where there are no more.
 * @throws whatever the decoder throws for damaged bytes
 */
export async function inflateHead(
  parts: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Uint8Array> {
  const into = new Uint8Array(most);
  const sink = sinkOf(into, most);
  const stream = new Inflate(sink.take);
  try {
    for await (const part of parts) push(stream, part);
  } catch (thrown) {
    if (!(thrown instanceof Beyond)) throw thrown;
  }
  return into.subarray(0, sink.length);
}

/**
 * Unpacks gzip (RFC 1952), also of several members, and checks the checksum and length of each.
 *
 * @param most bytes that may come of it
 * @returns `beyond` where more would come, `damaged` where the bytes are cut short or changed
 */
export function gunzip(packed: Uint8Array, most: number): Uint8Array | 'damaged' | 'beyond' {
  const data = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const run = (into: Uint8Array | undefined, cap: number): number | 'damaged' | 'beyond' => {
    const sink = sinkOf(into, cap);
    let began = 0;
    let crc = 0;
    const stream = new Gunzip((chunk) => {
      crc = crc32(chunk, crc);
      sink.take(chunk);
    });
    const check = (end: number) => {
      const length = (sink.length - began) % 2 ** 32;
      const told = end >= 18 && data.getUint32(end - 8, true) === crc;
      if (!told || data.getUint32(end - 4, true) !== length) throw new Error('checksum');
      began = sink.length;
      crc = 0;
    };
    stream.onmember = check;
    try {
      push(stream, packed);
      stream.push(new Uint8Array(0), true);
      check(packed.length);
    } catch (thrown) {
      return thrown instanceof Beyond ? 'beyond' : 'damaged';
    }
    return sink.length;
  };
  if (packed.length < 18) return 'damaged';
  // The length of the last member, which mostly is the only one.
  const told = data.getUint32(packed.length - 4, true);
  if (told <= Math.min(most, packed.length * TRUSTED_RATIO + TRUSTED)) {
    const content = new Uint8Array(told);
    const length = run(content, told);
    if (length === told) return content;
    if (length === 'damaged') return length;
  }
  const length = run(undefined, most);
  if (typeof length === 'string') return length;
  const content = new Uint8Array(length);
  run(content, length);
  return content;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 (ISO 3309), going on from `before`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = before ^ 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
