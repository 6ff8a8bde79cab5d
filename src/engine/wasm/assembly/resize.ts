/** RESIZE_BILINEAR, one output line from two input lines; columns as kernels/resize.ts lays them out. */
import { store4Tail, store8Tail } from './lanes';

/** 2048 − fraction and fraction as two int16 in a word. */
@inline function interleave(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}
@inline function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

/** ((top << 11) + vertical·(bottom − top) + 2^21) >> 22 */
@inline function blend(top: v128, bottom: v128, vertical: v128): v128 {
  const sum = i32x4.add(i32x4.shl(top, 11), i32x4.mul(vertical, i32x4.sub(bottom, top)));
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(1 << 21)), 22);
}

/** Columns: byte offsets left and right, then the pair of 11-bit weights (XNNPACK s8-ibilinear). */
export function bilinearI8(
  upper: usize, lower: usize, to: usize, width: i32, channels: i32, columns: usize, fraction: i32,
): void {
  const vertical = i32x4.splat(fraction);
  for (let x = 0; x < width; x++) {
    const left = load<i32>(columns), right = load<i32>(columns, 4);
    const weights = v128.load32_splat(columns, 8);
    columns += 12;
    for (let c = 0; c < channels; c += 8) {
      const a = v128.load8x8_s(upper + left + c), b = v128.load8x8_s(upper + right + c);
      const d = v128.load8x8_s(lower + left + c), e = v128.load8x8_s(lower + right + c);
      const q = i16x8.narrow_i32x4_s(
        blend(i32x4.dot_i16x8_s(interleave(a, b), weights), i32x4.dot_i16x8_s(interleave(d, e), weights), vertical),
        blend(i32x4.dot_i16x8_s(interleaveHigh(a, b), weights), i32x4.dot_i16x8_s(interleaveHigh(d, e), weights), vertical),
      );
      store8Tail(to + c, i8x16.narrow_i16x8_s(q, q), channels - c);
    }
    to += channels;
  }
}

/** Columns: byte offsets left and right, then the float32 weight of the right one. */
export function bilinearF32(
  upper: usize, lower: usize, to: usize, width: i32, channels: i32, columns: usize, fraction: f32,
): void {
  for (let x = 0; x < width; x++) {
    const left = load<i32>(columns), right = load<i32>(columns, 4);
    const part = load<f32>(columns, 8);
    columns += 12;
    const w0 = f32x4.splat((1 - fraction) * (1 - part)), w1 = f32x4.splat(fraction * (1 - part));
    const w2 = f32x4.splat((1 - fraction) * part), w3 = f32x4.splat(fraction * part);
    for (let c = 0; c < channels; c += 4) {
      const at = c << 2;
      let y = f32x4.mul(v128.load(upper + left + at), w0);
      y = f32x4.add(y, f32x4.mul(v128.load(lower + left + at), w1));
      y = f32x4.add(y, f32x4.mul(v128.load(upper + right + at), w2));
      y = f32x4.add(y, f32x4.mul(v128.load(lower + right + at), w3));
      store4Tail(to + at, y, channels - c);
    }
    to += channels << 2;
  }
}
