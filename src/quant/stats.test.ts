import { describe, expect, it } from 'vitest';
import type { Tensor } from '../model/graph';
import { builder, numbers } from '../testing/graphs';
import { calibrate } from './stats';
import type { Calibration, Runner } from './types';

/** One input, one TANH; the runner gives 10·x as its output. */
function setting() {
  const b = builder();
  const x = b.input('x', [4]);
  const y = b.node('TANH', 'tanh', {}, [x], [4]);
  const graph = b.graph([y]);
  const run: Runner = async ([feed], tap) => {
    tap?.(x, feed!);
    const made: Tensor = { ...feed!, data: (feed!.data as Float32Array).map((v) => 10 * v) };
    tap?.(y, made);
    return [made];
  };
  return { graph, run };
}
const sample = (...data: number[]): Tensor[] => [
  { shape: [data.length], dtype: 'float32', data: Float32Array.from(data) },
];
const of = async (samples: Tensor[][], calibration: Calibration) => {
  const { graph, run } = setting();
  return calibrate(graph, run, samples, calibration);
};

describe('calibration', () => {
  it('sees extremes, their samples, mean and deviation', async () => {
    const stats = await of([sample(0, 1, 2, 3), sample(-4, 0, 0, 0), sample(5, 1, 1, 1)], {
      method: 'minmax',
    });
    const { x } = stats.values;
    expect(x).toMatchObject({
      min: -4,
      max: 5,
      seenMin: -4,
      seenMax: 5,
      minSample: 1,
      maxSample: 2,
    });
    const all = [0, 1, 2, 3, -4, 0, 0, 0, 5, 1, 1, 1];
    const mean = all.reduce((a, b) => a + b) / 12;
    expect(x!.mean).toBeCloseTo(mean, 12);
    expect(x!.std).toBeCloseTo(Math.sqrt(all.reduce((s, v) => s + (v - mean) ** 2, 0) / 12), 12);
    expect(stats.values['tanh:0']!.seenMax).toBe(50);
    expect(stats.samples).toBe(3);
  });

  it('counts every value once, whatever the order of magnitude', async () => {
    const samples = [1e-6, 1, 1e4, 1e-3].map((size, n) =>
      sample(...numbers(4096, n + 1).map((v) => v * size)),
    );
    const { x } = (await of(samples, { method: 'minmax' })).values;
    expect(x!.histogram.reduce((a, b) => a + b)).toBeCloseTo(4 * 4096, 6);
    // The three small samples lie in the two bins around 0.
    const middle = Math.floor((-x!.seenMin / (x!.seenMax - x!.seenMin)) * x!.histogram.length);
    const around = x!.histogram.slice(middle - 2, middle + 3).reduce((a, b) => a + b);
    expect(around).toBeGreaterThan(3 * 4096 - 1);
  });

  it('percentile cuts an outlier', async () => {
    const many = numbers(100_000, 3);
    const samples = [sample(...many.slice(0, 50_000)), sample(...many.slice(50_000), 100)];
    const { x } = (await of(samples, { method: 'percentile', percentile: 99.9 })).values;
    expect(x!.seenMax).toBe(100);
    // 8,192 bins over [-1, 100]: one bin is 0.012.
    expect(x!.max).toBeGreaterThan(0.95);
    expect(x!.max).toBeLessThan(1.03);
    expect(x!.min).toBeGreaterThan(-1.01);
    expect(x!.min).toBeLessThan(-0.95);
  });

  it('moving average starts at the first sample', async () => {
    const samples = [sample(-1, 1), sample(-3, 2)];
    const { x } = (await of(samples, { method: 'moving-average', decay: 0.9 })).values;
    expect(x!.min).toBeCloseTo(-1.2, 6);
    expect(x!.max).toBeCloseTo(1.1, 6);
  });

  it('a constant activation is fine', async () => {
    const { x } = (await of([sample(0, 0, 0)], { method: 'percentile', percentile: 99 })).values;
    expect(x).toMatchObject({ min: 0, max: 0, std: 0 });
  });

  it('refuses NaN with layer and sample', async () => {
    await expect(of([sample(1, 2), sample(3, NaN)], { method: 'minmax' })).rejects.toThrow(
      'Input "x" gives NaN for calibration sample 1.',
    );
    await expect(of([sample(1, 3e38)], { method: 'minmax' })).rejects.toThrow(
      'Layer "tanh" gives Infinity for calibration sample 0.',
    );
  });

  it('refuses no samples and parameters out of range', async () => {
    await expect(of([], { method: 'minmax' })).rejects.toThrow('at least one sample');
    await expect(of([sample(1)], { method: 'percentile', percentile: 0 })).rejects.toThrow('99.99');
    await expect(of([sample(1)], { method: 'moving-average', decay: 1 })).rejects.toThrow('0.9');
  });

  it('tells how far it is', async () => {
    const { graph, run } = setting();
    const seen: string[] = [];
    await calibrate(graph, run, [sample(1), sample(2)], { method: 'minmax' }, (done, total) => {
      seen.push(`${done}/${total}`);
    });
    expect(seen).toEqual(['1/2', '2/2']);
  });
});
