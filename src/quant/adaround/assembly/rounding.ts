// Between two integers: weights = scale · (base + h(V)), arXiv 2004.10568 eq. 22–24, and Adam on V
// (arXiv 1412.6980). Everything in whole vectors; scales repeat every `width` floats within a panel.
import { exp, log } from './lanes';

const ZETA: f32 = 1.1;
const GAMMA: f32 = -0.1;

// @ts-ignore: decorator
@inline
function sigmoid(v: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(v))));
}

// @ts-ignore: decorator
@inline
function rectified(s: v128): v128 {
  const h = f32x4.add(f32x4.mul(s, f32x4.splat(ZETA - GAMMA)), f32x4.splat(GAMMA));
  return f32x4.min(f32x4.max(h, f32x4.splat(0)), f32x4.splat(1));
}

/** w = scale · (base + h(v)) of `panels` × k × width numbers; `width` scales a panel. */
export function soften(v: usize, base: usize, scale: usize, w: usize, panels: i32, k: i32, width: i32): void {
  const bytes = width << 2;
  let at = 0;
  for (let n = 0; n < panels; n++) {
    for (let i = 0; i < k; i++) {
      for (let c = 0; c < bytes; c += 16) {
        const h = rectified(sigmoid(v128.load(v + at)));
        const real = f32x4.mul(v128.load(scale + c), f32x4.add(v128.load(base + at), h));
        v128.store(w + at, real);
        at += 16;
      }
    }
    scale += bytes;
  }
}

/**
 * gradients of the whole loss to V, in place of those to h: g · h′ − λ β |2h − 1|^(β−1) · sign(2h − 1) · 2 h′.
 * `lambda` 0: without the regulariser.
 */
export function gradientToV(g: usize, v: usize, count: i32, lambda: f32, beta: f32): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  for (let at = 0; at < count << 2; at += 16) {
    const s = sigmoid(v128.load(v + at));
    const h = f32x4.add(f32x4.mul(s, f32x4.splat(ZETA - GAMMA)), f32x4.splat(GAMMA));
    const inside = v128.and(f32x4.gt(h, zero), f32x4.lt(h, one));
    let slope = f32x4.mul(f32x4.splat(ZETA - GAMMA), f32x4.mul(s, f32x4.sub(one, s)));
    slope = v128.and(slope, inside);
    let d = v128.load(g + at);
    if (lambda != 0) {
      const t = f32x4.sub(f32x4.add(h, h), one);
      const size = f32x4.max(f32x4.abs(t), f32x4.splat(1e-20));
      const power = exp(f32x4.mul(f32x4.splat(beta - 1), log(size)));
      const pull = f32x4.mul(f32x4.splat(2 * lambda * beta), power);
      const sign = v128.and(t, i32x4.splat(0x80000000));
      d = f32x4.sub(d, v128.or(pull, sign));
    }
    v128.store(g + at, f32x4.mul(d, slope));
  }
}

/** Adam, β 0.9 and 0.999, ε 1e-8; c1, c2: 1 / (1 − βᵗ). */
export function adam(v: usize, g: usize, m: usize, s: usize, count: i32, rate: f32, c1: f32, c2: f32): void {
  const r = f32x4.splat(rate * c1);
  for (let at = 0; at < count << 2; at += 16) {
    const x = v128.load(g + at);
    const a = f32x4.add(f32x4.mul(v128.load(m + at), f32x4.splat(0.9)), f32x4.mul(x, f32x4.splat(0.1)));
    const b = f32x4.add(
      f32x4.mul(v128.load(s + at), f32x4.splat(0.999)),
      f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.001)),
    );
    v128.store(m + at, a);
    v128.store(s + at, b);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(b, f32x4.splat(c2))), f32x4.splat(1e-8));
    v128.store(v + at, f32x4.sub(v128.load(v + at), f32x4.div(f32x4.mul(r, a), root)));
  }
}
