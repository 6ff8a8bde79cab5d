/** Value ranges of version 1 as today's choices; what they make of numbers is x · scale − mean, divided by std. */
import { describe, expect, it } from 'vitest';
import { setRange, type Range } from '../../../data/range';
import { samplesFrom } from './v1samples';

const set = {
  name: 'digits.npz',
  description: '',
  count: 2,
  sampleShape: [1, 1, 3],
  samples: Uint8Array.from([0, 128, 255, 1, 2, 3]),
  synthetic: false,
};
const choicesOf = (how: object) =>
  samplesFrom('key', set, {
    ...{ preset: 'none', resize: 'none', channelOrder: 'as-is', scale: 1, mean: [0], std: [1] },
    ...how,
  }).source.choices;

describe('a value range of version 1', () => {
  it('keeps the numbers of its own', () => {
    const own = { preset: 'custom', scale: 1 / 255, mean: [0.5], std: [0.25, 0.5, 1] };
    const { range } = choicesOf(own);
    expect(range).toBe(`custom:${1 / 255},0.5,0.5,0.5,0.25,0.5,1`);
    const values = Float32Array.of(0, 255, 255);
    setRange(values, range as Range, {
      ...{ channels: 3, channelsFirst: false, form: 'bytes', shape: [1, 1, 3] },
    });
    expect([...values]).toEqual([-2, 1, 0.5]);
  });

  it('has its name of today, colours turned or not', () => {
    expect(choicesOf({})).toEqual({ range: 'none' });
    expect(choicesOf({ preset: 'imagenet' })).toEqual({ range: 'imagenet' });
    expect(choicesOf({ preset: 'zero-one', channelOrder: 'reversed' })).toEqual({
      range: 'zero-one-bgr',
    });
    const turned = { preset: 'raw-255', channelOrder: 'reversed', resize: 'stretch' };
    expect(choicesOf(turned)).toEqual({ range: 'custom-bgr:1,0,1', resize: 'stretch' });
  });
});
