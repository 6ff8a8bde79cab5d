import { describe, expect, it } from 'vitest';
import type { DType, Value } from '../model/graph';
import { toInput, toReal } from './tensors';

const input = (dtype: DType, scale?: number, zeroPoint = 0): Value => ({
  name: 'x',
  shape: [4],
  dtype,
  ...(scale === undefined
    ? {}
    : {
        quant: {
          scale: Float32Array.of(scale),
          zeroPoint: Int32Array.of(zeroPoint),
          axis: 0,
        },
      }),
});
const f = (...values: number[]) => Float32Array.from(values);

describe('samples as tensors', () => {
  it('are float as they are', () => {
    const sample = f(1, 2);
    expect(toInput(sample, input('float32'))).toEqual({
      shape: [4],
      dtype: 'float32',
      data: sample,
    });
  });

  it('are rounded half away from zero and saturate', () => {
    const of = (dtype: DType, zeroPoint: number) => [
      ...(toInput(f(0.25, -0.25, 1e6, -1e6), input(dtype, 0.5, zeroPoint)).data as Int8Array),
    ];
    expect(of('int8', 0)).toEqual([1, -1, 127, -128]);
    expect(of('int8', -3)).toEqual([-2, -4, 127, -128]);
    expect(of('uint8', 128)).toEqual([129, 127, 255, 0]);
    expect(of('int16', 0)).toEqual([1, -1, 32767, -32768]);
  });

  it('without a scale are integers themselves', () => {
    expect(toInput(f(3, -200), input('int8')).data).toEqual(Int8Array.of(3, -128));
    expect(toInput(f(2.6, -2.6), input('int32')).data).toEqual(Int32Array.of(3, -3));
    expect(toInput(f(2.6), input('int64')).data).toEqual(BigInt64Array.of(3n));
    expect(toInput(f(0, 0.5, -1), input('bool')).data).toEqual(Uint8Array.of(0, 1, 1));
  });

  it('are refused for a type that holds no numbers', () => {
    expect(() => toInput(f(1), input('string'))).toThrow(/input "x" holds string values/);
  });
});

describe('tensors as real numbers', () => {
  it('are scale · (q − zero point)', () => {
    const { quant } = input('int8', 0.5, -128);
    expect([...toReal(Int8Array.of(-128, 0, 127), quant, new Float32Array(3))]).toEqual([
      0, 64, 127.5,
    ]);
  });

  it('are the numbers themselves without a scale, and for floats', () => {
    const { quant } = input('int8', 0.5, 3);
    expect([...toReal(Int8Array.of(1, 2), undefined, new Float32Array(2))]).toEqual([1, 2]);
    expect([...toReal(f(1, 2), quant, new Float32Array(2))]).toEqual([1, 2]);
    expect([...toReal(BigInt64Array.of(5n), undefined, new Float32Array(1))]).toEqual([5]);
    const empty = { ...quant!, scale: new Float32Array(0) };
    expect([...toReal(Int8Array.of(7), empty, new Float32Array(1))]).toEqual([7]);
  });
});
