import { expect, it } from 'vitest';
import { augmented, isImage } from './augment';
import { shuffled } from './random';

it('moves and mirrors as the seed says, the border filled with the edge', () => {
  const shape = [1, 6, 6, 1];
  const image = Float32Array.from({ length: 36 }, (_, i) => i);
  const all = Array.from({ length: 200 }, (_, place) =>
    augmented(image, shape, { shift: 1, flip: true }, 5, 0, place),
  );
  expect(augmented(image, shape, { shift: 1, flip: true }, 5, 0, 7)).toEqual(all[7]);
  // The middle pixel (2, 2) of each: a neighbour within one step, or its mirror image.
  const seen = new Set(all.map((one) => one[14]));
  const expected = [-1, 0, 1].flatMap((y) =>
    [-1, 0, 1].flatMap((x) => [14 + 6 * y + x, 6 * (2 + y) + (3 + x)]),
  );
  expect([...seen].sort((a, b) => a! - b!)).toEqual([...new Set(expected)].sort((a, b) => a - b));
  for (const one of all) expect(one.every((x) => x >= 0 && x < 36)).toBe(true);
});

it('knows images', () => {
  expect(isImage([1, 28, 28, 1])).toBe(true);
  expect(isImage([1, 784])).toBe(false);
  expect(isImage([1, 49, 10, 64])).toBe(false);
});

it('shuffles each epoch anew, from the seed alone', () => {
  const order = shuffled(100, 1, 0);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(shuffled(100, 1, 0)).toEqual(order);
  expect(shuffled(100, 1, 1)).not.toEqual(order);
  expect(shuffled(100, 2, 0)).not.toEqual(order);
});
