import { expect, it } from 'vitest';
import { patternOf } from './pattern';

const names = [
  'conv',
  'conv_1',
  'block/conv.1',
  'block/conv.10',
  'block/convx1',
  'α/β',
  '',
  'a^b$c',
];

it.each([
  '.*',
  'conv',
  '^conv$',
  '^conv_?1?$',
  'block/.*',
  '^block/conv\\.1$',
  '^block\\/conv\\.1$',
  '\\d+$',
  '(conv|block)_',
  '[^/]+/conv',
  '^$',
  '^a\\^b\\$c$',
  '\\u03b1',
  '(?:x)?1$',
  '(?<name>conv)',
])('%s finds what RegExp finds', (regex) => {
  const ours = patternOf(regex);
  for (const name of names)
    expect([name, ours(name)]).toEqual([name, new RegExp(regex).test(name)]);
});

it('takes time linear in the name where RegExp takes forever', () => {
  const started = performance.now();
  expect(patternOf('^(a+)+$')(`${'a'.repeat(5000)}!`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});

it.each(['(?=conv)', '(?!conv)', '(?<!x)conv', '(a)\\1', '(', 'a**', '[z-a]'])(
  'refuses %s',
  (regex) => {
    expect(() => patternOf(regex)).toThrow();
  },
);
