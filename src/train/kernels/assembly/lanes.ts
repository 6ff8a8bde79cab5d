// Four float32 lanes. Tensors of TF.js have no slack: nothing here writes (or reads) past `count`.

// @ts-ignore: decorator
@inline
export function madd(acc: v128, a: v128, b: v128): v128 {
  return f32x4.add(acc, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Up to four floats; lanes beyond `count` are 0. */
// @ts-ignore: decorator
@inline
export function loadPart(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let v = f32x4.splat(0);
  if (count > 0) v = f32x4.replace_lane(v, 0, f32.load(from));
  if (count > 1) v = f32x4.replace_lane(v, 1, f32.load(from, 4));
  if (count > 2) v = f32x4.replace_lane(v, 2, f32.load(from, 8));
  return v;
}

// @ts-ignore: decorator
@inline
export function storePart(to: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, v);
    return;
  }
  if (count > 0) f32.store(to, f32x4.extract_lane(v, 0));
  if (count > 1) f32.store(to, f32x4.extract_lane(v, 1), 4);
  if (count > 2) f32.store(to, f32x4.extract_lane(v, 2), 8);
}

/** The first `count` of eight floats. */
// @ts-ignore: decorator
@inline
export function storeEight(to: usize, a: v128, b: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, a);
    v128.store(to, b, 16);
    return;
  }
  storePart(to, a, count);
  storePart(to + 16, b, count - 4);
}

// @ts-ignore: decorator
@inline
export function sumOf(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}
