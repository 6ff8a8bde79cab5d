/**
 * float32 elementary functions as emscripten's musl computes them (the runtime's tables are made
 * with them). Source: musl src/math/expf.c, expm1f.c, tanhf.c; exp2f_data.c (polynomial, N = 32).
 */
const f = Math.fround;
const tableSize = 32;
const inverseLn2N = Math.LOG2E * tableSize; // 0x1.71547652b82fep+0 · N
const shiftBias = 1.5 * 2 ** 52;
const c0 = 0.05550361559341535 / tableSize / tableSize / tableSize; // 0x1.c6af84b912394p-5
const c1 = 0.2402284522445722 / tableSize / tableSize; // 0x1.ebfce50fac4f3p-3
const c2 = 0.6931471806916203 / tableSize; // 0x1.62e42ff0c52d6p-1

/** exp of a float32, float32 result. */
export function expf(x: number): number {
  if (x > 88.72283172607422) return Infinity; // 0x1.62e42ep6
  if (x < -103.9720764) return 0; // 0x1.9fe368p6
  const z = inverseLn2N * x;
  const k = z + shiftBias - shiftBias;
  const r = z - k;
  const scale = 2 ** (k / tableSize);
  const r2 = r * r;
  let y = c2 * r + 1;
  y = (c0 * r + c1) * r2 + y;
  return f(y * scale);
}

const ln2High = f(0.69313812256);
const ln2Low = f(9.0580006145e-6);
const inverseLn2 = f(1.4426950216);
const q1 = f(-0.033333212137);
const q2 = f(0.0015807170421);

/** exp(x) − 1 of a float32. */
export function expm1f(x: number): number {
  const magnitude = Math.abs(x);
  if (x <= -27 * 0.6931471805599453) return -1;
  if (x > 88.72168) return Infinity;
  let k = 0;
  let c = 0;
  let reduced = x;
  if (magnitude > 0.5 * 0.6931471805599453) {
    let high: number;
    let low: number;
    if (magnitude < 1.5 * 0.6931471805599453) {
      k = x < 0 ? -1 : 1;
      high = f(x - k * ln2High);
      low = k * ln2Low;
    } else {
      k = Math.trunc(f(f(inverseLn2 * x) + (x < 0 ? -0.5 : 0.5)));
      high = f(x - f(k * ln2High));
      low = f(k * ln2Low);
    }
    reduced = f(high - low);
    c = f(f(high - reduced) - low);
  } else if (magnitude < 2 ** -25) {
    return x;
  }
  const half = f(0.5 * reduced);
  const squared = f(reduced * half);
  const r1 = f(1 + f(squared * f(q1 + f(squared * q2))));
  const t = f(3 - f(r1 * half));
  let e = f(squared * f(f(r1 - t) / f(6 - f(reduced * t))));
  if (k === 0) return f(reduced - f(f(reduced * e) - squared));
  e = f(f(reduced * f(e - c)) - c);
  e = f(e - squared);
  if (k === -1) return f(f(0.5 * f(reduced - e)) - 0.5);
  if (k === 1) {
    if (reduced < -0.25) return f(-2 * f(e - f(reduced + 0.5)));
    return f(1 + f(2 * f(reduced - e)));
  }
  const power = 2 ** k;
  if (k < 0 || k > 56) {
    const y = f(f(reduced - e) + 1);
    return f(f(y * power) - 1);
  }
  const inverse = 2 ** -k;
  const y = k < 23 ? f(f(reduced - e) + f(1 - inverse)) : f(f(reduced - f(e + inverse)) + 1);
  return f(y * power);
}

/** tanh of a float32. */
export function tanhf(x: number): number {
  const magnitude = Math.abs(x);
  let t: number;
  if (magnitude > 0.5493061542510986) {
    if (magnitude > 10) {
      t = f(1 + 0 / magnitude);
    } else {
      t = expm1f(f(2 * magnitude));
      t = f(1 - f(2 / f(t + 2)));
    }
  } else if (magnitude > 0.2554128170013428) {
    t = expm1f(f(2 * magnitude));
    t = f(t / f(t + 2));
  } else if (magnitude >= 1.1754943508222875e-38) {
    t = expm1f(f(-2 * magnitude));
    t = f(-t / f(t + 2));
  } else {
    t = magnitude;
  }
  return x < 0 ? -t : t;
}

/** Natural logarithm of a float32, correctly rounded up to double's own error. */
export function logf(x: number): number {
  return f(Math.log(x));
}

/** erfc in double, relative error below 2e-16·20 (Numerical Recipes 3rd ed. §6.2.2, erfccheb). */
export function erfc(x: number): number {
  const z = Math.abs(x);
  const t = 2 / (2 + z);
  const ty = 4 * t - 2;
  let d = 0;
  let dd = 0;
  for (let j = erfcCoefficients.length - 1; j > 0; j--) {
    const previous = d;
    d = ty * d - dd + erfcCoefficients[j]!;
    dd = previous;
  }
  const value = t * Math.exp(-z * z + 0.5 * (erfcCoefficients[0]! + ty * d) - dd);
  return x >= 0 ? value : 2 - value;
}

const erfcCoefficients = [
  -1.3026537197817094, 0.6419697923564902, 1.9476473204185836e-2, -9.561514786808631e-3,
  -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
  -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
  5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12,
  8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16,
  -2.8e-17,
];
