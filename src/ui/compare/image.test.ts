import { expect, it } from 'vitest';
import { channelsOf, differenceImage, greyImage, liveliestChannel } from './image';

const tensor = (values: readonly number[]) => ({
  shape: [1, 1, 2, 2],
  values: Float32Array.from(values),
});

it('one channel in grey between the given ends', () => {
  const { pixels, width, height } = greyImage(tensor([0, 9, 10, 9]), 0, 0, 10)!;
  expect([width, height]).toEqual([2, 1]);
  expect([...pixels]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
});

it('more than the baseline is red, less is blue, at the strength of the largest', () => {
  const { image, largest } = differenceImage(tensor([0, 1, 0, 1]), tensor([2, 1, -1, 1]), 0)!;
  expect(largest).toBe(2);
  expect([...image.pixels]).toEqual([255, 0, 0, 255, 128, 128, 255, 255]);
});

it('the channel shown first is the one that differs most', () => {
  // |1 − 0| + |1 − 0| = 2 against |9 − 4| = 5
  expect(liveliestChannel(tensor([0, 4, 0, 9]), tensor([1, 9, 1, 9]))).toBe(1);
  expect(liveliestChannel(undefined, tensor([5, 1, 5, 1]))).toBe(0);
});

it('vectors are no pictures', () => {
  expect(channelsOf([1, 10])).toBe(0);
  expect(channelsOf([1, 1, 1, 8])).toBe(0);
});
