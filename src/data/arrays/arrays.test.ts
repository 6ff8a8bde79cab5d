import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openZip } from '../../files/zipSource';
import { writeNpz } from '../../testing/npz';
import { memorySource } from '../files/bytes';
import { fileOf, needsOf, open, valuesOf } from '../testing/set';
import { isIdx } from './idx';
import { openNpy } from './npy';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))));
const npz = (arrays: Parameters<typeof writeNpz>[0]) => fileOf('set.npz', writeNpz(arrays));
const counting = (shape: number[], from = 0) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => from + i),
});
const bytes = (shape: number[], value: (i: number) => number = (i) => i % 256) => ({
  shape,
  data: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
});
const labels = (...values: number[]) => ({
  shape: [values.length],
  data: Float32Array.from(values),
});

describe('NumPy arrays', () => {
  it('of every type, byte order and layout hold the numbers that NumPy wrote', async () => {
    const expected = JSON.parse(new TextDecoder().decode(fixture('arrays.json'))) as Record<
      string,
      number[]
    >;
    const entries = await openZip(memorySource(fixture('arrays.npz')), 'arrays.npz');
    for (const entry of entries) {
      const name = entry.path.replace('.npy', '');
      const array = await openNpy(memorySource(await entry.read(1e6)), name, name);
      if (array.storage === 'texts') {
        expect(await array.all()).toEqual(
          name === 'texts' ? ['cat', 'dog', 'ä'] : ['cat', 'mouse', ''],
        );
        continue;
      }
      const rows = await Promise.all([0, 1, 2].map((row) => array.row(row)));
      expect([name, rows.flatMap((row) => [...row])]).toEqual([name, expected[name]]);
      expect([name, ...((await array.all()) as Float64Array)]).toEqual([name, ...expected[name]!]);
    }
  });

  it('whose header claims what cannot be are refused before anything is allocated', async () => {
    const npy = (shape: string, length = 400) => {
      const header =
        `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117) + '\n';
      const out = new Uint8Array(128 + length);
      out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
      out.set(new TextEncoder().encode(header), 10);
      return fileOf('a.npy', out);
    };
    const needs = needsOf([4], [2]);
    await expect(open([npy('(-2, -50)')], needs)).rejects.toThrow(/not negative/);
    await expect(open([npy('(2.5, 4)')], needs)).rejects.toThrow(/whole numbers/);
    await expect(open([npy('(1000000000, 0)')], needs)).rejects.toThrow(/hold no numbers/);
    await expect(open([npy('(1000000000, 1000000000)')], needs)).rejects.toThrow(/fewer bytes/);
    const idx = Uint8Array.of(0, 0, 13, 3, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 28);
    expect(isIdx(idx)).toBe(true);
    await expect(open([fileOf('a.idx', idx)], needs)).rejects.toThrow(/hold no numbers/);
  });
});

describe('arrays and inputs', () => {
  it('are bound by name, then by shape, else asked', async () => {
    const two = {
      inputs: [
        {
          name: 'img',
          dtype: 'float32',
          shape: [1, 4, 4, 1],
          signature: [-1, 4, 4, 1],
          indexLimit: 0,
        },
        { name: 'meta', dtype: 'float32', shape: [1, 5], signature: [-1, 5], indexLimit: 0 },
      ],
      outputs: [{ name: 'out', shape: [1, 3], ends: 'softmax' as const }],
    };
    const y = labels(0, 1, 2);
    const named = await open(
      [npz({ meta: counting([3, 5]), img: counting([3, 4, 4, 1]), y })],
      two,
    );
    expect(valuesOf(named.checks)['binding']).toBe('img=img,meta=meta');
    expect((await named.read(1)).inputs.map(({ length }) => length)).toEqual([16, 5]);
    const shaped = await open([npz({ a: counting([3, 5], 100), b: counting([3, 4, 4]), y })], two);
    expect(valuesOf(shaped.checks)['binding']).toBe('img=b,meta=a');
    expect((await shaped.read(0)).inputs[1]![0]).toBe(100);
    const positional = { arr_1: counting([3, 5], 100), arr_0: counting([3, 4, 4]), arr_2: y };
    const unnamed = await open([npz(positional)], two);
    expect(valuesOf(unnamed.checks)['binding']).toBe('img=arr_0,meta=arr_1');
    expect((await unnamed.read(2)).targets).toEqual([2]);
    const alike = { ...two, inputs: [two.inputs[1]!, { ...two.inputs[1]!, name: 'other' }] };
    const asked = await open([npz({ a: counting([3, 5]), b: counting([3, 5], 50), y })], alike);
    expect(asked.checks.find(({ id }) => id === 'binding')).toMatchObject({
      status: 'asked',
      value: 'meta=a,other=b',
    });
    const chosen = await open([npz({ a: counting([3, 5]), b: counting([3, 5], 50), y })], alike, {
      binding: 'meta=b,other=a',
    });
    expect((await chosen.read(0)).inputs[0]![0]).toBe(50);
    await expect(open([npz({ a: counting([3, 7]), b: counting([3, 5]), y })], two)).rejects.toThrow(
      /a 3×7, b 3×5/,
    );
  });

  it('with channels first are moved where the shapes prove it', async () => {
    const moved = await open([npz({ x: bytes([2, 3, 8, 9]) })], needsOf([8, 9, 3], [2]));
    expect(valuesOf(moved.checks)['layout']).toBe('channels-first');
    const { inputs } = await moved.read(0);
    // Pixel (0, 0): the first numbers of the three planes; zero-one is assumed for bytes.
    expect([...inputs[0]!.slice(0, 3)].map((value) => Math.round(value * 255))).toEqual([
      0, 72, 144,
    ]);
    const cube = await open([npz({ x: bytes([2, 3, 3, 3]) })], needsOf([3, 3, 3], [2]));
    expect(cube.checks.find(({ id }) => id === 'layout')).toMatchObject({ status: 'asked' });
  });

  it('that are no images are refused with both shapes, never resized', async () => {
    for (const shape of [[6, 50], [40, 6], [50, 5], [49]])
      await expect(
        open([npz({ x: counting([2, ...shape]) })], needsOf([50, 6], [4])),
      ).rejects.toThrow(new RegExp(`${shape.join('×')}.*50×6`));
    await expect(
      open([npz({ x: counting([2, 16, 16, 3]) })], needsOf([8, 8, 3], [4])),
    ).rejects.toThrow(/16×16×3.*8×8×3/);
    const turned = await open([npz({ x: counting([2, 6, 50]) })], needsOf([50, 6], [4]), {
      layout: 'channels-first',
    });
    expect([...(await turned.read(0)).inputs[0]!.slice(0, 3)]).toEqual([0, 50, 100]);
  });

  it('give an open input size their own', async () => {
    const needs = needsOf([224, 224, 1], [3]);
    const open224 = { ...needs, inputs: [{ ...needs.inputs[0]!, signature: [-1, -1, -1, 1] }] };
    const set = await open([npz({ x: bytes([2, 16, 12, 1]), y: labels(0, 1) })], open224);
    expect(set.inputShapes).toEqual([[1, 16, 12, 1]]);
    expect(valuesOf(set.checks)['input-size']).toBe('16×12×1');
  });

  it('keep training and test apart, and say in which part a row lies', async () => {
    const set = await open(
      [
        npz({
          x_train: counting([4, 2]),
          y_train: labels(0, 1, 0, 1),
          x_test: counting([3, 2], 100),
          y_test: labels(1, 1, 0),
        }),
      ],
      needsOf([2], [2]),
    );
    expect(set.parts).toEqual({ training: [0, 1, 2, 3], evaluation: [4, 5, 6] });
    expect(await set.read(4)).toEqual({ inputs: [Float32Array.of(100, 101)], targets: [1] });
    expect((await set.preview(5)).name).toBe('row 1 of the test part of "x"');
  });

  it('with NaN name the row of the file, and are left out when chosen', async () => {
    const x = counting([6, 2]);
    x.data[8] = NaN;
    const set = await open([npz({ x, y: labels(0, 1, 0, 1, 0, 1) })], needsOf([2], [2]));
    expect(set.checks.find(({ id }) => id === 'missing')).toMatchObject({
      status: 'asked',
      value: 'refuse',
    });
    await expect(set.read(4)).rejects.toThrow(/Row 4 of "x" holds NaN/);
    const left = await open([npz({ x, y: labels(0, 1, 0, 1, 0, 1) })], needsOf([2], [2]), {
      missing: 'leave-out',
    });
    expect(left.count).toBe(5);
    expect(await left.read(4)).toEqual({ inputs: [Float32Array.of(10, 11)], targets: [1] });
  });

  it('of bytes are divided only where they are pictures', async () => {
    const flags = await open(
      [npz({ x: bytes([4, 20], (i) => i % 2) })],
      needsOf([20], [1], 'sigmoid'),
    );
    expect(valuesOf(flags.checks)['range']).toBe('none');
    const counts = await open(
      [npz({ x: bytes([4, 20], (i) => i % 7) })],
      needsOf([20], [1], 'sigmoid'),
    );
    expect(valuesOf(counts.checks)['range']).toBe('none');
    const pictures = await open([npz({ x: bytes([4, 8, 8, 1]) })], needsOf([8, 8, 1], [2]));
    expect(pictures.checks.find(({ id }) => id === 'range')).toMatchObject({
      status: 'assumed',
      value: 'zero-one',
    });
  });
});
