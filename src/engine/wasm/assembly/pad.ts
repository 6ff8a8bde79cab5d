/**
 * NHWC activations with the borders written out. Nothing is written beyond a line's end, so that lines
 * may be written side by side: each kernel writes the padded lines first…last.
 */

/** `flip`: what every byte is combined with. */
@inline function copyRow(from: usize, to: usize, n: i32, flip: v128): void {
  let i = 0;
  for (; i + 16 <= n; i += 16) v128.store(to + i, v128.xor(v128.load(from + i), flip));
  if (i < n && n >= 16) {
    v128.store(to + n - 16, v128.xor(v128.load(from + n - 16), flip));
    return;
  }
  const bits = i8x16.extract_lane_u(flip, 0);
  for (; i < n; i++) store<u8>(to + i, <u8>(load<u8>(from + i) ^ bits));
}

/**
 * One image [h, w, c] of int8 → [h + top + bottom, w + left + right, c], borders holding
 * `zero`, every channel repeated `multiplier` times (for depthwise with a multiplier).
 */
export function padI8(
  from: usize, to: usize, h: i32, w: i32, c: i32,
  top: i32, left: i32, right: i32, zero: i32, multiplier: i32, first: i32, last: i32,
): void {
  const pixel = c * multiplier;
  const line = (w + left + right) * pixel;
  const same = i8x16.splat(0);
  for (let y = first; y < last; y++) {
    const target = to + y * line;
    const iy = y - top;
    if (<u32>iy >= <u32>h) {
      memory.fill(target, <u8>zero, line);
      continue;
    }
    const source = from + iy * w * c;
    if (left > 0) memory.fill(target, <u8>zero, left * pixel);
    if (multiplier == 1) copyRow(source, target + left * c, w * c, same);
    else repeatRow(source, target + left * pixel, w * c, multiplier);
    if (right > 0) memory.fill(target + (left + w) * pixel, <u8>zero, right * pixel);
  }
}

/** The same as the dots of this build take bytes (lanes.ts `unsigned`), every channel once. */
export function padU8(
  from: usize, to: usize, h: i32, w: i32, c: i32, top: i32, left: i32, right: i32, zero: i32, first: i32, last: i32,
): void {
  const line = (w + left + right) * c;
  const flip = i8x16.splat(ACT_U8 == 1 ? -128 : 0);
  if (ACT_U8 == 1) zero ^= 128;
  for (let y = first; y < last; y++) {
    const target = to + y * line;
    const iy = y - top;
    if (<u32>iy >= <u32>h) {
      memory.fill(target, <u8>zero, line);
      continue;
    }
    if (left > 0) memory.fill(target, <u8>zero, left * c);
    copyRow(from + iy * w * c, target + left * c, w * c, flip);
    if (right > 0) memory.fill(target + (left + w) * c, <u8>zero, right * c);
  }
}

function repeatRow(from: usize, to: usize, n: i32, multiplier: i32): void {
  for (let i = 0; i < n; i++) {
    const value = load<i8>(from + i);
    for (let m = 0; m < multiplier; m++) {
      store<i8>(to, value);
      to++;
    }
  }
}

/** One image of float32, borders zero. */
export function padF32(
  from: usize, to: usize, h: i32, w: i32, c: i32,
  top: i32, left: i32, right: i32, zero: i32, multiplier: i32, first: i32, last: i32,
): void {
  const pixel = c * multiplier << 2;
  const line = (w + left + right) * pixel;
  for (let y = first; y < last; y++) {
    let target = to + y * line;
    const iy = y - top;
    if (<u32>iy >= <u32>h) {
      memory.fill(target, 0, line);
      continue;
    }
    const source = from + (iy * w * c << 2);
    if (left > 0) memory.fill(target, 0, left * pixel);
    target += left * pixel;
    if (multiplier == 1) {
      memory.copy(target, source, w * pixel);
      target += w * pixel;
    } else {
      for (let i = 0; i < w * c; i++) {
        const value = load<f32>(source + (i << 2));
        for (let m = 0; m < multiplier; m++) {
          store<f32>(target, value);
          target += 4;
        }
      }
    }
    if (right > 0) memory.fill(target, 0, right * pixel);
  }
}
