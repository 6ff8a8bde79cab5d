import { describe, expect, it } from 'vitest';
import { random } from '../numbers/random';
import { mseScale, octavScale } from '../quant/weightScales';
import { startScales } from './startScales';

/** Normal numbers (Box–Muller). */
function normal(count: number): Float32Array {
  const next = random(3);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  );
}

describe('scales of least squared error', () => {
  const data = normal(100_000);
  // Optimal clipping of a normal distribution: 2.55 σ at 4 bits, 3.89 σ at 8 (arXiv 1810.05723, table 1:
  // the values for a Gaussian without bias correction).
  it.each([
    ['mse', mseScale, 7, 2.55],
    ['mse', mseScale, 127, 3.93],
    ['octav', octavScale, 7, 2.55],
    ['octav', octavScale, 127, 3.93],
  ] as const)('%s', (_, scaleOf, levels, clip) => {
    expect(scaleOf(data, levels) * levels).toBeGreaterThan(clip * 0.92);
    expect(scaleOf(data, levels) * levels).toBeLessThan(clip * 1.08);
  });

  it('looks at every channel by itself, and gives dead ones a floor', () => {
    // [2][3][1]: channels 0, 1, 2 with magnitudes 1, 0, 100.
    const flat = Float32Array.of(1, 0, 100, -1, 0, -100);
    const shape = { outer: 2, channels: 3, inner: 1 };
    const [a, dead, c] = startScales(flat, shape, true, 127, 'mse');
    expect(a).toBeCloseTo(1 / 127, 4);
    expect(c).toBeCloseTo(100 / 127, 2);
    expect(dead).toBeGreaterThan(0);
    expect(startScales(flat, shape, false, 127, 'mse')).toHaveLength(1);
  });
});
