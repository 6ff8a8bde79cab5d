/** WGSL of output stages: `requantize(sum with bias, numbers of its channel)` (stage.ts says which). */
import type { Stage, StageMode } from '../stage';
import { wide } from './wgsl';

/** f32 · f32 rounds to nearest even on every adapter that passes the self-test; WGSL alone promises less. */
const float = `
fn multiplied(sum: i32, p: vec4<i32>) -> i32 {
  return i32(round(clamp(f32(sum) * bitcast<f32>(p.y), -1024.0, 1024.0)));
}`;

/** The same in integers: int32 → 24 bits, product of mantissas → 24 bits, → integer; each to nearest even. */
const exact = `
fn halfEven(a: vec2<u32>, n: u32) -> u32 {
  if (n == 0u) { return a.x; }
  if (n >= 63u) { return 0u; }
  let whole = bitcast<u32>(shiftWide(a, n));
  let kept = select(vec2<u32>(0u, whole << ((n - 32u) & 31u)),
    vec2<u32>(whole << (n & 31u), select(0u, whole >> ((32u - n) & 31u), n > 0u)), n < 32u);
  let low = a.x - kept.x;
  let high = a.y - kept.y - select(0u, 1u, a.x < kept.x);
  let half = powerWide(n - 1u);
  let above = high > half.y || (high == half.y && low > half.x);
  let tie = high == half.y && low == half.x;
  return whole + select(0u, 1u, above || (tie && (whole & 1u) == 1u));
}
fn lengthWide(a: vec2<u32>) -> u32 {
  return select(32u - countLeadingZeros(a.x), 64u - countLeadingZeros(a.y), a.y != 0u);
}
fn multiplied(sum: i32, p: vec4<i32>) -> i32 {
  let magnitude = select(u32(sum), 0u - u32(sum), sum < 0);
  let first = vec2<u32>(magnitude, 0u);
  let cut = max(lengthWide(first), 24u) - 24u;
  let product = mulWide(halfEven(first, cut), u32(p.y));
  let drop = max(lengthWide(product), 24u) - 24u;
  let mantissa = halfEven(product, drop);
  let exponent = i32(cut) + i32(drop) + p.z;
  var value = 0u;
  if (exponent >= 0) { value = select(1024u, min(mantissa << u32(min(exponent, 7)), 1024u), exponent < 7 && mantissa < 1024u); }
  else { value = min(halfEven(vec2<u32>(mantissa, 0u), u32(-exponent)), 1024u); }
  if (mantissa == 0u) { value = 0u; }
  return select(i32(value), -i32(value), sum < 0);
}`;

const once = `
fn multiplied(sum: i32, p: vec4<i32>) -> i32 {
  let n = u32(31 - p.z);
  return shiftWide(addWide(mulSigned(sum, p.y), powerWide(n - 1u)), n);
}`;

const twice = `
fn multiplied(sum: i32, p: vec4<i32>) -> i32 {
  let shifted = select(sum, sum << u32(max(p.z, 0)), p.z > 0);
  let wideSum = addWide(mulSigned(shifted, p.y), vec2<u32>(1073741824u, 0u));
  let high = bitcast<i32>((wideSum.x >> 31u) | (wideSum.y << 1u));
  if (p.z >= 0) { return high; }
  let n = u32(-p.z);
  let whole = high >> min(n, 31u);
  if (p.w == 0) { return whole + ((high >> (n - 1u)) & 1); }
  let mask = select((1 << n) - 1, 0x7fffffff, n >= 31u);
  return whole + select(0, 1, (high & mask) > (mask >> 1u) + select(0, 1, high < 0));
}`;

const modes: Readonly<Record<StageMode, string>> = {
  float,
  exact: wide + exact,
  once: wide + once,
  twice: wide + twice,
};

/** Numbers of a stage as WGSL: literals, or what a uniform holds. */
export interface StageWords {
  readonly mode: StageMode;
  readonly zero: string;
  readonly low: string;
  readonly high: string;
}

const literal = (x: number) => (x < 0 ? `(${x})` : String(x));

export const stageWords = ({ mode, zeroPoint, low, high }: Omit<Stage, 'numbers'>): StageWords => ({
  mode,
  ...{ zero: literal(zeroPoint), low: literal(low), high: literal(high) },
});

export function requantizing({ mode, zero, low, high }: StageWords): string {
  return `${modes[mode]}
fn requantize(sum: i32, numbers: vec4<i32>) -> i32 {
  return clamp(multiplied(sum, numbers), ${low} - ${zero}, ${high} - ${zero}) + ${zero};
}`;
}
