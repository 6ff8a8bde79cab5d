/** Value ranges: numbers by NumPy and torchvision's constants; what is tried, told by the model, or said to be assumed. */
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../testing/npz';
import { lookAt } from './fit/lookAt';
import { doubtOf, toldByLooks } from './looks';
import { fitsBetter, pairedT } from './paired';
import { rangeLabel, rangeWord, setRange, type Range } from './range';
import type { LookAt, TryOut } from './samples';
import { fileOf, needsOf, open } from './testing/set';
import { verdictOf } from './trial';

const colour = { channels: 3, channelsFirst: false, form: 'bytes', shape: [1, 1, 3] } as const;
const set = (values: number[], range: Range, fitted: Parameters<typeof setRange>[2] = colour) => {
  const own = Float32Array.from(values);
  setRange(own, range, fitted);
  return [...own];
};
const near = (values: readonly number[]) =>
  values.map((value) => expect.closeTo(value, 5) as number);

describe('a range of one’s own', () => {
  it('scales, takes the mean and divides, for all channels or each', () => {
    expect(set([0, 255, 128], 'custom:1/255,0.5,0.25')).toEqual(near([-2, 2, 0.00784314]));
    const torchvision = 'custom:1/255;0.485,0.456,0.406;0.229,0.224,0.225';
    expect(set([10, 100, 200], torchvision)).toEqual(near(set([10, 100, 200], 'imagenet')));
    const caffe = 'custom-bgr:1,103.939,116.779,123.68,1,1,1';
    expect(set([10, 100, 200], caffe)).toEqual(near(set([10, 100, 200], 'caffe')));
    const planes = { ...colour, channelsFirst: true, shape: [3, 1, 2] };
    expect(set([1, 2, 3, 4, 5, 6], 'custom:1,1,3,5,1,1,2', planes)).toEqual([0, 1, 0, 1, 0, 0.5]);
    const features = { channels: 1, channelsFirst: false, form: 'numbers', shape: [2] } as const;
    expect(set([3, 8], 'custom:1,1,2,2,3', features)).toEqual([1, 2]);
  });

  it('is read from words, and refused with a sentence', async () => {
    const x = { shape: [2, 2, 2, 3], data: Uint8Array.from({ length: 24 }, (_, i) => 10 * i) };
    const read = (range: string) =>
      open([fileOf('a.npz', writeNpz({ x }))], needsOf([2, 2, 3], [2]), { range });
    const opened = await read('custom:0.5,1,2');
    expect((await opened.read(0)).inputs[0]!.slice(0, 3)).toEqual(Float32Array.of(-0.5, 2, 4.5));
    const check = opened.checks.find(({ id }) => id === 'range')!;
    expect(check).toMatchObject({ status: 'chosen', value: 'custom:0.5,1,2' });
    expect(check.sentence).toMatch(/gets x · 0.5, minus 1, divided by 2, as chosen/);
    expect(check.choices.map(({ value }) => value)).toContain('custom:0.5,1,2');
    for (const [wrong, why] of [
      ['custom:1,2', /holds 2 numbers/],
      ['custom:1,a,2', /"a" is no number/],
      ['custom:0,1,1', /scale of 0/],
      ['custom:1,0,0', /deviation is 0/],
      ['custom:1,0,0,1,1', /2 means and deviations, but the input has 3 channels/],
      ['toString', /is no value range.*zero-one.*custom:/],
    ] as const)
      await expect(read(wrong)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(why) as string,
      });
  });

  it('has a label for people', () => {
    expect(rangeWord('zero-one')).toBe('0 … 1');
    expect(rangeWord('minus-one-one')).toBe('−1 … 1');
    expect(rangeLabel('custom:1/255,0.5,-0.5')).toBe('x · 0.00392157, minus 0.5, divided by −0.5');
  });
});

describe('samples compared in pairs', () => {
  it('win by four standard errors', () => {
    // scipy.stats.ttest_rel gives 5.8936.
    const [a, b] = [Float64Array.of(0.1, 0.2, 0.15, 0.3), Float64Array.of(0.5, 0.4, 0.6, 0.8)];
    expect(pairedT(a, b)).toBeCloseTo(5.893635529877645, 10);
    expect(pairedT(a, a)).toBe(0);
    expect(fitsBetter(a, b)).toBe(true);
    expect(fitsBetter(b, a)).toBe(false);
    expect(fitsBetter(a, Float64Array.of(0.1, 0.9, 0.1, 0.5))).toBe(false);
    expect(fitsBetter(a, undefined)).toBe(false);
  });

  it('tell ranges apart that are as often right, and name the others where they don’t', () => {
    const classes = { kind: 'classes', output: 0, count: 4 } as const;
    const losses = (mean: number) =>
      Float64Array.from({ length: 32 }, (_, i) => mean * (1 + 0.1 * (i % 2)));
    const values = ['zero-one', 'minus-one-one', 'caffe'];
    const tied = [0.5, 0.5, 0.5].map((mean) => ({ score: 90, losses: losses(mean) }));
    expect(verdictOf(values, tied, classes, 32)).toMatchObject({
      proven: false,
      better: false,
      best: { value: 'zero-one' },
      ties: ['minus-one-one', 'caffe'],
    });
    const told = [0.9, 0.5, 0.7].map((mean) => ({ score: 90, losses: losses(mean) }));
    expect(verdictOf(values, told, classes, 32)).toMatchObject({
      proven: true,
      better: true,
      byLoss: true,
      best: { value: 'minus-one-one' },
    });
    // 88 against 81 of 100 on 16 samples is one sample: no proof.
    const one = [81, 88, 20].map((score) => ({ score }));
    expect(verdictOf(values, one, classes, 16)).toMatchObject({ proven: false, better: false });
  });
});

describe('a model looked at without labels', () => {
  const values = ['zero-one', 'minus-one-one', 'raw-255', 'caffe', 'zero-one-bgr'];
  const looks = (...divergences: number[]) =>
    divergences.map((divergence) => ({ statistics: { layer: 'bn', divergence } }));

  it('proves a range by the statistics of its training alone where every other misses', () => {
    expect(toldByLooks(values, looks(5.1, 4.4, 0.02, 0.31, 5.2))).toMatchObject({
      value: 'raw-255',
      proven: true,
    });
    // The order of colours is not told by them.
    expect(toldByLooks(values, looks(0.02, 0.5, 900, 900, 0.015))).toMatchObject({
      value: 'zero-one',
    });
    // 0.03, but another range meets the statistics had they not settled: nothing is told.
    const rest = looks(1.08, 0.03, 900, 900, 1.07).map(({ statistics }, at) => ({
      statistics: { ...statistics!, unsettled: at === 0 ? 0.0004 : 0.02 },
    }));
    expect(toldByLooks(values, rest)).toBeUndefined();
    expect(toldByLooks(values, looks(1.08, 0.03, 900, 900, 1.07))).toMatchObject({ proven: true });
    expect(toldByLooks(values, looks(0.3, 0.16, 900, 900, 0.3))).toBeUndefined();
    expect(toldByLooks(values, looks(0.01, 0.1, 900, 900, 0.01))).toBeUndefined();
  });

  it('rules small ranges out by answers that don’t react, and proves none', () => {
    const spreads = (...all: number[]) => all.map((spread) => ({ spread }));
    expect(toldByLooks(values, spreads(0.02, 0.05, 6.2, 0.3, 0.02))).toMatchObject({
      value: 'raw-255',
      proven: false,
    });
    expect(toldByLooks(values, spreads(4.1, 4.3, 5.7, 6, 4.2))).toBeUndefined();
    expect(toldByLooks(values, spreads(0.02, 2.5, 8, 6, 0.02))).toBeUndefined();
  });

  it('doubts what labels chose where its statistics are nearer to another', () => {
    expect(doubtOf('caffe', values, looks(1.2, 0.1, 900, 0.6, 1.2))).toMatch(/−1 … 1 is nearer/);
    expect(doubtOf('minus-one-one', values, looks(1.2, 0.1, 900, 0.6, 1.2))).toBeUndefined();
  });

  const x = {
    shape: [40, 8, 8, 3],
    data: Uint8Array.from({ length: 40 * 192 }, (_, i) => (i * 37) % 256),
  };
  const y = { shape: [40], data: Int32Array.from({ length: 40 }, (_, i) => i % 2) };
  const needs = needsOf([8, 8, 3], [2]);
  const rangeOf = (checks: readonly { id: string }[]) => checks.find(({ id }) => id === 'range');
  const meets =
    (wanted: string): LookAt =>
    (candidates) =>
      Promise.resolve(
        candidates.map(({ value }) => ({
          statistics: { layer: 'bn', divergence: value === wanted ? 0.01 : 3 },
        })),
      );

  it('says so in the check, and says that nothing does', async () => {
    const files = [fileOf('a.npz', writeNpz({ x }))];
    const told = await open(files, needs, {}, undefined, meets('caffe'));
    expect(rangeOf(told.checks)).toMatchObject({
      status: 'proven',
      value: 'caffe',
      sentence: expect.stringMatching(/layer "bn" gets what it got in training/) as string,
    });
    expect(told.tried).toBeUndefined();
    const nothing = await open(files, needs, {}, undefined, (candidates) =>
      Promise.resolve(candidates.map(() => ({}))),
    );
    expect(rangeOf(nothing.checks)).toMatchObject({
      status: 'assumed',
      sentence: expect.stringMatching(/0 … 1 .* is assumed.*the model does not say/) as string,
    });
  });

  it('holds against labels: samples that chose are kept out, a tie is named, a doubt is said', async () => {
    const files = [fileOf('a.npz', writeNpz({ x, y }))];
    const scores =
      (of: Record<string, number>): TryOut =>
      (candidates) =>
        Promise.resolve(candidates.map(({ value }) => ({ score: of[value] ?? 20 })));
    const silent: LookAt = (candidates) => Promise.resolve(candidates.map(() => ({})));
    const chose = await open(files, needs, {}, scores({ caffe: 100 }), silent);
    expect(chose.tried!.length).toBeGreaterThan(0);
    expect(rangeOf(chose.checks)).toMatchObject({
      status: 'proven',
      sentence: expect.stringMatching(/0 … 1: 20 % right.*kept out of the evaluation/) as string,
    });
    const same = await open(files, needs, {}, scores({ 'zero-one': 100 }), silent);
    expect(same.tried).toBeUndefined();
    expect(rangeOf(same.checks)).toMatchObject({
      sentence: expect.stringMatching(/they are evaluated as well/) as string,
    });
    const tied = await open(files, needs, {}, scores({ 'zero-one': 90, caffe: 90 }), silent);
    expect(rangeOf(tied.checks)).toMatchObject({
      status: 'assumed',
      sentence: expect.stringMatching(/not told from Caffe means \(BGR\) by more than/) as string,
    });
    const doubted = await open(files, needs, {}, scores({ caffe: 100 }), meets('zero-one'));
    expect(rangeOf(doubted.checks)).toMatchObject({ status: 'assumed', value: 'caffe' });
  });
});

describe('whole numbers to a small maximum, as of scikit-learn’s digits', () => {
  const digits = Array.from({ length: 40 }, (_, row) =>
    [...Array.from({ length: 64 }, (_, at) => (row * 7 + at * 3) % 17), row % 10].join(','),
  ).join('\n');
  const files = [fileOf('digits.csv', digits)];
  const rangeOf = (checks: readonly { id: string }[]) => checks.find(({ id }) => id === 'range');
  const tries =
    (of: Record<string, { score: number; loss: number }>): TryOut =>
    (candidates) =>
      Promise.resolve(
        candidates.map(({ value }) => {
          const { score, loss } = of[value] ?? { score: 20, loss: 2 };
          const losses = Float64Array.from({ length: 20 }, (_, at) => loss * (1 + 0.1 * (at % 2)));
          return { score, losses };
        }),
      );

  it('are never told: assumed without a trial, for a vector as for a picture', async () => {
    for (const shape of [[64], [8, 8, 1]]) {
      const set16 = await open(files, needsOf(shape, [10]));
      expect(rangeOf(set16.checks)).toMatchObject({ status: 'assumed', value: 'custom:1/16,0,1' });
      expect(Math.max(...(await set16.read(0)).inputs[0]!)).toBe(1);
    }
    const ids = needsOf([64], [10]);
    const asIndices = await open(files, {
      ...ids,
      inputs: [{ ...ids.inputs[0]!, indexLimit: 100 }],
    });
    expect(rangeOf(asIndices.checks)).toMatchObject({ status: 'told', value: 'none' });
  });

  it('are proven by a trial, but not by answers that larger numbers make surer', async () => {
    const needs = needsOf([64], [10]);
    const range = async (tryOut: TryOut) => rangeOf((await open(files, needs, {}, tryOut)).checks);
    const over = 'custom:1/16,0,1';
    expect(await range(tries({ none: { score: 98, loss: 0.1 } }))).toMatchObject({
      status: 'proven',
      value: 'none',
    });
    const both = (none: number, scaled: number) =>
      tries({ none: { score: 98, loss: none }, [over]: { score: 98, loss: scaled } });
    expect(await range(both(0.4, 0.1))).toMatchObject({ status: 'proven', value: over });
    expect(await range(both(0.01, 0.1))).toMatchObject({ status: 'assumed', value: over });
    expect(rangeLabel(over)).toBe('x / 16');
  });

  it('are those of all samples, however few are larger', async () => {
    const last = (large: number, dtype: 'u1' | 'f4') => {
      const data = dtype === 'u1' ? new Uint8Array(3000 * 64) : new Float32Array(3000 * 64);
      for (let at = 0; at < data.length; at++) data[at] = (at * 7) % 17;
      data[2999 * 64 + 5] = large;
      return [fileOf('x.npz', writeNpz({ x: { shape: [3000, 8, 8, 1], data } }))];
    };
    const found = async (large: number, dtype: 'u1' | 'f4') =>
      rangeOf((await open(last(large, dtype), needsOf([8, 8, 1], [10]))).checks);
    expect(await found(16, 'u1')).toMatchObject({ value: 'custom:1/16,0,1' });
    for (const dtype of ['u1', 'f4'] as const)
      expect(await found(255, dtype)).toMatchObject({
        status: 'assumed',
        value: 'zero-one',
        sentence: expect.stringContaining('whole numbers 0 … 255') as string,
      });
    expect(await found(-3, 'f4')).toMatchObject({ value: 'none' });
  });

  it('say how many samples they are from where the set is too large to look through', async () => {
    const rows = 2 ** 20 + 1;
    const look = await lookAt(
      {
        kind: 'numbers',
        name: 'x',
        shape: [8, 8, 1],
        storage: 'floats',
        count: rows,
        row: (index) => Promise.resolve(new Float32Array(64).fill(index === 5 ? 255 : index % 17)),
      },
      true,
    );
    expect(look).toMatchObject({ form: 'numbers', bound: 16 });
    expect(look.found).toBe(
      'The 65 of 1048577 samples that were looked at hold whole numbers 0 … 16',
    );
  });
});
