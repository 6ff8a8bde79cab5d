// Adam (arXiv 1412.6980, algorithm 1; β 0.9 and 0.999, ε 1e-7 as Keras has it) over flat vectors.
// c1 and c2 are 1 / (1 − βᵗ), or 1 for c2 with its root in c1, which puts ε where Keras has it.
import { loadPart, storePart } from './lanes';

// @ts-ignore: decorator
@inline
function direction(g: usize, m: usize, v: usize, c1: v128, c2: v128, count: i32): v128 {
  const x = loadPart(g, count);
  const a = f32x4.add(
    f32x4.mul(loadPart(m, count), f32x4.splat(0.9)),
    f32x4.mul(x, f32x4.splat(0.1)),
  );
  const b = f32x4.add(
    f32x4.mul(loadPart(v, count), f32x4.splat(0.999)),
    f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.001)),
  );
  storePart(m, a, count);
  storePart(v, b, count);
  return f32x4.div(
    f32x4.mul(a, c1),
    f32x4.add(f32x4.sqrt(f32x4.mul(b, c2)), f32x4.splat(1e-7)),
  );
}

/** w −= rate · unit · direction. */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  unit: usize,
  n: i32,
  rate: f32,
  c1: f32,
  c2: f32,
): void {
  const r = f32x4.splat(rate);
  for (let i = 0; i < n; i += 4) {
    const at = i << 2;
    const count = n - i;
    const d = direction(g + at, m + at, v + at, f32x4.splat(c1), f32x4.splat(c2), count);
    const step = f32x4.mul(f32x4.mul(r, loadPart(unit + at, count)), d);
    storePart(w + at, f32x4.sub(loadPart(w + at, count), step), count);
  }
}

/** Scales: w −= rate · unit · w · direction, never below half of what it was. */
export function adamScales(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  unit: usize,
  n: i32,
  rate: f32,
  c1: f32,
  c2: f32,
): void {
  const r = f32x4.splat(rate);
  for (let i = 0; i < n; i += 4) {
    const at = i << 2;
    const count = n - i;
    const d = direction(g + at, m + at, v + at, f32x4.splat(c1), f32x4.splat(c2), count);
    const x = loadPart(w + at, count);
    const step = f32x4.mul(f32x4.mul(f32x4.mul(r, loadPart(unit + at, count)), x), d);
    const next = f32x4.sub(x, step);
    storePart(w + at, f32x4.pmax(next, f32x4.mul(x, f32x4.splat(0.5))), count);
  }
}
