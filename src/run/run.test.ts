import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stockRecipe } from '../quant/recipe';
import { runId } from './id';
import { canonical, filesKey, madeKey, recipeKey, samplesKey, subjectKey } from './keys';
import type { Made, Run, RunUpdate } from './types';
import { joined, reused, settledFields } from './update';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const bytes = (text: string) => new TextEncoder().encode(text);
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the key of files', () => {
  it('is SHA-256 over paths and content, whatever their order', async () => {
    const a = { path: 'a.h5', bytes: bytes('abc') };
    const b = { path: 'b.bin', bytes: bytes('') };
    // FIPS 180-2: of "abc".
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    const expected = sha256(`a.h5 ${abc}\nb.bin ${sha256('')}`);
    expect(await filesKey([a, b])).toBe(expected);
    expect(await filesKey([b, a])).toBe(expected);
    expect(await filesKey([a])).toBe(sha256(`a.h5 ${abc}`));
    expect(await filesKey([{ ...a, path: 'c.h5' }])).not.toBe(await filesKey([a]));
    expect(await filesKey([a, a])).toBe(sha256(`a.h5 ${abc}\na.h5 ${abc}`));
  });

  it('is the same for a file that is read in parts, and by parts for a large one', async () => {
    const size = 2 ** 24 + 5;
    const large = new Uint8Array(size).fill(7);
    const read: [number, number][] = [];
    const source = {
      size,
      slice: (start: number, end: number) => {
        read.push([start, end]);
        return {
          ...source,
          arrayBuffer: () => Promise.resolve(large.slice(start, end).buffer as ArrayBuffer),
        };
      },
      arrayBuffer: () => Promise.reject(new Error('held whole')),
    };
    const parts = [large.subarray(0, 2 ** 24), large.subarray(2 ** 24)].map(sha256);
    const expected = sha256(`x ${sha256(parts.join('\n'))}`);
    expect(await filesKey([{ path: 'x', bytes: large }])).toBe(expected);
    expect(await filesKey([{ path: 'x', bytes: source }])).toBe(expected);
    expect(read).toEqual([
      [0, 2 ** 24],
      [2 ** 24, size],
    ]);
  });

  it('is one of its own where nothing can be hashed', async () => {
    vi.stubGlobal('crypto', {});
    const key = await filesKey([{ path: 'a', bytes: bytes('abc') }]);
    expect(key).toMatch(/^unhashed /);
    expect(await filesKey([{ path: 'a', bytes: bytes('abc') }])).not.toBe(key);
  });
});

describe('canonical JSON', () => {
  it('is one text for equal data', () => {
    expect(canonical({ b: 1, a: { d: [2, { y: 1, x: 2 }], c: undefined } })).toBe(
      '{"a":{"d":[2,{"x":2,"y":1}]},"b":1}',
    );
    expect(canonical([Infinity, NaN, null, 'x', 1.5])).toBe('["Infinity","NaN",null,"x",1.5]');
  });
});

describe('the key of a recipe', () => {
  const recipe = stockRecipe('int8');

  it('says what decides the result', () => {
    const others = [
      { target: 'tflite-2021' },
      { io: 'float32' },
      { rules: recipe.rules.slice(1) },
      { calibration: { method: 'percentile', percentile: 99.9 } },
      { steps: [{ kind: 'train', seed: 1, options: {} }] },
    ] as const;
    for (const other of others)
      expect(recipeKey({ ...recipe, ...(other as object) })).not.toBe(recipeKey(recipe));
    expect(recipeKey({ ...recipe, name: 'mine', scheme: 'custom' })).toBe(recipeKey(recipe));
  });

  it('leaves out a calibration that nothing asks for', () => {
    const dynamic = stockRecipe('dynamic');
    const calibration = { method: 'percentile', percentile: 99.9 } as const;
    expect(recipeKey({ ...dynamic, calibration })).toBe(recipeKey(dynamic));
  });
});

describe('keys of samples and runs', () => {
  const role = { role: 'evaluation', count: 2, key: 'k' } as const;
  const samples = { key: 's', roles: [role] };
  const made = {
    createdAt: 5,
    subject: { key: 'm', name: 'model', format: 'tflite', fileBytes: 1 },
    samples: { ...samples, name: 'n', synthetic: false, checks: [] },
  } as unknown as Made;

  it('are of the samples and of what each was used for', () => {
    expect(samplesKey(samples)).toBe('["s",["evaluation",2,"k"]]');
    expect(samplesKey({ ...samples, roles: [{ ...role, count: 3 }] })).not.toBe(
      samplesKey(samples),
    );
  });

  it('are those of everything that a run was made from', () => {
    expect(subjectKey(made.subject)).toBe('m');
    const key = madeKey(made);
    expect(key).toBe(canonical(['m', 'as it is', samplesKey(samples), '']));
    expect(madeKey({ ...made, createdAt: 6 })).toBe(key);
    expect(madeKey({ ...made, from: 'r' })).not.toBe(key);
    const recipe = stockRecipe('int8');
    expect(madeKey({ ...made, recipe })).toContain(JSON.stringify(recipeKey(recipe)).slice(1, -1));
  });
});

describe('the id of a run', () => {
  it('grows with time and is never the same', () => {
    const ids = Array.from({ length: 50 }, () => runId(1_700_000_000_000));
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^loyw3v28-[0-9a-z]{8}$/);
    expect(runId(1_700_000_000_001) > runId(1_700_000_000_000)).toBe(true);
    expect(runId().split('-')[0]!.length).toBe(8);
  });
});

describe('an update', () => {
  const made = { plan: {} } as unknown as Made;
  const figures = (value: number) =>
    ({ layers: { a: { isolated: { sqnr: 1 } }, b: { msFloat: value } } }) as never;
  const first: RunUpdate = { id: 'r', made, figures: figures(1), pending: ['latency'] };
  const later: RunUpdate = { id: 'r', figures: figures(2), pending: [] };

  it('is a run, with what was sent before', () => {
    const one = joined(first)!;
    expect(one).toEqual(first);
    const two = joined(later, one)!;
    expect(two.made).toBe(made);
    expect(two.pending).toEqual([]);
    expect(two.figures.layers['b']).toEqual({ msFloat: 2 });
    expect(two.figures.layers['a']).toBe(one.figures.layers['a']);
    expect(settledFields).toEqual(['made']);
  });

  it('keeps made even where a copy comes again', () => {
    const one = joined(first)!;
    expect(joined({ ...later, made: { ...made } }, one)!.made).toBe(made);
  });

  it('of another run is that run', () => {
    const one = joined(first)!;
    const other = { ...made };
    const two = joined({ ...later, id: 'other', made: other }, one)!;
    expect(two.made).toBe(other);
    expect(two.figures).not.toBe(one.figures);
    expect(joined({ ...later, id: 'other' }, one)).toBeUndefined();
    expect(joined(later)).toBeUndefined();
  });

  it('that changes nothing is the run before', () => {
    const one = joined(first)!;
    const again: Run | undefined = joined(structuredClone(first), one);
    expect(again).toBe(one);
  });
});

describe('reuse', () => {
  it('goes down to the smallest part that is equal', () => {
    const before = { a: [1, { b: 2 }], c: { d: new Float32Array([1, NaN]) }, e: null };
    const next = reused(structuredClone({ ...before, e: 1 as never }), before);
    expect(next.a).toBe(before.a);
    expect(next.c).toBe(before.c);
    expect(next).not.toBe(before);
    expect(reused(structuredClone(before), before)).toBe(before);
  });

  it('tells lists from objects, lengths, kinds of arrays and missing fields', () => {
    const cases: [unknown, unknown][] = [
      [[1], { 0: 1 }],
      [{ 0: 1 }, [1]],
      [[1, 2], [1]],
      [[1], [1, 2]],
      [{ a: undefined }, { b: undefined }],
      [{ a: 1 }, { a: 1, b: undefined }],
      [new Float32Array([1]), new Float64Array([1])],
      [new Float32Array([1]), new Float32Array([1, 2])],
      [new Float32Array([1]), new Float32Array([2])],
      [new Float32Array([1]), [1]],
      [[1], new Float32Array([1])],
      [null, {}],
      [{}, null],
      [1, {}],
      [{}, undefined],
    ];
    for (const [next, before] of cases) {
      const result = reused(next, before);
      expect(result).toEqual(next);
      expect(result).not.toBe(before);
    }
    expect(reused([1, { x: 1 }], [1, { x: 1 }, 3])).toEqual([1, { x: 1 }]);
    expect(Array.isArray(reused([1, 2], [1]))).toBe(true);
  });
});
