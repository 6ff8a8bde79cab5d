/**
 * Unary int8 → int8 ops: all of them are one table of 256 entries, made at prepare.
 * LOGISTIC, ELU: XNNPACK lut-elementwise-nc.c (float32 function, times 1/s_out, rne).
 * LEAKY_RELU: XNNPACK qs8-vlrelu (16-bit multipliers). The rest are TFLite's builtin recipes.
 */
import type { KernelFactory, KernelSite } from '../../engine';
import type { KernelTable } from '../table';
import {
  clamp,
  erfc,
  expf,
  expm1f,
  inverseSqrt,
  multiplyByQuantizedMultiplier,
  quantizedRange,
  quantizeMultiplier,
  roundHalfAwayFromZero,
  roundHalfEven,
  tanhf,
  type Range,
} from '../../numerics';
import { hardSwishStep } from './hardSwish';
import { affine, int8, isInt8, type Affine } from './site';

const f = Math.fround;
type Step = (x: number) => number;

/** XNNPACK's table entry of a float32 function. */
function xnnTable(from: Affine, to: Affine, fn: (x: number) => number): Step {
  const inverse = f(1 / to.scale);
  return (q) => {
    const y = fn(f((q - from.zeroPoint) * from.scale));
    return clamp(roundHalfEven(f(y * inverse)) + to.zeroPoint, -128, 127);
  };
}

/** TFLite activations.cc PopulateLookupTable: as XNNPACK's, but ties away from zero. */
function builtinTable(from: Affine, to: Affine, fn: (x: number) => number): Step {
  const inverse = f(1 / to.scale);
  return (q) => {
    const y = fn(f(from.scale * (q - from.zeroPoint)));
    return clamp(roundHalfAwayFromZero(f(y * inverse)) + to.zeroPoint, -128, 127);
  };
}

function sigmoid(x: number): number {
  return x < 0 || Object.is(x, -0) ? f(1 / f(1 + expf(-x))) : f(1 - f(1 / f(1 + expf(x))));
}

/** activations.cc QuantizedReluX. */
function relu(range: Range, from: Affine, to: Affine): Step {
  const { multiplier, shift } = quantizeMultiplier(f(from.scale / to.scale));
  const { low, high } = quantizedRange(range, to.scale, to.zeroPoint);
  return (q) =>
    clamp(
      to.zeroPoint + multiplyByQuantizedMultiplier(q - from.zeroPoint, multiplier, shift),
      low,
      high,
    );
}

function leakyRelu(alpha: number, from: Affine, to: Affine): Step {
  const positive = f(from.scale / to.scale);
  const negative = f(positive * f(alpha));
  const magnitude = Math.abs(negative);
  const xnn =
    positive >= 2 ** -8 &&
    positive <= 2 ** 7 &&
    negative <= 2 ** 7 &&
    negative >= -127.99609375 &&
    magnitude >= 2 ** -8;
  if (xnn) {
    const multipliers = [positive, negative].map((scale) => roundHalfEven(f(-256 * scale)));
    return (q) => {
      const multiplier = q > from.zeroPoint ? multipliers[0]! : multipliers[1]!;
      const product = (((from.zeroPoint - q) << 7) * multiplier + 0x4000) >> 15;
      return clamp(clamp(product, -32768, 32767) + to.zeroPoint, -128, 127);
    };
  }
  // reference_ops.h QuantizeLeakyRelu
  const identity = quantizeMultiplier(from.scale / to.scale);
  const slope = quantizeMultiplier((from.scale * f(alpha)) / to.scale);
  return (q) => {
    const x = q - from.zeroPoint;
    const { multiplier, shift } = x >= 0 ? identity : slope;
    return clamp(to.zeroPoint + multiplyByQuantizedMultiplier(x, multiplier, shift), -128, 127);
  };
}

/** reference/gelu.h GeluTransform. */
function gelu(x: number): number {
  return f(f(0.5 * x) * f(erfc(f(x * -Math.fround(Math.SQRT1_2)))));
}

function geluTanh(x: number): number {
  const cube = f(f(f(f(0.044715) * x) * x) * x);
  const inner = f(f(f(2 / Math.sqrt(Math.PI)) * f(Math.SQRT1_2)) * f(x + cube));
  return f(f(0.5 * x) * f(1 + tanhf(inner)));
}

/** elementwise.cc AbsEvalQuantized. */
function absolute(from: Affine, to: Affine): Step {
  const { multiplier, shift } = quantizeMultiplier(f(from.scale / to.scale));
  const rescale = from.scale !== to.scale;
  return (q) => {
    const x = Math.abs(q - from.zeroPoint);
    const scaled = rescale ? multiplyByQuantizedMultiplier(x, multiplier, shift) : x;
    return clamp(scaled + to.zeroPoint, -128, 127);
  };
}

/** elementwise.cc RsqrtEvalQuantized; inputs below the zero point, which it refuses, give 127. */
function inverseSquareRoot(from: Affine, to: Affine): Step {
  const keep = 20;
  const output = quantizeMultiplier(1 / f(f(Math.sqrt(from.scale)) * to.scale));
  return (q) => {
    const x = q - from.zeroPoint;
    if (x <= 0) return 127;
    const { multiplier, shift } = inverseSqrt(x);
    const data = multiplyByQuantizedMultiplier(1, multiplier, shift + keep);
    const scaled = multiplyByQuantizedMultiplier(data, output.multiplier, output.shift - keep);
    return clamp(scaled + to.zeroPoint, -128, 127);
  };
}

function stepOf({ node }: KernelSite, from: Affine, to: Affine): Step | undefined {
  switch (node.op) {
    case 'LOGISTIC':
      return xnnTable(from, to, sigmoid);
    case 'TANH':
      return builtinTable(from, to, tanhf);
    case 'ELU':
      return xnnTable(from, to, (x) => (x < 0 ? expm1f(x) : x));
    case 'RELU':
      return relu({ low: 0, high: Infinity }, from, to);
    case 'RELU6':
      return relu({ low: 0, high: 6 }, from, to);
    case 'RELU_N1_TO_1':
      return relu({ low: -1, high: 1 }, from, to);
    case 'RELU_0_TO_1':
      return relu({ low: 0, high: 1 }, from, to);
    case 'LEAKY_RELU':
      return leakyRelu(node.attrs.alpha, from, to);
    case 'HARD_SWISH':
      // activations.cc HardSwishPrepare refuses other scales.
      return from.scale / to.scale < 128 ? hardSwishStep(from, to) : undefined;
    case 'GELU':
      return builtinTable(from, to, node.attrs.approximate ? geluTanh : gelu);
    case 'ABS':
      return absolute(from, to);
    case 'RSQRT':
      return inverseSquareRoot(from, to);
    default:
      return undefined;
  }
}

const lookup: KernelFactory = (site) => {
  const from = affine(site.inputs[0]);
  const to = affine(site.outputs[0]);
  if (!isInt8(site.inputs[0]) || !isInt8(site.outputs[0]) || !from || !to) return undefined;
  const step = stepOf(site, from, to);
  if (!step) return undefined;
  const table = Int8Array.from({ length: 256 }, (_, index) => step(index - 128));
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    for (let i = 0; i < y.length; i++) y[i] = table[x[i]! + 128]!;
  };
};

export const lookupKernels = {
  ABS: lookup,
  ELU: lookup,
  GELU: lookup,
  HARD_SWISH: lookup,
  LEAKY_RELU: lookup,
  LOGISTIC: lookup,
  RELU: lookup,
  RELU6: lookup,
  RELU_0_TO_1: lookup,
  RELU_N1_TO_1: lookup,
  RSQRT: lookup,
  TANH: lookup,
} satisfies KernelTable;
