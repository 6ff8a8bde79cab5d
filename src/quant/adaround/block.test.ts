/** Against the block computed in float64 on whole maps. */
import { describe, expect, it } from 'vitest';
import { random } from '../../numbers/random';
import { adaroundBlock, type BlockLayer, type BlockProblem } from './block';
import { openRounder } from './module';
import { nearestIntegers } from './soft';

const rounder = openRounder()!;
const [positions, held] = [240, 80];

/** From `first` to `wide` channels at 3×3 positions, depthwise 3×3 with relu, to `last` at one position. */
const [first, wide, last] = [4, 13, 6];
function block(seed: number): BlockProblem {
  const next = random(seed);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => next() * 2 - 1);
  const plain = {
    ...{ strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, filterH: 1, filterW: 1 },
    ...{ height: 1, width: 1, inHeight: 1, inWidth: 1 },
  };
  const layer = (
    more: Pick<BlockLayer, 'kind' | 'channels' | 'k' | 'window'> & Partial<BlockLayer>,
  ) => ({
    ...{
      levels: 7,
      activation: 'NONE' as const,
      scale: new Float32Array(more.channels).fill(1 / 7),
    },
    weights: numbers(more.channels * more.k),
    bias: numbers(more.channels).map((x) => x + 0.5),
    ...more,
  });
  const inside = Uint8Array.from({ length: positions * 9 }, (_, i) =>
    Number(next() < 0.8 || i % 9 === 4),
  );
  const layers = [
    layer({
      kind: 'full',
      channels: wide,
      k: first,
      activation: 'RELU6',
      inside,
      window: { ...plain, height: 3, width: 3, inHeight: 3, inWidth: 3, inChannels: first },
    }),
    layer({
      kind: 'depthwise',
      channels: wide,
      k: 9,
      activation: 'RELU',
      window: { ...plain, filterH: 3, filterW: 3, inHeight: 3, inWidth: 3, inChannels: wide },
    }),
    layer({ kind: 'full', channels: last, k: wide, window: { ...plain, inChannels: wide } }),
  ];
  const float = new Float32Array(positions * 9 * first);
  for (let p = 0; p < positions; p++) {
    const common = next() * 2 - 0.5;
    for (let i = 0; i < 9 * first; i++) float[p * 9 * first + i] = common + next();
  }
  return {
    layers,
    float,
    quantized: float.map((x) => Math.round(x * 8) / 8),
    training: positions - held,
    held,
  };
}

function outputOf(
  { layers }: BlockProblem,
  tiles: Float32Array,
  p: number,
  weights: readonly ArrayLike<number>[],
): number[] {
  const [one, two, three] = layers as [BlockLayer, BlockLayer, BlockLayer];
  const between = Array.from({ length: 9 }, (_, at) =>
    Array.from({ length: wide }, (__, c) => {
      let sum = one.bias![c]!;
      for (let i = 0; i < first; i++)
        sum += weights[0]![c * first + i]! * tiles[(p * 9 + at) * first + i]!;
      return one.inside![p * 9 + at] ? Math.min(6, Math.max(0, sum)) : 0;
    }),
  );
  const depth = Array.from({ length: wide }, (_, c) =>
    Math.max(
      0,
      between.reduce((sum, row, at) => sum + row[c]! * weights[1]![at * wide + c]!, two.bias![c]!),
    ),
  );
  return Array.from({ length: last }, (_, c) =>
    depth.reduce((sum, x, i) => sum + x * weights[2]![c * wide + i]!, three.bias![c]!),
  );
}

function errorOf(of: BlockProblem, integers: readonly Int8Array[]): number {
  const real = integers.map((q) => Float64Array.from(q, (x) => x / 7));
  let sum = 0;
  for (let p = positions - held; p < positions; p++) {
    const wanted = outputOf(
      of,
      of.float,
      p,
      of.layers.map(({ weights }) => weights),
    );
    outputOf(of, of.quantized, p, real).forEach((y, c) => (sum += (y - wanted[c]!) ** 2));
  }
  return sum / (held * last);
}

const options = {
  ...{ iterations: 500, quantizedChance: 1, seed: 1, batch: 64, rate: 3e-2, lambda: 1 },
  refined: 0,
};

describe('AdaRound of a block', () => {
  it.each([1, 2, 3])('lowers the loss behind its last layer (%i)', async (seed) => {
    const of = block(seed);
    const { integers, nearest, rounded, changed } = await adaroundBlock(
      rounder,
      of,
      options,
      undefined,
    );
    expect(nearest).toBeCloseTo(errorOf(of, of.layers.map(nearestIntegers)), 4);
    expect(rounded).toBeCloseTo(errorOf(of, integers), 4);
    expect(rounded).toBeLessThan(nearest * 0.9);
    expect(changed.every((count) => count > 0)).toBe(true);
  });

  it('keeps what the layers alone came to where it finds nothing better', async () => {
    const of = block(4);
    const { integers: best } = await adaroundBlock(rounder, of, options, undefined);
    const { integers } = await adaroundBlock(rounder, of, { ...options, iterations: 1 }, best);
    expect(integers).toBe(best);
  });

  it('is the same from the same seed', async () => {
    const of = block(5);
    const run = async () =>
      (await adaroundBlock(rounder, of, { ...options, iterations: 50 }, undefined)).integers;
    expect(await run()).toEqual(await run());
  });
});
