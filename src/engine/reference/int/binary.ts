/**
 * ADD, SUB, MUL, MAXIMUM, MINIMUM, SQUARED_DIFFERENCE, int8, with broadcasting.
 * XNNPACK: microparams-init.c xnn_init_qs8_add_minmax_wasmsimd_params (21-bit multipliers, one
 * rounding shift) and xnn_init_qs8_mul_minmax_fp32_wasmsimd_params (float32 requantization).
 * The runtime takes TFLite's builtin kernel where the scales are outside XNNPACK's limits
 * (xnnpack_delegate.cc CheckTensorsInputOutputScale, CheckTensorsInputProductOutputScale).
 */
import type { KernelFactory, KernelSite } from '../../engine';
import type { KernelTable } from '../table';
import type { Activation } from '../../../model/ops';
import {
  broadcastIndex,
  broadcastPlan,
  clamp,
  floatRequantizer,
  multiplyByQuantizedMultiplier,
  quantizedActivationRange,
  quantizeMultiplier,
  roundHalfEven,
} from '../../numerics';
import { affine, int8, isClamp, isInt8, xnnActivationRange, type Affine } from './site';

/** One element of each operand → one of the output. */
type Combine = (a: number, b: number) => number;

/** Multiplier, shift and rounding of XNNPACK's qs8 addition; `sign` −1 subtracts b. */
export interface AddParams {
  readonly multiplierA: number;
  readonly multiplierB: number;
  readonly shift: number;
  readonly bias: number;
}

export function xnnAddParams(a: Affine, b: Affine, output: Affine, sign: 1 | -1): AddParams {
  const scaleA = Math.fround(a.scale / output.scale);
  const scaleB = Math.fround(b.scale / output.scale);
  const exponent = binaryExponent(Math.max(scaleA, scaleB));
  const shift = 20 - exponent;
  const multiplierA = roundHalfEven(scaleA * 2 ** shift);
  const multiplierB = sign * roundHalfEven(scaleB * 2 ** shift);
  const bias = 2 ** (shift - 1) - multiplierA * a.zeroPoint - multiplierB * b.zeroPoint;
  return { multiplierA, multiplierB, shift, bias: bias | 0 };
}

/** floor(log2 x) of a normal positive float. */
function binaryExponent(x: number): number {
  let exponent = Math.floor(Math.log2(x));
  if (2 ** exponent > x) exponent--;
  if (2 ** (exponent + 1) <= x) exponent++;
  return exponent;
}

function within(ratio: number, least: number, most: number): boolean {
  return ratio >= least && ratio < most;
}

function addition(
  a: Affine,
  b: Affine,
  output: Affine,
  activation: Activation,
  sign: 1 | -1,
): Combine {
  const ratios = [Math.fround(a.scale / output.scale), Math.fround(b.scale / output.scale)];
  if (ratios.every((ratio) => within(ratio, 2 ** -10, 2 ** 8))) {
    const { multiplierA, multiplierB, shift, bias } = xnnAddParams(a, b, output, sign);
    const { low, high } = xnnActivationRange(activation, output);
    const zero = output.zeroPoint;
    return (p, q) => {
      const acc = (bias + p * multiplierA + q * multiplierB) | 0;
      return clamp((acc >> shift) + zero, low, high);
    };
  }
  // reference/integer_ops/add.h, add.cc PrepareGeneralScale: left shift 20.
  const twice = 2 * Math.max(a.scale, b.scale);
  const one = quantizeMultiplier(a.scale / twice);
  const two = quantizeMultiplier(b.scale / twice);
  const out = quantizeMultiplier(twice / (2 ** 20 * output.scale));
  const { low, high } = quantizedActivationRange(activation, output.scale, output.zeroPoint);
  return (p, q) => {
    const first = multiplyByQuantizedMultiplier((p - a.zeroPoint) << 20, one.multiplier, one.shift);
    const second = multiplyByQuantizedMultiplier(
      (q - b.zeroPoint) << 20,
      two.multiplier,
      two.shift,
    );
    const sum = multiplyByQuantizedMultiplier(first + sign * second, out.multiplier, out.shift);
    return clamp(sum + output.zeroPoint, low, high);
  };
}

function multiplication(a: Affine, b: Affine, output: Affine, activation: Activation): Combine {
  const scale = Math.fround(Math.fround(a.scale * b.scale) / output.scale);
  if (within(scale, 2 ** -16, 2 ** 8)) {
    const stage = floatRequantizer(
      [scale],
      output.zeroPoint,
      xnnActivationRange(activation, output),
    );
    return (p, q) => stage((p - a.zeroPoint) * (q - b.zeroPoint), 0);
  }
  const { multiplier, shift } = quantizeMultiplier((a.scale * b.scale) / output.scale);
  const { low, high } = quantizedActivationRange(activation, output.scale, output.zeroPoint);
  return (p, q) => {
    const product = (p - a.zeroPoint) * (q - b.zeroPoint);
    const scaled = multiplyByQuantizedMultiplier(product, multiplier, shift);
    return clamp(scaled + output.zeroPoint, low, high);
  };
}

/** squared_difference.cc: left shift 7, builtin kernel only. */
function squaredDifference(a: Affine, b: Affine, output: Affine): Combine {
  const leftShift = 7;
  const twice = 2 * Math.max(a.scale, b.scale);
  const one = quantizeMultiplier(a.scale / twice);
  const two = quantizeMultiplier(b.scale / twice);
  const out = quantizeMultiplier((twice * twice) / (2 ** (leftShift * 2) * output.scale));
  return (p, q) => {
    const first = multiplyByQuantizedMultiplier(
      (p - a.zeroPoint) << leftShift,
      one.multiplier,
      one.shift,
    );
    const second = multiplyByQuantizedMultiplier(
      (q - b.zeroPoint) << leftShift,
      two.multiplier,
      two.shift,
    );
    const difference = first - second;
    const scaled = multiplyByQuantizedMultiplier(
      difference * difference,
      out.multiplier,
      out.shift,
    );
    return clamp(scaled + output.zeroPoint, -128, 127);
  };
}

function combineOf(
  { node }: KernelSite,
  a: Affine,
  b: Affine,
  output: Affine,
): Combine | undefined {
  switch (node.op) {
    case 'ADD':
      return isClamp(node.attrs.activation)
        ? addition(a, b, output, node.attrs.activation, 1)
        : undefined;
    case 'SUB':
      return isClamp(node.attrs.activation)
        ? addition(a, b, output, node.attrs.activation, -1)
        : undefined;
    case 'MUL':
      return isClamp(node.attrs.activation)
        ? multiplication(a, b, output, node.attrs.activation)
        : undefined;
    case 'MAXIMUM':
      return (p, q) => (p > q ? p : q);
    case 'MINIMUM':
      return (p, q) => (p < q ? p : q);
    case 'SQUARED_DIFFERENCE':
      return squaredDifference(a, b, output);
    default:
      return undefined;
  }
}

const binary: KernelFactory = (site) => {
  const [first, second] = site.inputs;
  const output = site.outputs[0];
  if (!isInt8(first) || !isInt8(second) || !isInt8(output)) return undefined;
  const a = affine(first);
  const b = affine(second);
  const out = affine(output);
  if (!a || !b || !out) return undefined;
  const combine = combineOf(site, a, b, out);
  if (!combine) return undefined;
  const plan = broadcastPlan([first.shape, second.shape]);
  if (plan.same) {
    return (inputs, outputs) => {
      const x = int8(inputs[0]);
      const z = int8(inputs[1]);
      const y = int8(outputs[0]);
      for (let i = 0; i < y.length; i++) y[i] = combine(x[i]!, z[i]!);
    };
  }
  const indexA = broadcastIndex(plan.shape, plan.strides[0]!);
  const indexB = broadcastIndex(plan.shape, plan.strides[1]!);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const z = int8(inputs[1]);
    const y = int8(outputs[0]);
    for (let i = 0; i < y.length; i++) y[i] = combine(x[indexA[i]!]!, z[indexB[i]!]!);
  };
};

export const binaryKernels = {
  ADD: binary,
  MAXIMUM: binary,
  MINIMUM: binary,
  MUL: binary,
  SQUARED_DIFFERENCE: binary,
  SUB: binary,
} satisfies KernelTable;
