/** Pooling and spatial mean, NHWC: output lines first…last, for the mean channels in blocks of 8 or 4. */
import { store8Shorts } from './gemmInt16';
import { MAGIC, requantize, store4Tail, store8Tail } from './lanes';

/** Written by kernels/pool.ts: words in this order. */
@unmanaged
export class Pool {
  inH: i32;
  inW: i32;
  channels: i32;
  outH: i32;
  outW: i32;
  filterH: i32;
  filterW: i32;
  strideH: i32;
  strideW: i32;
  top: i32;
  left: i32;
  /** Clamp; float32 bits for float32. */
  low: i32;
  high: i32;
}

/** sum / count, ties away from zero; exact while count ≤ 32768. */
@inline function divide(sum: v128, half: v128, count: v128): v128 {
  const magnitude = f32x4.convert_i32x4_s(i32x4.add(i32x4.abs(sum), half));
  const quotient = i32x4.trunc_sat_f32x4_s(f32x4.div(magnitude, count));
  const sign = i32x4.shr_s(sum, 31);
  return i32x4.sub(v128.xor(quotient, sign), sign);
}

@inline function limit<T>(value: i32): v128 {
  if (isFloat<T>()) return f32x4.splat(f32.reinterpret_i32(value));
  return size16<T>() ? i16x8.splat(<i16>value) : i8x16.splat(<i8>value);
}
@inline function size16<T>(): bool {
  return sizeof<T>() == 2;
}

@inline function pool<T>(p: Pool, from: usize, to: usize, average: bool, first: i32, last: i32): void {
  const channels = p.channels;
  const size = <i32>sizeof<T>();
  const step = channels * size;
  const block = isFloat<T>() ? 4 : 8;
  const low = limit<T>(p.low), high = limit<T>(p.high);
  to += first * p.outW * step;
  for (let oy = first; oy < last; oy++) {
    const top = oy * p.strideH - p.top;
    const firstY = max(0, top), lastY = min(p.inH, top + p.filterH);
    for (let ox = 0; ox < p.outW; ox++) {
      const left = ox * p.strideW - p.left;
      const firstX = max(0, left), lastX = min(p.inW, left + p.filterW);
      const corner = from + (firstY * p.inW + firstX) * step;
      const count = (lastY - firstY) * (lastX - firstX);
      for (let c = 0; c < channels; c += block) {
        let line = corner + c * size;
        let a0 = i32x4.splat(0), a1 = i32x4.splat(0);
        if (!average) a0 = isFloat<T>() ? f32x4.splat(-Infinity) : size16<T>() ? i16x8.splat(-32768) : i8x16.splat(-128);
        for (let iy = firstY; iy < lastY; iy++) {
          let at = line;
          for (let ix = firstX; ix < lastX; ix++) {
            if (isFloat<T>()) {
              const x = v128.load(at);
              a0 = average ? f32x4.add(a0, x) : f32x4.pmax(a0, x);
            } else if (average) {
              const x = size16<T>() ? v128.load(at) : v128.load8x8_s(at);
              a0 = i32x4.add(a0, i32x4.extend_low_i16x8_s(x));
              a1 = i32x4.add(a1, i32x4.extend_high_i16x8_s(x));
            } else if (size16<T>()) {
              a0 = i16x8.max_s(a0, v128.load(at));
            } else {
              a0 = i8x16.max_s(a0, v128.load64_zero(at));
            }
            at += step;
          }
          line += p.inW * step;
        }
        const out = to + c * size;
        if (isFloat<T>()) {
          if (average) a0 = f32x4.div(a0, f32x4.splat(<f32>count));
          store4Tail(out, f32x4.pmin(f32x4.pmax(a0, low), high), channels - c);
        } else {
          if (average) {
            const half = i32x4.splat(count >> 1), whole = f32x4.splat(<f32>count);
            const pair = i16x8.narrow_i32x4_s(divide(a0, half, whole), divide(a1, half, whole));
            a0 = size16<T>() ? pair : i8x16.narrow_i16x8_s(pair, pair);
          }
          if (size16<T>()) store8Shorts(out, i16x8.min_s(i16x8.max_s(a0, low), high), channels - c);
          else store8Tail(out, i8x16.min_s(i8x16.max_s(a0, low), high), channels - c);
        }
      }
      to += step;
    }
  }
}

export function maxPoolI8(p: Pool, from: usize, to: usize, first: i32, last: i32): void { pool<i8>(p, from, to, false, first, last); }
export function averagePoolI8(p: Pool, from: usize, to: usize, first: i32, last: i32): void { pool<i8>(p, from, to, true, first, last); }
export function maxPoolI16(p: Pool, from: usize, to: usize, first: i32, last: i32): void { pool<i16>(p, from, to, false, first, last); }
export function averagePoolI16(p: Pool, from: usize, to: usize, first: i32, last: i32): void { pool<i16>(p, from, to, true, first, last); }
export function maxPoolF32(p: Pool, from: usize, to: usize, first: i32, last: i32): void { pool<f32>(p, from, to, false, first, last); }
export function averagePoolF32(p: Pool, from: usize, to: usize, first: i32, last: i32): void { pool<f32>(p, from, to, true, first, last); }

/** Mean over `pixels`: requantized Σ + bias (XNNPACK qs8 global average pooling). */
export function meanI8(
  from: usize, to: usize, pixels: i32, channels: i32, bias: i32, scale: f32, zeroPoint: i32, first: i32, last: i32,
): void {
  const base = i32.reinterpret_f32(MAGIC) - zeroPoint;
  const less = i32x4.splat(base), low = i32x4.splat(base - 128);
  const s = f32x4.splat(scale);
  for (let c = first << 3; c < min(last << 3, channels); c += 8) {
    let a0 = i32x4.splat(bias), a1 = a0;
    let at = from + c;
    for (let i = 0; i < pixels; i++) {
      const x = v128.load8x8_s(at);
      a0 = i32x4.add(a0, i32x4.extend_low_i16x8_s(x));
      a1 = i32x4.add(a1, i32x4.extend_high_i16x8_s(x));
      at += channels;
    }
    const pair = i16x8.narrow_i32x4_s(requantize(a0, s, low, less), requantize(a1, s, low, less));
    store8Tail(to + c, i8x16.narrow_i16x8_s(pair, pair), channels - c);
  }
}

export function meanF32(from: usize, to: usize, pixels: i32, channels: i32, first: i32, last: i32): void {
  const count = f32x4.splat(<f32>pixels);
  for (let c = first << 2; c < min(last << 2, channels); c += 4) {
    let a = f32x4.splat(0);
    let at = from + (c << 2);
    for (let i = 0; i < pixels; i++) {
      a = f32x4.add(a, v128.load(at));
      at += channels << 2;
    }
    store4Tail(to + (c << 2), f32x4.div(a, count), channels - c);
  }
}
