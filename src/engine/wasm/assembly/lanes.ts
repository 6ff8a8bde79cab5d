/**
 * What the three builds differ in. RELAXED and ACT_U8 are set by scripts/build-wasm.mjs (--use).
 * A word is what a dot takes in a lane of 32 bits: 4 bytes where relaxed dots are used, else 2 int16.
 */

/**
 * acc + w·a per lane of 32 bits: 4 or 2 products. ACT_U8: the activations are the unsigned operand
 * (`unsigned`), and the bias takes 128·Σw off again.
 */
@inline export function dot(w: v128, a: v128, acc: v128): v128 {
  if (RELAXED == 1) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, a, acc);
  return i32x4.add(acc, i32x4.dot_i16x8_s(w, a));
}

/** int8 activations as `dot` takes them. `flip`: −128 in every byte. */
@inline export function unsigned(a: v128, flip: v128): v128 {
  return ACT_U8 == 1 ? v128.xor(a, flip) : a;
}

/** Known operands through the dot of this build; the host compares with exact arithmetic. */
export function probe(w: i32, a: i32, acc: i32): i32 {
  return i32x4.extract_lane(dot(i32x4.splat(w), i32x4.splat(a), i32x4.splat(acc)), 2);
}

/** 1.5·2^23: adding it to a float32 rounds it to an integer, ties to even (XNNPACK, fp32 magic). */
@inline export const MAGIC: f32 = 12582912.0;

/** rne(float(acc)·scale) in the low bits of a float32; exact below 2^22 in magnitude. `magic`: MAGIC. */
@inline export function scaled(acc: v128, scale: v128, magic: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(acc), scale), magic);
}

/** rne(float(acc)·scale) + zp, not below the clamp; the upper clamp follows after narrowing. */
@inline export function requantize(acc: v128, scale: v128, magicLow: v128, magicLessZero: v128): v128 {
  return i32x4.sub(i32x4.max_s(scaled(acc, scale, f32x4.splat(MAGIC)), magicLow), magicLessZero);
}

/** The first `count` (1…8) of 8 int8 lanes. */
@inline export function store8Tail(to: usize, v: v128, count: i32): void {
  if (count >= 8) {
    v128.store64_lane(to, v, 0);
    return;
  }
  if (count & 4) {
    v128.store32_lane(to, v, 0);
    v = i64x2.shr_u(v, 32);
    to += 4;
  }
  if (count & 2) {
    v128.store16_lane(to, v, 0);
    v = i64x2.shr_u(v, 16);
    to += 2;
  }
  if (count & 1) v128.store8_lane(to, v, 0);
}

/** The first `count` (1…4) of 4 lanes of 32 bits. */
@inline export function store4Tail(to: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, v);
    return;
  }
  if (count & 2) {
    v128.store64_lane(to, v, 0);
    v = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    to += 8;
  }
  if (count & 1) v128.store32_lane(to, v, 0);
}

/** 8 channels of 32 bits of two rows, the first `count` of them; `out1` is written first. */
@inline export function storeRows(
  out0: usize, out1: usize, count: i32, a0: v128, a1: v128, b0: v128, b1: v128,
): void {
  if (count >= 8) {
    v128.store(out1, b0);
    v128.store(out1, b1, 16);
    v128.store(out0, a0);
    v128.store(out0, a1, 16);
  } else {
    store4Tail(out1, b0, count);
    if (count > 4) store4Tail(out1 + 16, b1, count - 4);
    store4Tail(out0, a0, count);
    if (count > 4) store4Tail(out0 + 16, a1, count - 4);
  }
}
