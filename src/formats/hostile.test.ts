/**
 * Damaged and hostile files: opened or refused with a sentence, within two seconds, and the next good
 * file still opens. More rounds: MUTATIONS=5000 npx vitest run src/formats/hostile.test.ts
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../model/error';
import { random } from '../testing/random';
import { hasShared, readShared } from '../testing/shared';
import type { ModelFile } from './format';
import { openFiles } from './index';
import { unzipEntry, zipEntries } from '../files/zip';

const mutations = Number(process.env.MUTATIONS ?? 200);
const limitMs = 2000;

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./keras/fixtures/${name}`, import.meta.url)));
}

/** One to eight changes of single bytes or runs: random, all ones, zero, or copied from elsewhere. */
function mutate(original: Uint8Array, next: () => number): Uint8Array {
  const bytes = original.slice();
  const changes = 1 + Math.floor(next() * 8);
  for (let i = 0; i < changes; i++) {
    const at = Math.floor(next() * bytes.length);
    const length = next() < 0.6 ? 1 : 8;
    const kind = Math.floor(next() * 4);
    const from = Math.floor(next() * (bytes.length - length));
    if (kind === 0) bytes.fill(Math.floor(next() * 256), at, at + length);
    else if (kind === 1) bytes.fill(255, at, at + length);
    else if (kind === 2) bytes.fill(0, at, at + length);
    else bytes.copyWithin(at, from, from + length);
  }
  return bytes;
}

/** 'opened', or the code of the refusal. Anything else fails the test. */
async function outcome(files: readonly ModelFile[], what: string): Promise<string> {
  const start = performance.now();
  let result = 'opened';
  try {
    await openFiles(files);
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) {
      throw new Error(`${what}: ${String((thrown as Error).stack)}`, { cause: thrown });
    }
    expect(thrown.code, `${what}: ${thrown.message}`).not.toBe('internal');
    expect(thrown.message, what).toMatch(/[.?]$/);
    result = thrown.code;
  }
  const elapsed = performance.now() - start;
  expect(elapsed, `${what} took ${elapsed} ms`).toBeLessThan(limitMs);
  return result;
}

async function stillOpens() {
  const path = 'good.h5';
  expect(await outcome([{ path, bytes: fixture('bare.h5') }], path)).toBe('opened');
}

interface Target {
  readonly name: string;
  readonly bytes: () => Uint8Array;
  readonly others: () => readonly ModelFile[];
}

const alone = (name: string): Target => ({
  name,
  bytes: () => fixture(name),
  others: () => [],
});
const abalone: Target = {
  name: 'model.json',
  bytes: () => readShared('models/abalone/model.json'),
  others: () => [{ path: 'weights.bin', bytes: readShared('models/abalone/weights.bin') }],
};
/** The parts of a `.keras` outside the zip, whose checksums would catch nearly every change. */
function unzipped(part: string): Target {
  const bytes = fixture('keras3.keras');
  const parts = zipEntries(bytes, 'x').map((entry) => ({
    path: entry.path,
    bytes: unzipEntry(bytes, entry, 'x'),
  }));
  return {
    name: part,
    bytes: () => parts.find(({ path }) => path === part)!.bytes,
    others: () => parts.filter(({ path }) => path !== part),
  };
}

const targets = [
  alone('keras2.h5'),
  alone('keras3.keras'),
  unzipped('model.weights.h5'),
  unzipped('config.json'),
  ...(hasShared ? [abalone] : []),
];

describe.each(targets)('$name', ({ name, bytes, others }) => {
  it(`${mutations} mutations`, { timeout: 300_000 }, async () => {
    const original = bytes();
    const rest = others();
    const { next } = random(20_240_601);
    let refused = 0;
    for (let i = 0; i < mutations; i++) {
      const mutant = { path: name, bytes: mutate(original, next) };
      const result = await outcome([mutant, ...rest], `mutation ${i} of ${name}`);
      if (result !== 'opened') refused++;
    }
    expect(refused).toBeGreaterThan(mutations / 10);
    await stillOpens();
  });

  it('cut short', { timeout: 120_000 }, async () => {
    const original = bytes();
    for (let i = 0; i < 40; i++) {
      const end = Math.floor((original.length * i) / 40);
      const cut = { path: name, bytes: original.slice(0, end) };
      const result = await outcome([cut, ...others()], `${name} cut at ${end}`);
      expect(result, `cut at ${end}`).not.toBe('opened');
    }
    await stillOpens();
  });
});

describe.skipIf(!hasShared)('reference models cut short', () => {
  it.each(['resnet8', 'ad01', 'vww_96', 'str_ww_ref_model'])('%s.h5', async (name) => {
    const bytes = readShared(`models/mlperf-tiny/${name}.h5`);
    for (const part of [0.01, 0.1, 0.5, 0.9, 0.999]) {
      const cut = { path: `${name}.h5`, bytes: bytes.slice(0, Math.floor(bytes.length * part)) };
      expect(await outcome([cut], `${name} at ${part}`)).not.toBe('opened');
    }
  });
});

/** Offsets at which `bytes` holds the 4 letters of an HDF5 structure's signature. */
function structures(bytes: Uint8Array, letters: string): number[] {
  const wanted = [...letters].map((letter) => letter.charCodeAt(0));
  const found: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) found.push(at);
  }
  return found;
}

describe('cyclic HDF5', () => {
  const write = (bytes: Uint8Array, at: number, value: number) =>
    new DataView(bytes.buffer).setBigUint64(at, BigInt(value), true);

  // B-tree node, version 1 (HDF5 spec III.A.1): signature, type, level, entries, left at 8, right at
  // 16, then keys and children in turn, the first child at 32.
  it.each([
    ['right siblings that point at themselves', 16],
    ['children that point at their parent', 32],
  ])('%s', async (_, field) => {
    for (const level of [0, 1]) {
      const bytes = fixture('keras2.h5');
      for (const at of structures(bytes, 'TREE')) {
        write(bytes, at + field, at);
        bytes[at + 5] = level;
      }
      await outcome([{ path: 'cyclic.h5', bytes }], `B-tree level ${level}, field ${field}`);
    }
    await stillOpens();
  });

  it('a group that is its own member', async () => {
    // Symbol table node: entries of 40 bytes from 8 on, object header address at 8 in each.
    const bytes = fixture('keras2.h5');
    for (const at of structures(bytes, 'SNOD')) {
      const first = new DataView(bytes.buffer).getBigUint64(
        structures(bytes, 'TREE')[0]! + 24,
        true,
      );
      write(bytes, at + 16, Number(first));
      write(bytes, at + 56, 96);
    }
    await outcome([{ path: 'own-member.h5', bytes }], 'own member');
    await stillOpens();
  });

  it('object headers that continue in themselves', async () => {
    // Continuation message: type 16, size 16, then the address of the next block (IV.A.2.q).
    const bytes = fixture('keras2.h5');
    for (let at = 96; at + 32 < bytes.length; at += 8) {
      if (bytes[at] === 0x10 && bytes[at + 1] === 0 && bytes[at + 2] === 0x10)
        write(bytes, at + 8, at);
    }
    await outcome([{ path: 'continued.h5', bytes }], 'continuation');
    await stillOpens();
  });
});
