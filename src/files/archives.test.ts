/** Archives as other programs write them (fflate, node's zlib) and as no honest program would. */
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../model/error';
import { crc32, gunzip } from './inflate';
import { unzipEntry, zipEntries } from './zip';
import { openZip, type Slices } from './zipSource';

const text = (value: string) => new TextEncoder().encode(value);

function source(bytes: Uint8Array): Slices {
  return {
    size: bytes.length,
    slice: (start, end) => source(bytes.subarray(start, end)),
    arrayBuffer: () => Promise.resolve(bytes.slice().buffer as ArrayBuffer),
  };
}

const joined = (...parts: readonly Uint8Array[]) => joinedAll(parts);

function joinedAll(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function record(length: number, signature: number, fields: Record<number, number>): Uint8Array {
  const bytes = new Uint8Array(length);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, signature, true);
  for (const [at, value] of Object.entries(fields)) data.setUint16(Number(at), value, true);
  return bytes;
}

/** `count` empty stored entries, as writers with and without Zip64 put them down (APPNOTE 4.3). */
function manyEntries(count: number, zip64: boolean): Uint8Array {
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (let i = 0; i < count; i++) {
    const name = text(String(i));
    locals.push(record(30, 0x04034b50, { 26: name.length }), name);
    const head = record(46, 0x02014b50, { 28: name.length });
    new DataView(head.buffer).setUint32(42, offset, true);
    central.push(head, name);
    offset += 30 + name.length;
  }
  const directory = joinedAll(central);
  const end = record(22, 0x06054b50, { 8: count & 0xffff, 10: count & 0xffff });
  const fields = new DataView(end.buffer);
  fields.setUint32(12, directory.length, true);
  fields.setUint32(16, offset, true);
  if (!zip64) return joinedAll([...locals, directory, end]);
  fields.setUint16(10, 0xffff, true);
  fields.setUint32(12, 0xffffffff, true);
  fields.setUint32(16, 0xffffffff, true);
  const wide = record(56, 0x06064b50, {});
  const wideFields = new DataView(wide.buffer);
  wideFields.setBigUint64(32, BigInt(count), true);
  wideFields.setBigUint64(40, BigInt(directory.length), true);
  wideFields.setBigUint64(48, BigInt(offset), true);
  const locator = record(20, 0x07064b50, {});
  new DataView(locator.buffer).setBigUint64(8, BigInt(offset + directory.length), true);
  return joinedAll([...locals, directory, wide, locator, end]);
}

const refusal = async (act: () => unknown): Promise<IntactError> => {
  try {
    await act();
  } catch (thrown) {
    if (thrown instanceof IntactError) return thrown;
    throw thrown;
  }
  throw new Error('was taken');
};

describe('zip', () => {
  it.each([
    ['beyond 65,535 entries, with Zip64', 70_000, true],
    ['beyond 65,535 entries, counted modulo 65,536', 70_000, false],
    ['65,535 entries', 65_535, false],
  ])('%s', async (_, count, zip64) => {
    const bytes = manyEntries(count, zip64);
    expect(zipEntries(bytes, 'x.zip')).toHaveLength(count);
    const entries = await openZip(source(bytes), 'x.zip');
    expect(entries).toHaveLength(count);
    expect(entries.at(-1)!.path).toBe(String(count - 1));
    expect(await entries.at(-1)!.read(10)).toEqual(new Uint8Array(0));
  });

  it('a directory with an entry more or less than it says is damaged', async () => {
    const bytes = manyEntries(10, false);
    new DataView(bytes.buffer).setUint16(bytes.length - 12, 11, true);
    expect((await refusal(() => zipEntries(bytes, 'x.zip'))).message).toMatch(/entry 11 of 11/);
  });

  it('reads an archive behind a program, whose offsets are shifted', async () => {
    const packed = new Uint8Array(zipSync({ 'a.txt': text('content') }));
    const bytes = joined(text('#!/bin/sh\nexit\n'), packed);
    const [entry] = zipEntries(bytes, 'x.sh');
    expect(unzipEntry(bytes, entry!, 'x.sh')).toEqual(text('content'));
    const [lazy] = await openZip(source(bytes), 'x.sh');
    expect(await lazy!.read(100)).toEqual(text('content'));
  });

  it('a claim within the ratio of deflate, but untrue, is counted before it is allocated', async () => {
    const packed = new Uint8Array(zipSync({ zeros: new Uint8Array(1 << 22) }, { level: 9 }));
    const data = new DataView(packed.buffer);
    const directory = data.getUint32(packed.length - 6, true);
    const stored = data.getUint32(directory + 20, true);
    data.setUint32(directory + 24, stored * 1032, true);
    expect((await refusal(() => unzipEntry(packed, zipEntries(packed, 'x')[0]!, 'x'))).code).toBe(
      'malformed',
    );
    const [lazy] = await openZip(source(packed), 'x');
    expect(await lazy!.head(100)).toEqual(new Uint8Array(100));
    expect((await refusal(() => lazy!.read(2 ** 30))).code).toBe('malformed');
  });

  it('an encrypted entry and another packing are named', async () => {
    const packed = new Uint8Array(zipSync({ a: text('x') }, { level: 0 }));
    const data = new DataView(packed.buffer);
    const directory = data.getUint32(packed.length - 6, true);
    data.setUint16(directory + 8, 1, true);
    const [locked] = await openZip(source(packed), 'x.zip');
    expect((await refusal(() => locked!.read(9))).message).toMatch(/a in x\.zip is encrypted/);
    data.setUint16(directory + 8, 0, true);
    data.setUint16(directory + 10, 14, true);
    const [lzma] = await openZip(source(packed), 'x.zip');
    expect((await refusal(() => lzma!.head(9))).message).toMatch(/zip method 14/);
  });
});

describe('gzip', () => {
  const content = text('one line after another\n'.repeat(5000));
  const packed = new Uint8Array(gzipSync(content));

  it('one member and several', () => {
    expect(gunzip(packed, 1e6)).toEqual(content);
    expect(gunzip(joined(packed, new Uint8Array(gzipSync(text('more')))), 1e6)).toEqual(
      joined(content, text('more')),
    );
    expect(gunzip(new Uint8Array(gzipSync(new Uint8Array(0))), 10)).toEqual(new Uint8Array(0));
  });

  it('a changed checksum, length or byte is damage, in every member', () => {
    const more = new Uint8Array(gzipSync(text('more')));
    for (const at of [packed.length - 8, packed.length - 4, packed.length - 20]) {
      const bytes = packed.slice();
      bytes[at]! ^= 1;
      expect(gunzip(bytes, 1e6), `byte ${at}`).toBe('damaged');
      expect(gunzip(joined(bytes, more), 1e6), `byte ${at} of the first`).toBe('damaged');
    }
    for (const end of [10, 17, 100, packed.length - 1]) {
      expect(gunzip(packed.subarray(0, end), 1e6), `cut at ${end}`).toBe('damaged');
    }
  });

  it('stops at the bound', () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(1 << 26)));
    expect(gunzip(bomb, 1 << 20)).toBe('beyond');
    expect(gunzip(bomb, 1 << 26)).toHaveLength(1 << 26);
  });

  it('CRC-32 of the check string (ISO 3309)', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
    expect(crc32(text('6789'), crc32(text('12345')))).toBe(0xcbf43926);
  });
});
