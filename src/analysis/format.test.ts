import { expect, it } from 'vitest';
import {
  bytes,
  count,
  duration,
  energy,
  milliseconds,
  number,
  ratio,
  shape,
  signed,
} from './format';

it('writes figures with units and true signs', () => {
  expect([0.01234, 1.234, 1234.5, -0.5, 0].map((x) => number(x))).toEqual([
    '0.0123',
    '1.23',
    '1235',
    '−0.500',
    '0',
  ]);
  expect([-37.9, 0.4, -0.01].map((x) => signed(x))).toEqual(['−37.9', '+0.4', '±0.0']);
  expect([12, 412_345, 4_812_300].map(bytes)).toEqual(['12 B', '412 kB', '4.81 MB']);
  expect([7, 103_420].map(count)).toEqual(['7', '103 k']);
  expect([0.0423, 1.9, 2300].map(milliseconds)).toEqual(['42.3 µs', '1.90 ms', '2.30 s']);
  expect([391_000, 2.4e6].map(energy)).toEqual(['391 nJ', '2.40 µJ']);
  expect([ratio(412, 118), ratio(1, 2), ratio(0, 1)]).toEqual(['÷3.5', '×2.0', '–']);
  expect(shape([-1, 28, 28])).toBe('N × 28 × 28');
  expect([900, 90_000].map(duration)).toEqual(['about 1 s left', 'about 2 min left']);
});
