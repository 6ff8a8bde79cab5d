import { expect, test } from 'vitest';
import { floatColour, runColours, tint } from './colour';

/** The tone inside the outer mix: "to share%, from". */
const tone = (badness: number) =>
  /srgb, color-mix\(in srgb, var\((--\w+)\) (\d+)%, var\((--\w+)\)\)/
    .exec(tint(badness, 85))!
    .slice(1);

test('fine is the accent, half way amber, bad red', () => {
  expect(tone(0)).toEqual(['--mid', '0', '--good']);
  expect(tone(0.25)).toEqual(['--mid', '50', '--good']);
  expect(tone(0.49)).toEqual(['--mid', '98', '--good']);
  expect(tone(0.5)).toEqual(['--bad', '0', '--mid']);
  expect(tone(0.75)).toEqual(['--bad', '50', '--mid']);
  expect(tone(1)).toEqual(['--bad', '100', '--mid']);
});

test('no figure is grey, whatever the strength; else the strength says how much surface is left', () => {
  expect(tint(undefined, 85)).toBe(tint(undefined, 16));
  expect(tint(undefined, 85)).toContain('var(--float)');
  expect(tint(0.2, 16)).toMatch(/ 16%, var\(--surface\)\)$/);
  expect(tint(0.2, 85)).toMatch(/ 85%, var\(--surface\)\)$/);
});

test('runs beside each other differ, from each other and from float', () => {
  expect(new Set([floatColour, ...runColours]).size).toBe(runColours.length + 1);
});
