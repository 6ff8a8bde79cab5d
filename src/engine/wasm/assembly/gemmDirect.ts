/**
 * gemmInt8.ts for an operand that is a copy anyway and has the form that relaxed dots take already (pad.ts padU8): its
 * rows are read where they are, and nothing is written side by side.
 */
import { finish, GemmInt8 } from './gemmInt8';
import { dot } from './lanes';
import { Clamped, Even, leaveBytes, Open } from './leave';

function direct<M>(g: GemmInt8, from: usize, to: usize, first: i32, last: i32): void {
  const width = g.width;
  const stepX = g.stepX;
  const q = g.leave;
  const channels = g.channels;
  const outStep = g.outStep;
  const bytes = g.words << 5;
  const end = g.offsets + (g.segments << 2);
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
    const out = to + row * outStep;
    // Missing rows repeat row 0 and are written before it, to its place.
    const o1 = left > 1 ? outStep : 0, o2 = left > 2 ? 2 * outStep : 0, o3 = left > 3 ? 3 * outStep : 0;
    const o4 = left > 4 ? 4 * outStep : 0, o5 = left > 5 ? 5 * outStep : 0;
    let w = g.panels;
    for (let n = 0; n < channels; n += 8) {
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let c00 = b0, c01 = b1, c10 = b0, c11 = b1, c20 = b0, c21 = b1;
      let c30 = b0, c31 = b1, c40 = b0, c41 = b1, c50 = b0, c51 = b1;
      w += 32;
      for (let at = g.offsets; at < end; at += 4) {
        let i = load<i32>(at);
        const next = w + bytes;
        while (w < next) {
          const w0 = v128.load(w), w1 = v128.load(w, 16);
          w += 32;
          let a = v128.load32_splat(r0 + i);
          c00 = dot(w0, a, c00);
          c01 = dot(w1, a, c01);
          a = v128.load32_splat(r1 + i);
          c10 = dot(w0, a, c10);
          c11 = dot(w1, a, c11);
          a = v128.load32_splat(r2 + i);
          c20 = dot(w0, a, c20);
          c21 = dot(w1, a, c21);
          a = v128.load32_splat(r3 + i);
          c30 = dot(w0, a, c30);
          c31 = dot(w1, a, c31);
          a = v128.load32_splat(r4 + i);
          c40 = dot(w0, a, c40);
          c41 = dot(w1, a, c41);
          a = v128.load32_splat(r5 + i);
          c50 = dot(w0, a, c50);
          c51 = dot(w1, a, c51);
          i += 4;
        }
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

/** Computes the rows first…last; `scratch` isn't needed. */
export function gemmDirectI8(g: GemmInt8, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  if (RELAXED == 0) return;
  switch (g.leave.mode) {
    case 0: direct<Even>(g, from, to, first, last); return;
    case 1: direct<Open>(g, from, to, first, last); return;
    default: direct<Clamped>(g, from, to, first, last);
  }
}
