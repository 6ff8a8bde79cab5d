/** NHWC activations → A form (lanes.ts) with the borders written out; also PAD itself. */
import { actBytes } from './lanes';

/** n int8 → A form. May write up to 15 elements beyond. */
@inline function widenRow(from: usize, to: usize, n: i32): void {
  const end = from + n;
  if (RELAXED == 0) {
    while (from < end) {
      v128.store(to, v128.load8x8_s(from));
      from += 8;
      to += 16;
    }
    return;
  }
  const flip = i8x16.splat(ACT_U8 == 1 ? -128 : 0);
  while (from < end) {
    v128.store(to, v128.xor(v128.load(from), flip));
    from += 16;
    to += 16;
  }
}

/** n elements of A form, all the int8 `value`. May write up to 15 bytes beyond. */
@inline function fillRow(to: usize, n: i32, value: i32): void {
  const v = RELAXED == 1 ? i8x16.splat(<i8>(ACT_U8 == 1 ? value ^ 0x80 : value)) : i16x8.splat(<i16>value);
  const end = to + n * actBytes();
  while (to < end) {
    v128.store(to, v);
    to += 16;
  }
}

/**
 * One image [h, w, c] of int8 → [h + top + bottom, w + left + right, c] in A form, borders holding
 * `zero`. Rows are written in order, so what a row writes beyond its end is overwritten by the next;
 * the buffer needs 32 bytes of slack.
 */
export function padI8(
  from: usize, to: usize, h: i32, w: i32, c: i32,
  top: i32, bottom: i32, left: i32, right: i32, zero: i32,
): void {
  const size = actBytes();
  const line = (w + left + right) * c;
  if (top > 0) fillRow(to, top * line, zero);
  to += top * line * size;
  if (left + right == 0) {
    widenRow(from, to, h * line);
    to += h * line * size;
  } else {
    for (let y = 0; y < h; y++) {
      if (left > 0) fillRow(to, left * c, zero);
      to += left * c * size;
      widenRow(from, to, w * c);
      from += w * c;
      to += w * c * size;
      if (right > 0) fillRow(to, right * c, zero);
      to += right * c * size;
    }
  }
  if (bottom > 0) fillRow(to, bottom * line, zero);
}

/** The same with every channel repeated `multiplier` times, for depthwise with a multiplier. */
export function padRepeatI8(
  from: usize, to: usize, h: i32, w: i32, c: i32,
  top: i32, bottom: i32, left: i32, right: i32, zero: i32, multiplier: i32,
): void {
  const size = actBytes();
  const line = (w + left + right) * c * multiplier;
  fillRow(to, (h + top + bottom) * line, zero);
  const flip = ACT_U8 == 1 ? 0x80 : 0;
  for (let y = 0; y < h; y++) {
    let p = to + ((top + y) * line + left * c * multiplier) * size;
    for (let i = 0; i < w * c; i++) {
      const value = <i32>load<i8>(from++);
      for (let m = 0; m < multiplier; m++) {
        if (RELAXED == 1) store<u8>(p, <u8>(value ^ flip));
        else store<i16>(p, <i16>value);
        p += size;
      }
    }
  }
}

/** Zeros. May write up to 15 bytes beyond. */
@inline function zeroRow(to: usize, bytes: i32): void {
  const end = to + bytes;
  while (to < end) {
    v128.store(to, i32x4.splat(0));
    to += 16;
  }
}

/**
 * One image of float32, borders zero, channels repeated `multiplier` times. Rows are written in
 * order, as in padI8.
 */
export function padF32(
  from: usize, to: usize, h: i32, w: i32, c: i32,
  top: i32, bottom: i32, left: i32, right: i32, multiplier: i32,
): void {
  const pixel = c * multiplier << 2;
  const line = (w + left + right) * pixel;
  zeroRow(to, top * line);
  to += top * line;
  for (let y = 0; y < h; y++) {
    zeroRow(to, left * pixel);
    to += left * pixel;
    if (multiplier == 1) {
      const end = from + w * pixel;
      let p = to;
      for (let q = from; q < end; q += 16) {
        v128.store(p, v128.load(q));
        p += 16;
      }
      from = end;
      to += w * pixel;
    } else {
      for (let i = 0; i < w * c; i++) {
        const value = load<f32>(from);
        from += 4;
        for (let m = 0; m < multiplier; m++) {
          store<f32>(to, value);
          to += 4;
        }
      }
    }
    zeroRow(to, right * pixel);
    to += right * pixel;
  }
  zeroRow(to, bottom * line);
}
