/**
 * ADD, SUB, MUL, MAXIMUM, MINIMUM with broadcasting, and RELU, RELU6, LEAKY_RELU, ABS, all int16. Sums: both operands shifted left
 * by 15 and brought to one grid in fixed point, as the int8 builtin kernel does with 20 (add.cc, sub.cc).
 */
import type { KernelFactory, KernelSite } from '../../engine';
import {
  broadcastIndex,
  broadcastPlan,
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
} from '../../numerics';
import { isClamp } from '../int/site';
import type { KernelTable } from '../table';
import { int16, least, most, rangeOn, scaleOf } from './numerics';

const f = Math.fround;
type Combine = (a: number, b: number) => number;
const leftShift = 15;

function sum(a: number, b: number, to: number, sign: 1 | -1): Combine {
  const twice = 2 * Math.max(a, b);
  const one = quantizeMultiplier(a / twice);
  const two = quantizeMultiplier(b / twice);
  const out = quantizeMultiplier(twice / (2 ** leftShift * to));
  return (p, q) => {
    const first = multiplyByQuantizedMultiplier(p << leftShift, one.multiplier, one.shift);
    const second = multiplyByQuantizedMultiplier(q << leftShift, two.multiplier, two.shift);
    return multiplyByQuantizedMultiplier(first + sign * second, out.multiplier, out.shift);
  };
}

function product(a: number, b: number, to: number): Combine {
  // mul.cc divides in float32.
  const { multiplier, shift } = quantizeMultiplier(f(f(a * b) / to));
  return (p, q) => multiplyByQuantizedMultiplier(p * q, multiplier, shift);
}

function combineOf({ node }: KernelSite, a: number, b: number, to: number): Combine | undefined {
  switch (node.op) {
    case 'ADD':
    case 'SUB':
    case 'MUL': {
      const { activation } = node.attrs;
      if (!isClamp(activation)) return undefined;
      const { low, high } = rangeOn(activation, to);
      const combine =
        node.op === 'MUL' ? product(a, b, to) : sum(a, b, to, node.op === 'ADD' ? 1 : -1);
      return (p, q) => clamp(combine(p, q), low, high);
    }
    case 'MAXIMUM':
      return (p, q) => (p > q ? p : q);
    case 'MINIMUM':
      return (p, q) => (p < q ? p : q);
    default:
      return undefined;
  }
}

const binary: KernelFactory = (site) => {
  const [first, second] = site.inputs;
  const a = scaleOf(first);
  const b = scaleOf(second);
  const to = scaleOf(site.outputs[0]);
  if (a === undefined || b === undefined || to === undefined) return undefined;
  const combine = combineOf(site, a, b, to);
  if (!combine) return undefined;
  const plan = broadcastPlan([first!.shape, second!.shape]);
  const indexA = broadcastIndex(plan.shape, plan.strides[0]!);
  const indexB = broadcastIndex(plan.shape, plan.strides[1]!);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const z = int16(inputs[1]);
    const y = int16(outputs[0]);
    for (let i = 0; i < y.length; i++) y[i] = combine(x[indexA[i]!]!, z[indexB[i]!]!);
  };
};

/** activations.cc QuantizedReluX: fixed point, then the clamp. */
const rectify: KernelFactory = (site) => {
  const from = scaleOf(site.inputs[0]);
  const to = scaleOf(site.outputs[0]);
  const { op } = site.node;
  if (from === undefined || to === undefined || (op !== 'RELU' && op !== 'RELU6')) return undefined;
  const { multiplier, shift } = quantizeMultiplier(f(from / to));
  const { low, high } = rangeOn(op, to);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    for (let i = 0; i < y.length; i++)
      y[i] = clamp(multiplyByQuantizedMultiplier(x[i]!, multiplier, shift), low, high);
  };
};

/** leaky_relu.h QuantizeLeakyRelu; a slope below 0 has the multiplier of its magnitude. */
const leakyRelu: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  const from = scaleOf(input);
  const to = scaleOf(output);
  if (node.op !== 'LEAKY_RELU' || from === undefined || to === undefined) return undefined;
  const alpha = f(node.attrs.alpha);
  if (alpha < 0) return undefined;
  const identity = quantizeMultiplier(f(from / to));
  const slope = quantizeMultiplier(f(f(from * alpha) / to));
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    for (let i = 0; i < y.length; i++) {
      const { multiplier, shift } = x[i]! >= 0 ? identity : slope;
      y[i] = clamp(multiplyByQuantizedMultiplier(x[i]!, multiplier, shift), least, most);
    }
  };
};

/** elementwise.cc AbsEvalQuantized. */
const absolute: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  const from = scaleOf(input);
  const to = scaleOf(output);
  if (node.op !== 'ABS' || from === undefined || to === undefined) return undefined;
  const { multiplier, shift } = quantizeMultiplier(f(from / to));
  const scaled = (x: number) =>
    from === to ? x : multiplyByQuantizedMultiplier(x, multiplier, shift);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    for (let i = 0; i < y.length; i++) y[i] = clamp(scaled(Math.abs(x[i]!)), least, most);
  };
};

export const elementwiseKernels = {
  ABS: absolute,
  ADD: binary,
  LEAKY_RELU: leakyRelu,
  MAXIMUM: binary,
  MINIMUM: binary,
  MUL: binary,
  RELU: rectify,
  RELU6: rectify,
  SUB: binary,
} satisfies KernelTable;
