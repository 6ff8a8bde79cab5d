/**
 * Changes of bytes and of what bytes mean. Every mutator is a pure function of its input and the seeded
 * generator, so that a case is told by reader, seed and number alone.
 */
import { gzipSync, zipSync } from 'fflate';
import { crc32, gunzip } from '../../files/inflate';
import { unzipEntry, zipEntries } from '../../files/zip';
import type { Random } from '../random';

export type Mutator = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Counts, lengths and offsets that programs get wrong. */
const edges = [
  0,
  1,
  2,
  7,
  127,
  128,
  255,
  256,
  32_767,
  65_535,
  65_536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (value: string) => new TextEncoder().encode(value);

/** One to eight changes of single bytes or runs: random, ones, zeros, copied, an edge number, cut, repeated. */
export const anyBytes: Mutator = (original, { int, next, pick }) => {
  let bytes = original.slice();
  const changes = int(1, 8);
  for (let i = 0; i < changes && bytes.length > 0; i++) {
    const at = int(0, bytes.length - 1);
    const length = Math.min(next() < 0.6 ? 1 : int(2, 16), bytes.length - at);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    switch (int(0, 7)) {
      case 0:
        bytes.fill(int(0, 255), at, at + length);
        break;
      case 1:
        bytes.fill(255, at, at + length);
        break;
      case 2:
        bytes.fill(0, at, at + length);
        break;
      case 3:
        bytes.copyWithin(at, int(0, bytes.length - length), bytes.length);
        break;
      case 4:
        if (at + 4 <= bytes.length) view.setUint32(at & ~3, pick(edges), next() < 0.8);
        break;
      case 5:
        if (at + 2 <= bytes.length) view.setUint16(at, pick(edges) & 0xffff, next() < 0.8);
        break;
      case 6:
        if (next() < 0.3) bytes = bytes.slice(0, at);
        else bytes[at]! ^= 1 << int(0, 7);
        break;
      default:
        bytes[at] = (bytes[at]! + (next() < 0.5 ? 1 : 255)) & 255;
    }
  }
  return bytes;
};

/** Offsets and sizes of a format of aligned 32-bit little-endian words (FlatBuffers, TIFF, HDF5). */
export const words: Mutator = (original, random) => {
  const bytes = original.slice();
  if (bytes.length < 8) return anyBytes(bytes, random);
  const view = new DataView(bytes.buffer);
  for (let i = random.int(1, 4); i > 0; i--) {
    const at = random.int(0, (bytes.length >> 2) - 1) * 4;
    const value = view.getUint32(at, true);
    const change = random.pick([
      value + 1,
      value - 1,
      value * 2,
      value ^ 0x80000000,
      value + 4,
      -value,
    ]);
    view.setUint32(at, random.next() < 0.5 ? random.pick(edges) : change >>> 0, true);
  }
  return bytes;
};

const leaves: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  'a'.repeat(5000),
  '__proto__',
  'toString',
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  -0,
  [],
  [[]],
  {},
  [-1],
  [0, 0, 0],
  [2 ** 31, 2 ** 31],
  { length: 1e9 },
  'NaN',
  '💥',
];

/** Another value at random places of the JSON; members dropped, repeated, renamed; deep nests. */
export const json: Mutator = (original, random) => {
  let root: unknown;
  try {
    root = JSON.parse(text(original));
  } catch {
    return anyBytes(original, random);
  }
  const { int, next, pick } = random;
  const change = (value: unknown, depth: number): unknown => {
    if (depth > 40 || next() < 0.08 || value === null || typeof value !== 'object') {
      if (next() < 0.1) return nest(int(10, 3000));
      return pick(leaves);
    }
    if (Array.isArray(value)) {
      const items = [...(value as unknown[])];
      if (items.length === 0) return [pick(leaves)];
      const at = int(0, items.length - 1);
      const how = next();
      if (how < 0.15) items.splice(at, 1);
      else if (how < 0.25) items.splice(at, 0, items[int(0, items.length - 1)]);
      else items[at] = change(items[at], depth + 1);
      return items;
    }
    const members = Object.entries(value);
    if (members.length === 0) return { x: pick(leaves) };
    const at = int(0, members.length - 1);
    const [name, member] = members[at]!;
    const how = next();
    if (how < 0.12) members.splice(at, 1);
    else if (how < 0.18)
      members[at] = [pick(['', 'x', '__proto__', 'constructor', `${name}x`]), member];
    else members[at] = [name, change(member, depth + 1)];
    return Object.fromEntries(members);
  };
  for (let i = int(1, 3); i > 0; i--) root = change(root, 0);
  return bytesOf(JSON.stringify(root) ?? 'null');
};

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** An entry's content changed and packed again with a right checksum; names changed; or the archive's own bytes. */
export const zipOf =
  (inner: (path: string) => Mutator): Mutator =>
  (original, random) => {
    if (random.next() < 0.25) return anyBytes(original, random);
    const entries = zipEntries(original, 'x').map((entry): [string, Uint8Array] => [
      entry.path,
      unzipEntry(original, entry, 'x'),
    ]);
    const at = random.int(0, entries.length - 1);
    const [path, content] = entries[at]!;
    const how = random.next();
    if (how < 0.05) entries.splice(at, 1);
    else if (how < 0.1)
      entries[at] = [
        random.pick(['../x', '/etc/passwd', 'a/'.repeat(500) + 'x', '', 'con', 'ü\u0000']),
        content,
      ];
    else entries[at] = [path, inner(path)(content, random)];
    return zipSync(Object.fromEntries(entries), { level: random.next() < 0.5 ? 0 : 6 });
  };

/** The unpacked bytes changed and packed again, or the packed ones. */
export const gzipOf =
  (inner: Mutator): Mutator =>
  (original, random) => {
    const content = gunzip(original, 2 ** 28);
    if (typeof content === 'string' || random.next() < 0.3) return anyBytes(original, random);
    return gzipSync(inner(content, random), { mtime: 0 });
  };

/** The header of a .npy: numbers in it replaced, or its text changed, its length kept right or not. */
export const npy: Mutator = (original, random) => {
  if (original.length < 12 || random.next() < 0.25) return anyBytes(original, random);
  const length = original[8]! + 256 * original[9]!;
  const header = text(original.subarray(10, 10 + length)).trimEnd();
  const numbers = [...header.matchAll(/\d+/g)];
  const found = numbers.length > 0 ? random.pick(numbers) : undefined;
  const value = random.pick([
    '-1',
    '0',
    '1e9',
    '2.5',
    '99999999999',
    '4294967296',
    '',
    'None',
    '1,'.repeat(60),
  ]);
  const changed = found
    ? header.slice(0, found.index) + value + header.slice(found.index + found[0].length)
    : header;
  const next = random.next() < 0.3 ? text(anyBytes(bytesOf(changed), random)) : changed;
  const head = bytesOf(`${next}\n`);
  const out = new Uint8Array(10 + head.length + original.length - 10 - length);
  out.set(original.subarray(0, 8));
  out.set([head.length & 255, (head.length >> 8) & 255], 8);
  out.set(head, 10);
  out.set(original.subarray(10 + length), 10 + head.length);
  return out;
};

/** A chunk of a PNG changed, its checksum made right again (PNG specification 5.3). */
export const png: Mutator = (original, random) => {
  const chunks: { at: number; length: number }[] = [];
  const view = new DataView(original.buffer, original.byteOffset, original.byteLength);
  for (let at = 8; at + 12 <= original.length; at += 12 + view.getUint32(at))
    chunks.push({ at, length: Math.min(view.getUint32(at), original.length - at - 12) });
  if (chunks.length === 0 || random.next() < 0.3) return anyBytes(original, random);
  const bytes = original.slice();
  const { at, length } = random.next() < 0.6 ? chunks[0]! : random.pick(chunks);
  const body = words(bytes.subarray(at + 8, at + 8 + length), random);
  bytes.set(body.subarray(0, length), at + 8);
  new DataView(bytes.buffer).setUint32(
    at + 8 + length,
    crc32(bytes.subarray(at + 4, at + 8 + length)),
  );
  return bytes;
};

const cells = [
  '',
  '"',
  '""',
  ',',
  ';',
  '\t',
  '\n',
  '\r\n',
  'NA',
  'nan',
  '1e999',
  '-1e-999',
  '1,5',
  '1.234.567',
  '0x10',
  '#',
  '=1+1',
  '\u0000',
  '\uFEFF',
  '٣',
  'é',
  '9'.repeat(400),
  'x'.repeat(3000),
  '1 000 km',
  '2024-02-30',
  'true',
  '?',
];

/** Cells, lines and delimiters of a table or JSON lines. */
export const table: Mutator = (original, random) => {
  const { int, next, pick } = random;
  if (next() < 0.1) return anyBytes(original, random);
  if (next() < 0.1) {
    // Another encoding: UTF-16 with its mark.
    const units = Uint16Array.from(`\uFEFF${text(original)}`, (letter) => letter.charCodeAt(0));
    return new Uint8Array(units.buffer);
  }
  const lines = text(original).split('\n');
  for (let i = int(1, 4); i > 0; i--) {
    const at = int(0, lines.length - 1);
    const parts = lines[at]!.split(',');
    const how = next();
    if (how < 0.6) parts[int(0, parts.length - 1)] = pick(cells);
    else if (how < 0.75) parts.splice(int(0, parts.length - 1), 1);
    else if (how < 0.9) parts.push(...Array<string>(int(1, 20)).fill(pick(cells)));
    else lines.splice(at, int(0, 3));
    if (how < 0.9) lines[at] = parts.join(pick([',', ',', ',', ';', '\t']));
  }
  return bytesOf(lines.join(pick(['\n', '\n', '\r\n', '\r'])));
};

/** One of several mutators, by weight of their listing. */
export const oneOf =
  (...mutators: readonly Mutator[]): Mutator =>
  (bytes, random) =>
    random.pick(mutators)(bytes, random);
