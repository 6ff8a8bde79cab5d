/** What is made of exp: SOFTMAX, LOGISTIC; and HARD_SWISH in float32. */
import { MAGIC, store4Tail, store8Tail } from './lanes';

const leastExponent: f32 = -87.33654;
const mostExponent: f32 = 88.37626;

/** exp within 2 units of the last place; 0 below −87.3, finite above (Cephes expf). NaN stays NaN. */
@inline function exp4(x: v128): v128 {
  const low = f32x4.splat(leastExponent);
  const under = f32x4.lt(x, low);
  x = f32x4.pmin(f32x4.pmax(x, low), f32x4.splat(mostExponent));
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(MAGIC));
  const n = f32x4.sub(shifted, f32x4.splat(MAGIC));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  return v128.andnot(f32x4.mul(p, power), under);
}

/** The first `count` lanes; the others hold `rest`. */
@inline function firstLanes(v: v128, count: i32, rest: v128): v128 {
  return v128.bitselect(v, rest, i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3)));
}

@inline function largestLane(v: v128): f32 {
  let most = f32x4.extract_lane(v, 0);
  most = select(f32x4.extract_lane(v, 1), most, f32x4.extract_lane(v, 1) > most);
  most = select(f32x4.extract_lane(v, 2), most, f32x4.extract_lane(v, 2) > most);
  return select(f32x4.extract_lane(v, 3), most, f32x4.extract_lane(v, 3) > most);
}

/** Along rows of `depth` float32. */
export function softmaxF32(from: usize, to: usize, depth: i32, beta: f32, first: i32, last: i32): void {
  from += first * depth << 2;
  to += first * depth << 2;
  const nothing = f32x4.splat(-Infinity);
  const factor = f32x4.splat(beta);
  const whole = depth & ~3;
  for (let row = first; row < last; row++) {
    let high = nothing;
    for (let i = 0; i < whole; i += 4) high = f32x4.pmax(high, v128.load(from + (i << 2)));
    if (whole < depth)
      high = f32x4.pmax(high, firstLanes(v128.load(from + (whole << 2)), depth - whole, nothing));
    const most = f32x4.splat(largestLane(high));
    let sums = f32x4.splat(0);
    for (let i = 0; i < whole; i += 4) {
      const e = exp4(f32x4.mul(f32x4.sub(v128.load(from + (i << 2)), most), factor));
      v128.store(to + (i << 2), e);
      sums = f32x4.add(sums, e);
    }
    if (whole < depth) {
      const at = whole << 2;
      const e = exp4(f32x4.mul(f32x4.sub(v128.load(from + at), most), factor));
      store4Tail(to + at, e, depth - whole);
      sums = f32x4.add(sums, firstLanes(e, depth - whole, f32x4.splat(0)));
    }
    const sum = f32x4.splat(
      f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) +
      (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3)),
    );
    for (let i = 0; i < depth; i += 4)
      store4Tail(to + (i << 2), f32x4.div(v128.load(to + (i << 2)), sum), depth - i);
    from += depth << 2;
    to += depth << 2;
  }
}

/** Along rows of `depth` int8: table[d] = exp(−scale·beta·d); sums in order (TFLite Softmax<int8>). */
export function softmaxI8(
  from: usize, to: usize, depth: i32, table: usize, scale: f32, zeroPoint: i32, first: i32, last: i32,
): void {
  from += first * depth;
  to += first * depth;
  for (let row = first; row < last; row++) {
    let most = -128;
    for (let i = 0; i < depth; i++) most = max(most, <i32>load<i8>(from + i));
    let sum: f32 = 0;
    for (let i = 0; i < depth; i++) sum += load<f32>(table + ((most - load<i8>(from + i)) << 2));
    const inverse: f32 = 1 / (sum * scale);
    const factor = f32x4.splat(inverse);
    for (let i = 0; i < depth; i += 4) {
      const x = from + i;
      let p = v128.load32_zero(table + ((most - load<i8>(x)) << 2));
      p = v128.load32_lane(table + ((most - load<i8>(x, 1)) << 2), p, 1);
      p = v128.load32_lane(table + ((most - load<i8>(x, 2)) << 2), p, 2);
      p = v128.load32_lane(table + ((most - load<i8>(x, 3)) << 2), p, 3);
      p = f32x4.mul(p, factor);
      const whole = f32x4.floor(p);
      const up = f32x4.ge(f32x4.sub(p, whole), f32x4.splat(0.5));
      // up is −1 where true.
      const rounded = i32x4.sub(i32x4.trunc_sat_f32x4_s(f32x4.pmin(whole, f32x4.splat(512))), up);
      const pair = i16x8.narrow_i32x4_s(i32x4.add(rounded, i32x4.splat(zeroPoint)), rounded);
      store8Tail(to + i, i8x16.narrow_i16x8_s(pair, pair), min(4, depth - i));
    }
    from += depth;
    to += depth;
  }
}

/** 1 / (1 + exp(−x)) */
export function logisticF32(from: usize, to: usize, first: i32, last: i32): void {
  const one = f32x4.splat(1);
  for (let i = first; i < last; i += 4) {
    const at = i << 2;
    const y = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(v128.load(from + at)))));
    store4Tail(to + at, y, last - i);
  }
}

/** x · clamp(x + 3, 0, 6) / 6 */
export function hardSwishF32(from: usize, to: usize, first: i32, last: i32): void {
  const three = f32x4.splat(3), six = f32x4.splat(6), zero = f32x4.splat(0);
  for (let i = first; i < last; i += 4) {
    const at = i << 2;
    const x = v128.load(from + at);
    const gate = f32x4.pmin(f32x4.pmax(f32x4.add(x, three), zero), six);
    store4Tail(to + at, f32x4.div(f32x4.mul(x, gate), six), last - i);
  }
}
