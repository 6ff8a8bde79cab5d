/** What the machine gives at most: the dots of this build on registers alone, for the bench. */
import { dot } from './lanes';

/** 12·n int8 dots of 4 lanes. */
export function peakI8(n: i32): i32 {
  const w = i8x16.splat(3), a = i8x16.splat(5);
  let c0 = i32x4.splat(n), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
  let d0 = c0, d1 = c0, d2 = c0, d3 = c0, d4 = c0, d5 = c0;
  for (let i = 0; i < n; i++) {
    c0 = dot(w, a, c0);
    c1 = dot(w, a, c1);
    c2 = dot(w, a, c2);
    c3 = dot(w, a, c3);
    c4 = dot(w, a, c4);
    c5 = dot(w, a, c5);
    d0 = dot(w, a, d0);
    d1 = dot(w, a, d1);
    d2 = dot(w, a, d2);
    d3 = dot(w, a, d3);
    d4 = dot(w, a, d4);
    d5 = dot(w, a, d5);
  }
  const c = i32x4.add(i32x4.add(i32x4.add(c0, c1), i32x4.add(c2, c3)), i32x4.add(c4, c5));
  const d = i32x4.add(i32x4.add(i32x4.add(d0, d1), i32x4.add(d2, d3)), i32x4.add(d4, d5));
  return i32x4.extract_lane(i32x4.add(c, d), 0);
}

/** 12·n multiplications and additions of 4 lanes, rounded apart. */
export function peakF32(n: i32): f32 {
  const w = f32x4.splat(0.5), a = f32x4.splat(1);
  let c0 = f32x4.splat(<f32>n), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
  let d0 = c0, d1 = c0, d2 = c0, d3 = c0, d4 = c0, d5 = c0;
  for (let i = 0; i < n; i++) {
    c0 = f32x4.add(f32x4.mul(c0, w), a);
    c1 = f32x4.add(f32x4.mul(c1, w), a);
    c2 = f32x4.add(f32x4.mul(c2, w), a);
    c3 = f32x4.add(f32x4.mul(c3, w), a);
    c4 = f32x4.add(f32x4.mul(c4, w), a);
    c5 = f32x4.add(f32x4.mul(c5, w), a);
    d0 = f32x4.add(f32x4.mul(d0, w), a);
    d1 = f32x4.add(f32x4.mul(d1, w), a);
    d2 = f32x4.add(f32x4.mul(d2, w), a);
    d3 = f32x4.add(f32x4.mul(d3, w), a);
    d4 = f32x4.add(f32x4.mul(d4, w), a);
    d5 = f32x4.add(f32x4.mul(d5, w), a);
  }
  const c = f32x4.add(f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)), f32x4.add(c4, c5));
  const d = f32x4.add(f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3)), f32x4.add(d4, d5));
  return f32x4.extract_lane(f32x4.add(c, d), 0);
}
