/**
 * Element-wise functions of one tensor. Source: TFLite elementwise.cc, activations.cc, gelu.h,
 * round.h (ties to even). NaN stays NaN, also in clamps, where the
 * runtime's answer depends on the processor.
 */
import type { OpName } from '../../../model/ops';
import type { Kernel, KernelFactory, KernelSite } from '../../engine';
import { broadcastIndex, broadcastPlan, roundHalfEven } from '../../numerics';
import { floats } from '../site';
import { byOperator, joined, type KernelTable } from '../table';
import { erfc } from './erf';
import { isFloat } from './site';

type Unary = (x: number) => number;

const gelu: Unary = (x) => 0.5 * x * erfc(-x * Math.SQRT1_2);
const geluByTanh: Unary = (x) =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

function mapped(site: KernelSite, own: Unary): Kernel | undefined {
  if (!isFloat(site)) return undefined;
  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const output = floats(outputs[0]);
    for (let i = 0; i < output.length; i++) output[i] = own(input[i]!);
  };
}

const functionKernels = byOperator(
  {
    ABS: Math.abs,
    CEIL: Math.ceil,
    COS: Math.cos,
    ELU: (x) => (x < 0 ? Math.expm1(x) : x),
    EXP: Math.exp,
    FLOOR: Math.floor,
    LOG: Math.log,
    LOGISTIC: (x) => 1 / (1 + Math.exp(-x)),
    NEG: (x) => -x,
    ROUND: roundHalfEven,
    RSQRT: (x) => 1 / Math.sqrt(x),
    SIGN: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0), // NaN gives 0
    SIN: Math.sin,
    SQRT: Math.sqrt,
    SQUARE: (x) => x * x,
    TANH: Math.tanh,
  } satisfies Partial<Record<OpName, Unary>>,
  mapped,
);

const geluKernel: KernelFactory = (site) =>
  site.node.op === 'GELU'
    ? mapped(site, site.node.attrs.approximate ? geluByTanh : gelu)
    : undefined;

/** Clamps to [low, high]; NaN passes. */
const clampKernels = byOperator(
  {
    RELU: [0, Infinity],
    RELU6: [0, 6],
    RELU_N1_TO_1: [-1, 1],
    RELU_0_TO_1: [0, 1],
  } satisfies Partial<Record<OpName, readonly [number, number]>>,
  (site, [low, high]) => {
    if (!isFloat(site)) return undefined;
    return (inputs, outputs) => {
      const input = floats(inputs[0]);
      const output = floats(outputs[0]);
      for (let i = 0; i < output.length; i++) {
        const x = input[i]!;
        output[i] = x < low ? low : x > high ? high : x;
      }
    };
  },
);

const leakyRelu: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'LEAKY_RELU' || !isFloat(site)) return undefined;
  const { alpha } = node.attrs;
  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const output = floats(outputs[0]);
    for (let i = 0; i < output.length; i++)
      output[i] = input[i]! < 0 ? input[i]! * alpha : input[i]!;
  };
};

const hardSwish: KernelFactory = (site) => {
  if (!isFloat(site)) return undefined;
  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const output = floats(outputs[0]);
    for (let i = 0; i < output.length; i++) {
      const x = input[i]!;
      const gate = x + 3 < 0 ? 0 : x + 3 > 6 ? 6 : x + 3;
      output[i] = (x * gate) / 6;
    }
  };
};

/** (input, slope); the slope is broadcast. */
const prelu: KernelFactory = (site) => {
  const [input, slope] = site.inputs;
  if (!input || !slope || !isFloat(site)) return undefined;
  const plan = broadcastPlan([input.shape, slope.shape]);
  const slopeOf = broadcastIndex(plan.shape, plan.strides[1]!);
  return (inputs, outputs) => {
    const from = floats(inputs[0]);
    const slopes = floats(inputs[1]);
    const output = floats(outputs[0]);
    for (let i = 0; i < output.length; i++) {
      const x = from[i]!;
      output[i] = x < 0 ? x * slopes[slopeOf[i]!]! : x;
    }
  };
};

export const unaryKernels = joined(functionKernels, clampKernels, {
  GELU: geluKernel,
  HARD_SWISH: hardSwish,
  LEAKY_RELU: leakyRelu,
  PRELU: prelu,
} satisfies KernelTable);
