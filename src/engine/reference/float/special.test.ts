/** What the oracle's border cannot carry: int64, float16, int4, NaN and infinities. */
import { describe, expect, it } from 'vitest';
import type { TensorData } from '../../../model/graph';
import type { OpAttrs, OpName } from '../../../model/ops';
import { oneOp, type Spec } from '../../suite/build';
import { createReferenceBackend } from '..';
import { erfc } from './erf';

async function run<K extends OpName>(
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly Spec[],
  output: Spec,
): Promise<TensorData> {
  const { graph, feeds } = oneOp(op, op, attrs, inputs, [output]);
  const executable = await createReferenceBackend().prepare(graph);
  return (await executable.run(feeds))[0]!.data;
}
const float = (...data: number[]): Spec => ({
  shape: [data.length],
  dtype: 'float32',
  feed: Float32Array.from(data),
});
const big = (...data: bigint[]): Spec => ({
  shape: [data.length],
  dtype: 'int64',
  feed: BigInt64Array.from(data),
});

describe('int64', () => {
  const none = { activation: 'NONE' } as const;
  const out: Spec = { shape: [2], dtype: 'int64' };
  it('is exact beyond 2^53', async () => {
    expect(await run('ADD', none, [big(2n ** 60n, -5n), big(1n, 2n)], out)).toEqual(
      BigInt64Array.of(2n ** 60n + 1n, -3n),
    );
  });
  it('divides as Python does in FLOOR_DIV and FLOOR_MOD', async () => {
    expect(await run('FLOOR_DIV', {}, [big(-7n, 7n), big(2n, -2n)], out)).toEqual(
      BigInt64Array.of(-4n, -4n),
    );
    expect(await run('FLOOR_MOD', {}, [big(-7n, 7n), big(2n, -2n)], out)).toEqual(
      BigInt64Array.of(1n, -1n),
    );
  });
  it('is sliced, packed, reduced and cast', async () => {
    const axis: Spec = { shape: [1], dtype: 'int32', constant: Int32Array.of(0) };
    expect(
      await run('REDUCE_PROD', { keepDims: true }, [big(3n, 4n), axis], {
        shape: [1],
        dtype: 'int64',
      }),
    ).toEqual(BigInt64Array.of(12n));
    expect(await run('CAST', { to: 'int64' }, [float(-1.9, 3e9)], out)).toEqual(
      BigInt64Array.of(-1n, 3000000000n),
    );
    expect(
      await run('PACK', { axis: 0 }, [big(1n), big(2n)], { shape: [2, 1], dtype: 'int64' }),
    ).toEqual(BigInt64Array.of(1n, 2n));
  });
});

describe('DEQUANTIZE of weights', () => {
  const out: Spec = { shape: [4], dtype: 'float32' };
  it('float16', async () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00);
    expect(
      await run('DEQUANTIZE', {}, [{ shape: [4], dtype: 'float16', constant: bits }], out),
    ).toEqual(Float32Array.of(1, -2, 2 ** -24, Infinity));
  });
  it('int4 and int8 per channel', async () => {
    for (const dtype of ['int4', 'int8'] as const) {
      const weights: Spec = {
        shape: [2, 2],
        dtype,
        scale: Float32Array.of(0.5, 0.25),
        axis: 1,
        constant: Int8Array.of(-7, 7, 3, 0),
      };
      expect(await run('DEQUANTIZE', {}, [weights], { ...out, shape: [2, 2] })).toEqual(
        Float32Array.of(-3.5, 1.75, 1.5, 0),
      );
    }
  });
});

describe('NaN and infinities', () => {
  const three: Spec = { shape: [3], dtype: 'float32' };
  it('pass RELU and RELU6', async () => {
    expect(await run('RELU', {}, [float(NaN, Infinity, -Infinity)], three)).toEqual(
      Float32Array.of(NaN, Infinity, 0),
    );
    expect(await run('RELU6', {}, [float(NaN, Infinity, -Infinity)], three)).toEqual(
      Float32Array.of(NaN, 6, 0),
    );
  });
  it('become 0 as int64', async () => {
    expect(
      await run('CAST', { to: 'int64' }, [float(NaN, Infinity, 1)], { shape: [3], dtype: 'int64' }),
    ).toEqual(BigInt64Array.of(0n, 0n, 1n));
  });
});

describe('erfc', () => {
  // Python's math.erfc.
  it.each([
    [-3, 1.9999779095030015],
    [-0.5, 1.5204998778130465],
    [0, 1],
    [1, 0.15729920705028513],
    [2.49, 0.000429287867733913],
    [2.51, 0.0003857054817242798],
    [5, 1.5374597944280351e-12],
  ])('of %f', (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(1e-11);
  });
});
