/**
 * How the int32 sums of a layer leave it. Requantization is rne(float(sum)·scale) + zero point, clamped;
 * what the sums can reach and the clamp decide, once per layer, how few instructions do (`modeOf` in ../leave.ts).
 */
import { scaled } from './lanes';

/** As they are. */
export type Sums = i32;
/** No clamp but the type's, an even zero point, results within int16. */
export type Even = u8;
/** No clamp but the type's, results within ±2^21. */
export type Open = i16;
/** Any. */
export type Clamped = i8;

/** Written by ../leave.ts: words in this order. V8 builds a vector constant anew at every use, a load is cheaper. */
@unmanaged
export class Leave {
  /** 0 Even, 1 Open, 2 Clamped. */
  mode: i32;
  /** Bits of MAGIC; Even: plus the zero point, which keeps ties to even as it is even. */
  magic: i32;
  /** Bits of MAGIC less the zero point. */
  less: i32;
  /** Four times the same byte. */
  low: i32;
  high: i32;
  /** Sums may leave the range of `scaled`: clamp before narrowing, at `magicLow`. */
  wide: i32;
  magicLow: i32;
  /** Even: bytes 255, 0, 255, 0. */
  mask: i32;
}

/** Bytes of an element that leaves. */
@inline export function leaveBytes<M>(): i32 {
  return sizeof<M>() == 4 ? 4 : 1;
}

/** 8 of 16 bits, of which Even uses the lower 8. */
@inline function half<M>(q: Leave, a0: v128, a1: v128, s0: v128, s1: v128): v128 {
  const at = changetype<usize>(q);
  const magic = v128.load32_splat(at, offsetof<Leave>('magic'));
  let x0 = scaled(a0, s0, magic), x1 = scaled(a1, s1, magic);
  // The upper 16 bits of every lane saturate to 127, the lower ones are the result.
  if (sizeof<M>() == 1 && !isSigned<M>())
    return v128.and(i8x16.narrow_i16x8_s(x0, x1), v128.load32_splat(at, offsetof<Leave>('mask')));
  if (sizeof<M>() == 1 && q.wide) {
    const low = v128.load32_splat(at, offsetof<Leave>('magicLow'));
    x0 = i32x4.max_s(x0, low);
    x1 = i32x4.max_s(x1, low);
  }
  const less = v128.load32_splat(at, offsetof<Leave>('less'));
  return i16x8.narrow_i32x4_s(i32x4.sub(x0, less), i32x4.sub(x1, less));
}

/** 16 requantized int8. */
@inline export function bytes16<M>(
  q: Leave, a0: v128, a1: v128, a2: v128, a3: v128, s0: v128, s1: v128, s2: v128, s3: v128,
): v128 {
  return together<M>(q, half<M>(q, a0, a1, s0, s1), half<M>(q, a2, a3, s2, s3));
}
/** 8 of them, twice. */
@inline export function bytes8<M>(q: Leave, a0: v128, a1: v128, s0: v128, s1: v128): v128 {
  const one = half<M>(q, a0, a1, s0, s1);
  return together<M>(q, one, one);
}

@inline function together<M>(q: Leave, first: v128, second: v128): v128 {
  if (sizeof<M>() == 1 && !isSigned<M>()) return i8x16.narrow_i16x8_u(first, second);
  const bytes = i8x16.narrow_i16x8_s(first, second);
  if (sizeof<M>() == 2) return bytes;
  const at = changetype<usize>(q);
  return i8x16.min_s(
    i8x16.max_s(bytes, v128.load32_splat(at, offsetof<Leave>('low'))),
    v128.load32_splat(at, offsetof<Leave>('high')),
  );
}
