/** Functions after a linear layer, with their slopes: what its reconstruction is judged behind. */

export type ActivationName =
  | 'NONE'
  | 'RELU'
  | 'RELU6'
  | 'RELU_N1_TO_1'
  | 'LEAKY_RELU'
  | 'HARD_SWISH'
  | 'SWISH'
  | 'LOGISTIC'
  | 'TANH'
  | 'ELU'
  | 'GELU';

export interface Activation {
  of(x: number): number;
  slope(x: number): number;
}

const clamp = (low: number, high: number): Activation => ({
  of: (x) => (x < low ? low : x > high ? high : x),
  slope: (x) => (x > low && x < high ? 1 : 0),
});
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const GELU = Math.sqrt(2 / Math.PI);
const geluTanh = (x: number) => Math.tanh(GELU * (x + 0.044715 * x * x * x));

const functions: Readonly<Record<Exclude<ActivationName, 'LEAKY_RELU'>, Activation>> = {
  NONE: { of: (x) => x, slope: () => 1 },
  RELU: clamp(0, Infinity),
  RELU6: clamp(0, 6),
  RELU_N1_TO_1: clamp(-1, 1),
  HARD_SWISH: {
    of: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
    slope: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6),
  },
  SWISH: {
    of: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  },
  LOGISTIC: { of: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)) },
  TANH: { of: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  ELU: {
    of: (x) => (x > 0 ? x : Math.expm1(x)),
    slope: (x) => (x > 0 ? 1 : Math.exp(x)),
  },
  // The form with tanh: within 1e-3 of the exact one, and the error is weighed by it alone.
  GELU: {
    of: (x) => 0.5 * x * (1 + geluTanh(x)),
    slope: (x) => {
      const t = geluTanh(x);
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * GELU * (1 + 3 * 0.044715 * x * x);
    },
  },
};

/** @param alpha of LEAKY_RELU below 0 */
export function activationOf(name: ActivationName, alpha = 0): Activation {
  if (name !== 'LEAKY_RELU') return functions[name];
  return { of: (x) => (x < 0 ? alpha * x : x), slope: (x) => (x < 0 ? alpha : 1) };
}
