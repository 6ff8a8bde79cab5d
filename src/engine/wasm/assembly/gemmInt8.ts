/**
 * int8 convolution and fully-connected layers as one loop: a row of the matrix is an output pixel, and
 * its operand is `segments` runs of `words` words in the (padded) input. The rows of a tile are first
 * written side by side, word by word, in the form that the dots take (unsigned bytes, or int16); then
 * every panel of weights passes over them. Panels hold 8 output channels:
 *   8 × int32 bias, segments·words × 8 channels × one word, 8 × float32 scale.
 * M is how sums leave (leave.ts).
 */
import { dot, store4Tail, store8Tail, storeRows, unsigned } from './lanes';
import { thread } from './thread';
import { bytes16, Leave, leaveBytes, Clamped, Even, Open, Sums } from './leave';

/** Written by ../matmul.ts: words in this order. */
@unmanaged
export class GemmInt8 {
  rows: i32;
  /** Output pixels per image line, and bytes between neighbours in a line and between lines. */
  width: i32;
  stepX: i32;
  stepY: i32;
  /** int32 byte offsets of the runs. */
  offsets: usize;
  segments: i32;
  words: i32;
  panels: usize;
  panelBytes: i32;
  channels: i32;
  /** Bytes between output rows. */
  outStep: i32;
  leave: Leave;
  /** Bytes of scratch memory of a thread, for its tile. */
  tileBytes: i32;
  /** −128 in every byte. */
  flip: i32;
}

@inline function low32(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
}
@inline function high32(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}
@inline function low64(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}
@inline function high64(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}

/** Words of 6 rows side by side: 24 bytes for each. Writes up to 72 bytes more. */
@inline function sideBySide6(
  g: GemmInt8, to: usize, r0: usize, r1: usize, r2: usize, r3: usize, r4: usize, r5: usize,
): void {
  const flip = v128.load32_splat(changetype<usize>(g), offsetof<GemmInt8>('flip'));
  const bytes = g.words << 2;
  const last = g.offsets + (g.segments << 2);
  for (let at = g.offsets; at < last; at += 4) {
    const offset = load<i32>(at);
    let t = to;
    to += bytes * 6;
    for (let i = offset; i < offset + bytes; i += 16) {
      const a0 = unsigned(v128.load(r0 + i), flip), a1 = unsigned(v128.load(r1 + i), flip);
      const a2 = unsigned(v128.load(r2 + i), flip), a3 = unsigned(v128.load(r3 + i), flip);
      const a4 = unsigned(v128.load(r4 + i), flip), a5 = unsigned(v128.load(r5 + i), flip);
      let x = low32(a0, a1), y = low32(a2, a3), z = low32(a4, a5);
      v128.store(t, low64(x, y));
      v128.store64_lane(t, z, 0, 16);
      v128.store(t, high64(x, y), 24);
      v128.store64_lane(t, z, 1, 40);
      x = high32(a0, a1);
      y = high32(a2, a3);
      z = high32(a4, a5);
      v128.store(t, low64(x, y), 48);
      v128.store64_lane(t, z, 0, 64);
      v128.store(t, high64(x, y), 72);
      v128.store64_lane(t, z, 1, 88);
      t += 96;
    }
  }
}

/** Words of two int16 of 4 rows side by side: 16 bytes for each. Writes up to 48 bytes more. */
@inline function sideBySide4(g: GemmInt8, to: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const bytes = g.words << 1;
  const last = g.offsets + (g.segments << 2);
  for (let at = g.offsets; at < last; at += 4) {
    const offset = load<i32>(at);
    let t = to;
    to += bytes << 3;
    for (let i = offset; i < offset + bytes; i += 8) {
      const a0 = v128.load8x8_s(r0 + i), a1 = v128.load8x8_s(r1 + i);
      const a2 = v128.load8x8_s(r2 + i), a3 = v128.load8x8_s(r3 + i);
      let x = low32(a0, a1), y = low32(a2, a3);
      v128.store(t, low64(x, y));
      v128.store(t, high64(x, y), 16);
      x = high32(a0, a1);
      y = high32(a2, a3);
      v128.store(t, low64(x, y), 32);
      v128.store(t, high64(x, y), 48);
      t += 64;
    }
  }
}

/** Words of one row, 4 bytes for each. Writes up to 16 bytes more. */
@inline function alone(g: GemmInt8, to: usize, row: usize): void {
  const flip = v128.load32_splat(changetype<usize>(g), offsetof<GemmInt8>('flip'));
  const bytes = g.words << 2;
  const last = g.offsets + (g.segments << 2);
  for (let at = g.offsets; at < last; at += 4) {
    const p = row + load<i32>(at);
    for (let i = 0; i < bytes; i += 16) {
      const a = RELAXED == 1 ? unsigned(v128.load(p + i), flip) : v128.load8x8_s(p + (i >> 1));
      v128.store(to + i, a);
    }
    to += bytes;
  }
}

/** 8 channels of two rows; `out1` is written first. */
@inline export function finish<M>(
  q: Leave, out0: usize, out1: usize, count: i32,
  a0: v128, a1: v128, b0: v128, b1: v128, s0: v128, s1: v128,
): void {
  if (sizeof<M>() == 4) {
    storeRows(out0, out1, count, a0, a1, b0, b1);
    return;
  }
  const bytes = bytes16<M>(q, a0, a1, b0, b1, s0, s1, s0, s1);
  if (count >= 8) {
    v128.store64_lane(out1, bytes, 1);
    v128.store64_lane(out0, bytes, 0);
  } else {
    store8Tail(out1, high64(bytes, bytes), count);
    store8Tail(out0, bytes, count);
  }
}

/** 16 channels of one row, from two panels; `count` of them exist. */
@inline function finishRow<M>(
  q: Leave, out: usize, count: i32, a0: v128, a1: v128, a2: v128, a3: v128, s: usize, t: usize,
): void {
  if (sizeof<M>() == 4) {
    store4Tail(out, a0, count);
    if (count > 4) store4Tail(out + 16, a1, count - 4);
    if (count > 8) store4Tail(out + 32, a2, count - 8);
    if (count > 12) store4Tail(out + 48, a3, count - 12);
    return;
  }
  const bytes = bytes16<M>(q, a0, a1, a2, a3, v128.load(s), v128.load(s, 16), v128.load(t), v128.load(t, 16));
  if (count >= 16) {
    v128.store(out, bytes);
    return;
  }
  store8Tail(out, bytes, count);
  if (count > 8) store8Tail(out + 8, high64(bytes, bytes), count - 8);
}

/** One row whose words lie `step` bytes apart, the channels n…end − 1: four panels at once. Panels that are missing repeat the first. */
function oneRow<M>(g: GemmInt8, operand: usize, step: i32, out: usize, n: i32, end: i32): void {
  const q = g.leave;
  const panelBytes = g.panelBytes;
  const bytes = g.segments * g.words << 5;
  for (; n < end; n += 32) {
    let w = g.panels + (n >> 3) * panelBytes;
    const count = end - n;
    const n1 = count > 8 ? panelBytes : 0;
    const n2 = count > 16 ? 2 * panelBytes : 0;
    const n3 = count > 24 ? 3 * panelBytes : 0;
    let c0 = v128.load(w), c1 = v128.load(w, 16), c2 = v128.load(w + n1), c3 = v128.load(w + n1, 16);
    let c4 = v128.load(w + n2), c5 = v128.load(w + n2, 16), c6 = v128.load(w + n3), c7 = v128.load(w + n3, 16);
    w += 32;
    let p = operand;
    for (const last = w + bytes; w < last; w += 32) {
      const a = v128.load32_splat(p);
      p += step;
      c0 = dot(v128.load(w), a, c0);
      c1 = dot(v128.load(w, 16), a, c1);
      c2 = dot(v128.load(w + n1), a, c2);
      c3 = dot(v128.load(w + n1, 16), a, c3);
      c4 = dot(v128.load(w + n2), a, c4);
      c5 = dot(v128.load(w + n2, 16), a, c5);
      c6 = dot(v128.load(w + n3), a, c6);
      c7 = dot(v128.load(w + n3, 16), a, c7);
    }
    const o = out + n * leaveBytes<M>();
    finishRow<M>(q, o, count, c0, c1, c2, c3, w, w + n1);
    if (n2) finishRow<M>(q, o + 16 * leaveBytes<M>(), count - 16, c4, c5, c6, c7, w + n2, w + n3);
  }
}

/** Six rows at a time: 12 sums are as many as V8 keeps in registers. */
function sixRows<M>(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  const width = g.width;
  const stepX = g.stepX;
  const outStep = g.outStep;
  const channels = g.channels;
  const bytes = g.segments * g.words << 5;
  const q = g.leave;
  let line = from + first / width * g.stepY;
  let x = first % width;
  for (let row = first; row < last; row += 6) {
    const left = last - row;
    const r0 = line + x * stepX;
    let r1 = r0, r2 = r0, r3 = r0, r4 = r0, r5 = r0;
    if (++x == width) { x = 0; line += g.stepY; }
    if (left > 1) { r1 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    if (left > 2) { r2 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    if (left > 3) { r3 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    if (left > 4) { r4 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    if (left > 5) { r5 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    sideBySide6(g, scratch, r0, r1, r2, r3, r4, r5);
    const out = to + row * outStep;
    if (left == 1) {
      oneRow<M>(g, scratch, 24, out, 0, channels);
      return;
    }
    // Missing rows repeat row 0 and are written before it, to its place.
    const o1 = left > 1 ? outStep : 0, o2 = left > 2 ? 2 * outStep : 0, o3 = left > 3 ? 3 * outStep : 0;
    const o4 = left > 4 ? 4 * outStep : 0, o5 = left > 5 ? 5 * outStep : 0;
    let w = g.panels;
    for (let n = 0; n < channels; n += 8) {
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let c00 = b0, c01 = b1, c10 = b0, c11 = b1, c20 = b0, c21 = b1;
      let c30 = b0, c31 = b1, c40 = b0, c41 = b1, c50 = b0, c51 = b1;
      w += 32;
      let p = scratch;
      const end = w + bytes;
      while (w < end) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        w += 32;
        let a = v128.load32_splat(p);
        c00 = dot(w0, a, c00);
        c01 = dot(w1, a, c01);
        a = v128.load32_splat(p, 4);
        c10 = dot(w0, a, c10);
        c11 = dot(w1, a, c11);
        a = v128.load32_splat(p, 8);
        c20 = dot(w0, a, c20);
        c21 = dot(w1, a, c21);
        a = v128.load32_splat(p, 12);
        c30 = dot(w0, a, c30);
        c31 = dot(w1, a, c31);
        a = v128.load32_splat(p, 16);
        c40 = dot(w0, a, c40);
        c41 = dot(w1, a, c41);
        a = v128.load32_splat(p, 20);
        c50 = dot(w0, a, c50);
        c51 = dot(w1, a, c51);
        p += 24;
      }
      const s0 = v128.load(w), s1 = v128.load(w, 16);
      w += 32;
      const count = channels - n;
      const o = out + n * leaveBytes<M>();
      finish<M>(q, o + o4, o + o5, count, c40, c41, c50, c51, s0, s1);
      finish<M>(q, o + o2, o + o3, count, c20, c21, c30, c31, s0, s1);
      finish<M>(q, o, o + o1, count, c00, c01, c10, c11, s0, s1);
    }
  }
}

/** dot16: four rows at a time; 12 accumulators would leave no register for the product that plain SIMD adds apart. */
function fourRows<M>(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  const width = g.width;
  const stepX = g.stepX;
  const outStep = g.outStep;
  const channels = g.channels;
  const bytes = g.segments * g.words << 5;
  const q = g.leave;
  let line = from + first / width * g.stepY;
  let x = first % width;
  for (let row = first; row < last; row += 4) {
    const left = last - row;
    const r0 = line + x * stepX;
    let r1 = r0, r2 = r0, r3 = r0;
    if (++x == width) { x = 0; line += g.stepY; }
    if (left > 1) { r1 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    if (left > 2) { r2 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    if (left > 3) { r3 = line + x * stepX; if (++x == width) { x = 0; line += g.stepY; } }
    sideBySide4(g, scratch, r0, r1, r2, r3);
    const out = to + row * outStep;
    if (left == 1) {
      oneRow<M>(g, scratch, 16, out, 0, channels);
      return;
    }
    const o1 = left > 1 ? outStep : 0, o2 = left > 2 ? 2 * outStep : 0, o3 = left > 3 ? 3 * outStep : 0;
    let w = g.panels;
    for (let n = 0; n < channels; n += 8) {
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let c00 = b0, c01 = b1, c10 = b0, c11 = b1, c20 = b0, c21 = b1, c30 = b0, c31 = b1;
      w += 32;
      let p = scratch;
      const end = w + bytes;
      while (w < end) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        w += 32;
        let a = v128.load32_splat(p);
        c00 = dot(w0, a, c00);
        c01 = dot(w1, a, c01);
        a = v128.load32_splat(p, 4);
        c10 = dot(w0, a, c10);
        c11 = dot(w1, a, c11);
        a = v128.load32_splat(p, 8);
        c20 = dot(w0, a, c20);
        c21 = dot(w1, a, c21);
        a = v128.load32_splat(p, 12);
        c30 = dot(w0, a, c30);
        c31 = dot(w1, a, c31);
        p += 16;
      }
      const s0 = v128.load(w), s1 = v128.load(w, 16);
      w += 32;
      const count = channels - n;
      const o = out + n * leaveBytes<M>();
      finish<M>(q, o + o2, o + o3, count, c20, c21, c30, c31, s0, s1);
      finish<M>(q, o, o + o1, count, c00, c01, c10, c11, s0, s1);
    }
  }
}

@inline function rows<M>(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  scratch += thread * g.tileBytes;
  if (RELAXED == 1) sixRows<M>(g, from, to, scratch, first, last);
  else fourRows<M>(g, from, to, scratch, first, last);
}

/** All rows, the channels of the blocks of 32 first…last. */
@inline function blocks<M>(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  scratch += thread * g.tileBytes;
  const end = min(last << 5, g.channels);
  let line = from;
  let x = 0;
  for (let row = 0; row < g.rows; row++) {
    const r0 = line + x * g.stepX;
    if (++x == g.width) { x = 0; line += g.stepY; }
    alone(g, scratch, r0);
    oneRow<M>(g, scratch, 4, to + row * g.outStep, first << 5, end);
  }
}

/** Each computes the rows first…last. */
export function gemmI8(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  switch (g.leave.mode) {
    case 0: rows<Even>(g, from, to, scratch, first, last); return;
    case 1: rows<Open>(g, from, to, scratch, first, last); return;
    default: rows<Clamped>(g, from, to, scratch, first, last);
  }
}
export function gemmI32(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  rows<Sums>(g, from, to, scratch, first, last);
}
/** Each computes the blocks first…last of 32 channels, for few rows. */
export function gemmRowI8(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  blocks<Clamped>(g, from, to, scratch, first, last);
}
export function gemmRowI32(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  blocks<Sums>(g, from, to, scratch, first, last);
}
