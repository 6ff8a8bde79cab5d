import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activationParams,
  dequantizeTensor,
  largestMagnitudes,
  quantizeTensor,
  roundHalfAway,
  weightScale,
} from './affine';

const real = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const perTensor = ({ scale, zeroPoint }: { scale: number; zeroPoint: number }) => ({
  scale: Float32Array.of(scale),
  zeroPoint: Int32Array.of(zeroPoint),
  axis: 0,
});

describe('activation parameters', () => {
  it('come back within half a step anywhere in the range', () => {
    fc.assert(
      fc.property(real, real, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, where) => {
        const [min, max] = [Math.min(a, b, 0), Math.max(a, b, 0)];
        fc.pre(max - min > 1e-6);
        const params = activationParams(a < b ? a : b, a < b ? b : a, 'x');
        const quant = perTensor(params);
        // The zero point is a whole number, so that one end of the grid may lie half a step inside the range.
        const low = params.scale * (-128 - params.zeroPoint);
        const high = params.scale * (127 - params.zeroPoint);
        const x = Math.min(high, Math.max(low, min + (max - min) * where));
        const back = dequantizeTensor(quantizeTensor([x], [1], quant, 'int8'), [1], quant)[0]!;
        expect(Math.abs(back - x)).toBeLessThanOrEqual(params.scale * 0.500001);
        expect(Math.abs(low - min)).toBeLessThanOrEqual(params.scale * 0.500001);
        expect(Math.abs(high - max)).toBeLessThanOrEqual(params.scale * 0.500001);
      }),
    );
  });

  it('hold 0 exactly', () => {
    fc.assert(
      fc.property(real, real, (a, b) => {
        const params = activationParams(Math.min(a, b), Math.max(a, b), 'x');
        expect(params.zeroPoint).toBeGreaterThanOrEqual(-128);
        expect(params.zeroPoint).toBeLessThanOrEqual(127);
        expect(Math.fround(params.scale)).toBe(params.scale);
        const quant = perTensor(params);
        expect(dequantizeTensor(quantizeTensor([0], [1], quant, 'int8'), [1], quant)[0]! + 0).toBe(
          0,
        );
      }),
    );
  });

  // TensorFlow 2.21's converter on these ranges (fixtures/*.json).
  it.each([
    [-1, 0.999, 0.00783921591937542, 0],
    [0, 4.209052562713623, 0.016506088897585869, -128],
    [0.0117, 0.3885, 0.0015235294, -128],
  ])('of [%f, %f]', (min, max, scale, zeroPoint) => {
    const params = activationParams(min, max, 'x');
    expect(params.scale / scale).toBeCloseTo(1, 6);
    expect(params.zeroPoint).toBe(zeroPoint);
  });

  it('of nothing but zeros, and of nearly nothing, are usable', () => {
    expect(activationParams(0, 0, 'x')).toEqual({ scale: 1 / 128, zeroPoint: 0 });
    expect(activationParams(0, 1e-12, 'x').scale).toBeGreaterThan(1e-10);
  });

  it.each([NaN, Infinity, -Infinity])('refuse %f by name', (x) => {
    expect(() => activationParams(0, x, 'Activation "relu"')).toThrow(/Activation "relu" holds/);
    expect(() =>
      largestMagnitudes(Float32Array.of(1, x), [2], -1, 'The weights of layer "conv"'),
    ).toThrow(/layer "conv"/);
  });
});

describe('weights', () => {
  it('round half away from zero and stay in [-127, 127]', () => {
    expect([0.5, 1.5, -0.5, -1.5, -2.4].map(roundHalfAway)).toEqual([1, 2, -1, -2, -2]);
    const quant = { scale: Float32Array.of(1), zeroPoint: Int32Array.of(0), axis: 0 };
    const made = quantizeTensor([-128, 127.4, 2.5, -2.5], [4], quant, 'int8', true);
    expect(Array.from(made)).toEqual([-127, 127, 3, -3]);
  });

  it('have a scale per slice of their axis', () => {
    const data = Float32Array.of(1, -2, 3, 0, 0, 0, -7, 8, 9, 1, 1, 1);
    expect(Array.from(largestMagnitudes(data, [2, 2, 3], 0, ''))).toEqual([3, 9]);
    expect(Array.from(largestMagnitudes(data, [2, 2, 3], 1, ''))).toEqual([9, 1]);
    expect(Array.from(largestMagnitudes(data, [2, 2, 3], 2, ''))).toEqual([7, 8, 9]);
    expect(Array.from(largestMagnitudes(data, [2, 2, 3], -1, ''))).toEqual([9]);
  });

  it('come back within half a step, per channel', () => {
    const shape = [4, 3, 5];
    fc.assert(
      fc.property(
        fc.array(real, { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 0, max: 2 }),
        (numbers, axis) => {
          const data = Float32Array.from(numbers);
          const scale = Float32Array.from(
            largestMagnitudes(data, shape, axis, 'w').map((largest) => weightScale(largest)),
          );
          const quant = { scale, zeroPoint: new Int32Array(scale.length), axis };
          const back = dequantizeTensor(
            quantizeTensor(data, shape, quant, 'int8', true),
            shape,
            quant,
          );
          const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
          data.forEach((x, i) => {
            const step = scale[Math.floor(i / inner) % shape[axis]!]!;
            expect(Math.abs(back[i]! - x)).toBeLessThanOrEqual(step * 0.50001);
          });
        },
      ),
    );
  });
});
