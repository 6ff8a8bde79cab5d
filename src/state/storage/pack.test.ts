/** Packs give back what they were given, under addresses that the content alone decides. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOf, chunkBytes, pack, unpack, type Blobs } from './pack';
import { sha256, sha256Here } from './sha256';

const text = (value: string) => new TextEncoder().encode(value);
const reader = (blobs: Blobs) => (address: string) => Promise.resolve(blobs.get(address)!);

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('SHA-256', () => {
  // FIPS 180-4, examples of NIST: "abc", the empty message, two blocks.
  it.each([
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %s is as published', async (message, digest) => {
    expect(sha256Here(text(message))).toBe(digest);
    expect(await sha256(text(message))).toBe(digest);
  });

  it.each([55, 56, 63, 64, 65, 119, 120, 1000])('of %d bytes is that of OpenSSL', (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) & 255);
    expect(sha256Here(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('is the same where the page may not ask the platform', async () => {
    vi.stubGlobal('crypto', {});
    expect(await sha256(text('abc'))).toBe(sha256Here(text('abc')));
  });

  it('of more than one chunk is that of the chunks', async () => {
    const bytes = new Uint8Array(chunkBytes + 3).fill(7);
    const hex = (part: Uint8Array | string) => createHash('sha256').update(part).digest('hex');
    const parts = [hex(bytes.subarray(0, chunkBytes)), hex(bytes.subarray(chunkBytes))];
    expect(await addressOf(bytes)).toBe(hex(parts.join('\n')));
    expect(await addressOf(bytes.subarray(0, chunkBytes))).toBe(parts[0]);
  });
});

describe('a pack', () => {
  const large = Float32Array.from({ length: 5000 }, (_, i) => i / 3);
  const value = {
    numbers: [1, -0, NaN, Infinity, -Infinity, 1e-300],
    nothing: [undefined, null],
    absent: undefined,
    big: 12345678901234567890n,
    names: { $: 'a layer of this name', '': 0, ['__proto__']: { x: new Int8Array([1]) } },
    arrays: [
      new Uint8Array([1, 2, 3]),
      new Int16Array([-5, 5]),
      new BigInt64Array([-1n]),
      new Float64Array([0.1, Infinity]),
      new Float32Array(),
      new Uint8ClampedArray([9]),
      new Int32Array([7, 8, 9]).subarray(1, 2),
    ],
    large,
  };

  it('gives back what it was given', async () => {
    const blobs: Blobs = new Map();
    const back = await unpack(await pack(value, blobs), reader(blobs));
    expect(back).toStrictEqual(value);
    expect(Object.is((back as typeof value).numbers[1], -0)).toBe(true);
  });

  it('has large arrays beside it, so that others share them', async () => {
    const blobs: Blobs = new Map();
    const a = await pack({ a: large }, blobs);
    expect(blobs.size).toBe(2);
    const b = await pack({ b: [large.slice(), large] }, blobs);
    expect(a).not.toBe(b);
    expect(blobs.size).toBe(3);
    expect(await pack({ a: large.slice() }, blobs)).toBe(a);
    expect(blobs.size).toBe(3);
  });

  it('of other content has another address', async () => {
    const blobs: Blobs = new Map();
    const addresses = [
      await pack([new Uint8Array([1])], blobs),
      await pack([new Int8Array([1])], blobs),
      await pack([new Uint8Array([2])], blobs),
      await pack(['1'], blobs),
      await pack([1], blobs),
    ];
    expect(new Set(addresses).size).toBe(5);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a length beyond it', new Uint8Array([255, 0, 0, 0, 1])],
    ['what is no JSON', new Uint8Array([1, 0, 0, 0, 123])],
    ['an array beyond its end', withJson('{"$":"Uint8Array","at":0,"length":4}')],
    ['an array of no known type', withJson('{"$":"Nothing","at":0,"length":0}')],
  ])('that holds %s is refused', async (_what, bytes) => {
    await expect(unpack('x', () => Promise.resolve(bytes))).rejects.toMatchObject({
      code: 'malformed',
    });
  });
});

function withJson(json: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((4 + json.length) / 8) * 8);
  bytes[0] = json.length;
  bytes.set(text(json), 4);
  return bytes;
}
