/**
 * int32 sums → int8 in fixed point, as TFLite's builtin kernels round (numerics/fixedPoint.ts): a doubling
 * high product, then a rounding shift. Channels in blocks of 4, each with six vectors of int32:
 *   2^left shift, multiplier, first rounding, second rounding, −1 where ties go away from zero, 2^(30 − right shift)
 * The host makes sure that no 32-bit lane overflows (kernels/fixedPoint.ts).
 */
import { MAGIC, store8Tail } from './lanes';

/** Written by kernels/fixedPoint.ts: words in this order. */
@unmanaged
export class FixedPoint {
  channels: i32;
  panels: usize;
  zeroPoint: i32;
  low: i32;
  high: i32;
}

/** Rows that are finished for one block of channels before the next: their sums stay in the cache. */
const BAND = 64;

/** Bits 31 to 62 (or 30 to 61) of four products: the low and the high pair. */
@inline function middle(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
}

@inline export function finish4(x: v128, panel: usize): v128 {
  const multiplier = v128.load(panel, 16);
  const first = v128.load(panel, 32);
  const scale = v128.load(panel, 80);
  x = i32x4.mul(x, v128.load(panel));
  const high = middle(
    i64x2.shr_u(i64x2.add(i64x2.extmul_low_i32x4_s(x, multiplier), i64x2.extend_low_i32x4_s(first)), 31),
    i64x2.shr_u(i64x2.add(i64x2.extmul_high_i32x4_s(x, multiplier), i64x2.extend_high_i32x4_s(first)), 31),
  );
  // One less where a tie of a negative number goes away from zero.
  const half = i32x4.add(v128.load(panel, 48), v128.and(i32x4.shr_s(high, 31), v128.load(panel, 64)));
  const sum = i32x4.add(high, half);
  return middle(
    i64x2.shr_u(i64x2.extmul_low_i32x4_s(sum, scale), 30),
    i64x2.shr_u(i64x2.extmul_high_i32x4_s(sum, scale), 30),
  );
}

/** Finishes `rows` rows of int32 sums, channels innermost. */
export function fixedPointI8(block: FixedPoint, from: usize, to: usize, rows: i32): void {
  const channels = block.channels;
  const zero = i32x4.splat(block.zeroPoint);
  const low = i32x4.splat(block.low);
  const high = i32x4.splat(block.high);
  for (let start = 0; start < rows; start += BAND) {
    const end = min(rows, start + BAND);
    let panel = block.panels;
    for (let c = 0; c < channels; c += 4) {
      const count = channels - c;
      let at = from + ((start * channels + c) << 2);
      let out = to + start * channels + c;
      for (let row = start; row < end; row++) {
        let q = i32x4.add(finish4(v128.load(at), panel), zero);
        q = i32x4.min_s(i32x4.max_s(q, low), high);
        q = i16x8.narrow_i32x4_s(q, q);
        q = i8x16.narrow_i16x8_s(q, q);
        if (count >= 4) v128.store32_lane(out, q, 0);
        else {
          v128.store8_lane(out, q, 0);
          if (count > 1) v128.store8_lane(out, q, 1, 1);
          if (count > 2) v128.store8_lane(out, q, 2, 2);
        }
        at += channels << 2;
        out += channels;
      }
      panel += 96;
    }
  }
}

/** The high words of four sums of product and rounding, as float32, over 2^(right shift − 1): rounded down. */
@inline function floor4(x: v128, panel: usize, constants: usize, scale: usize): v128 {
  const m = v128.load(panel);
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(x, m), v128.load(constants));
  const high = i64x2.add(i64x2.extmul_high_i32x4_s(x, m), v128.load(constants, 16));
  const words = i8x16.shuffle(low, high, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  return f32x4.floor(f32x4.mul(f32x4.convert_i32x4_s(words), v128.load(scale)));
}

/**
 * The same where every channel has a right shift of 1 to 16 and ties go up: both roundings in one,
 * ⌊(x·m + 2^30 + 2^(30 + n)) / 2^(31 + n)⌋. Channels in blocks of 8: 8 × int32 multiplier, 8 × int64 rounding,
 * 8 × float32 2^(1 − n). Values beyond float32's 24 bits are far beyond the clamp.
 */
export function fixedPointUpI8(block: FixedPoint, from: usize, to: usize, rows: i32): void {
  const channels = block.channels;
  const low = f32x4.splat(<f32>(block.low - block.zeroPoint));
  const high = f32x4.splat(<f32>(block.high - block.zeroPoint));
  const magic = f32x4.splat(MAGIC);
  const less = i32x4.splat(i32.reinterpret_f32(MAGIC) - block.zeroPoint);
  for (let start = 0; start < rows; start += BAND) {
    const end = min(rows, start + BAND);
    let panel = block.panels;
    for (let c = 0; c < channels; c += 8) {
      const count = channels - c;
      let at = from + ((start * channels + c) << 2);
      let out = to + start * channels + c;
      for (let row = start; row < end; row++) {
        let a = floor4(v128.load(at), panel, panel + 32, panel + 96);
        let b = floor4(v128.load(at, 16), panel + 16, panel + 64, panel + 112);
        a = i32x4.sub(f32x4.add(f32x4.pmin(f32x4.pmax(a, low), high), magic), less);
        b = i32x4.sub(f32x4.add(f32x4.pmin(f32x4.pmax(b, low), high), magic), less);
        const q = i16x8.narrow_i32x4_s(a, b);
        store8Tail(out, i8x16.narrow_i16x8_s(q, q), count);
        at += channels << 2;
        out += channels;
      }
      panel += 128;
    }
  }
}
