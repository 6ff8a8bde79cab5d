import { describe, expect, it } from 'vitest';
import { IntactError } from './error';
import type { Value } from './graph';
import { inferShapes } from './infer';

const value = (shape: number[], data?: number[]): Value => ({
  name: 'v',
  shape,
  dtype: data === undefined ? 'float32' : 'int32',
  ...(data === undefined ? {} : { data: Int32Array.from(data) }),
});
const conv = {
  padding: 'VALID',
  strideH: 1,
  strideW: 1,
  dilationH: 1,
  dilationW: 1,
  activation: 'NONE',
} as const;
const noMasks = { beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof IntactError) return error.code;
  }
  return 'none';
}

describe('inferShapes', () => {
  // Expected by numpy: np.zeros((4, 5, 6))[begin:end:stride] and so on.
  it.each([
    [[3, 4, 0], [0, 1, 6], [-1, -2, 2], {}, [3, 2, 3]],
    [[1, 0, 0], [0, 0, 0], [1, 1, 1], { endMask: 7, beginMask: 6 }, [3, 5, 6]],
    [[-1, 2, 0], [0, 4, 0], [1, 1, 1], { shrinkAxisMask: 1, endMask: 4 }, [2, 6]],
    [[0, 0, 1], [0, 0, 3], [1, 1, 1], { ellipsisMask: 1, newAxisMask: 2 }, [4, 5, 1, 2]],
  ])('STRIDED_SLICE %#', (begin, end, strides, masks, shape) => {
    const operands = [begin, end, strides].map((data) => value([data.length], data));
    const attrs = { ...noMasks, ...masks, offset: false };
    const [out] = inferShapes('STRIDED_SLICE', attrs, [value([4, 5, 6]), ...operands]);
    expect(out!.shape).toEqual(shape);
  });

  it('refuses what cannot be', () => {
    const image = value([1, 4, 4, 3]);
    const refused = [
      () => inferShapes('CONV_2D', conv, [image, value([8, 3, 3, 2])]),
      () => inferShapes('CONV_2D', conv, [image, value([8, 5, 3, 3])]),
      () => inferShapes('CONV_2D', { ...conv, strideH: 0 }, [image, value([8, 3, 3, 3])]),
      () => inferShapes('CONV_2D', conv, [image]),
      () => inferShapes('ADD', { activation: 'NONE' }, [image, value([2])]),
      () => inferShapes('RESHAPE', {}, [image, value([2], [7, -1])]),
      () => inferShapes('RESHAPE', {}, [image, value([2], [-1, -1])]),
      () => inferShapes('PAD', {}, [value([4]), value([1, 2], [-1, 0])]),
      () => inferShapes('TRANSPOSE', {}, [value([4, 5]), value([2], [0, 0])]),
      () => inferShapes('UNPACK', { axis: 0, num: 2 ** 31 - 1 }, [value([2 ** 31 - 1])]),
      () => inferShapes('FILL', {}, [value([2], [65536, 65536]), value([])]),
      () => inferShapes('FILL', {}, [value([1], [-4]), value([])]),
      () => inferShapes('TILE', {}, [value([65536]), value([1], [65536])]),
    ];
    expect(refused.map(code)).toEqual(refused.map(() => 'malformed'));
  });

  it('says when a shape depends on data', () => {
    expect(code(() => inferShapes('RESHAPE', {}, [value([4]), value([2])]))).toBe('unsupported');
  });
});
