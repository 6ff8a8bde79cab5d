import { describe, expect, it } from 'vitest';
import { ErrorAccumulator } from './compare';

describe('error of a quantized tensor', () => {
  it('gives SQNR, cosine, MSE and the largest error by their definitions', () => {
    const error = new ErrorAccumulator();
    error.add([3, 4], [3, 3]);
    error.add([0, 0], [0, 0]);
    const result = error.result(0.5)!;
    expect(result.sqnr).toBeCloseTo(10 * Math.log10(25 / 1), 10);
    expect(result.cosine).toBeCloseTo(21 / (5 * Math.sqrt(18)), 10);
    expect(result.mse).toBeCloseTo(1 / 4, 10);
    expect(result.maxAbs).toBe(1);
    expect(result.rmseOverScale).toBeCloseTo(1, 10);
  });

  it('finds the largest error on either side', () => {
    const error = new ErrorAccumulator();
    error.add([0, 0, 0], [1, -3, 2]);
    expect(error.result()!.maxAbs).toBe(3);
    error.add([5], [0]);
    expect(error.result()!.maxAbs).toBe(5);
    error.add([1], [0]);
    expect(error.result()!.maxAbs).toBe(5);
  });

  it('finds 1/√12 of a step where rounding is the only loss', () => {
    const scale = 0.1;
    const x = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i * 0.7) * 10);
    const error = new ErrorAccumulator();
    error.add(
      x,
      x.map((value) => Math.round(value / scale) * scale),
    );
    expect(error.result(scale)!.rmseOverScale).toBeCloseTo(1 / Math.sqrt(12), 2);
  });

  it('is infinite for equal tensors, and nothing before the first', () => {
    const error = new ErrorAccumulator();
    expect(error.result()).toBeUndefined();
    error.add([1, 2], [1, 2]);
    expect(error.result()).toEqual({ sqnr: Infinity, cosine: 1, mse: 0, maxAbs: 0 });
    expect(error.result()).not.toHaveProperty('rmseOverScale');
  });

  it('has a cosine of 1 for zeros beside zeros and of 0 for zeros beside numbers', () => {
    const zeros = new ErrorAccumulator();
    zeros.add([0, 0], [0, 0]);
    expect(zeros.result()).toMatchObject({ cosine: 1, sqnr: Infinity });
    const lost = new ErrorAccumulator();
    lost.add([1, 2], [0, 0]);
    expect(lost.result()).toMatchObject({ cosine: 0, sqnr: 0 });
    const opposite = new ErrorAccumulator();
    opposite.add([1, 0], [-2, 0]);
    expect(opposite.result()!.cosine).toBe(-1);
  });

  it('keeps NaN', () => {
    const error = new ErrorAccumulator();
    error.add([1], [NaN]);
    expect(error.result()!.sqnr).toBeNaN();
  });
});
