// A batch of rows: each number quantized or float by a draw that depends on seed, row and place alone.

// @ts-ignore: decorator
@inline
function scrambled(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * to[i] = row rows[i] of `quantized`, with numbers of `float` where the draw is at or above `below` (of 2³²).
 * Rows of `length` floats (a multiple of 4, or with slack behind).
 */
export function mix(
  quantized: usize,
  float: usize,
  rows: usize,
  count: i32,
  length: i32,
  to: usize,
  seed: i32,
  below: i32,
): void {
  const lanes = i32x4(0, 1, 2, 3);
  const limit = i32x4.splat(below);
  for (let i = 0; i < count; i++) {
    const row = load<i32>(rows + (i << 2));
    const from = row * (length << 2);
    const start = seed ^ (row * 0x9e3779b1);
    let j = 0;
    for (; j + 4 <= length; j += 4) {
      const at = from + (j << 2);
      const draw = scrambled(i32x4.add(i32x4.splat(start + j), lanes));
      const mask = i32x4.lt_u(draw, limit);
      v128.store(to, v128.bitselect(v128.load(quantized + at), v128.load(float + at), mask));
      to += 16;
    }
    for (; j < length; j++) {
      const at = from + (j << 2);
      const draw = <u32>i32x4.extract_lane(scrambled(i32x4.splat(start + j)), 0);
      store<f32>(to, load<f32>((draw < <u32>below ? quantized : float) + at));
      to += 4;
    }
  }
}

/** The same rows without a draw. */
export function take(from: usize, rows: usize, count: i32, length: i32, to: usize): void {
  const bytes = length << 2;
  for (let i = 0; i < count; i++) {
    memory.copy(to + i * bytes, from + load<i32>(rows + (i << 2)) * bytes, bytes);
  }
}
