/**
 * LOGISTIC and TANH, int16: a table of the sigmoid from 0 to 10.7 with linear interpolation. Output scale 1/32768.
 * Source: TFLite kernels/internal/reference/integer_ops/{logistic,tanh}.h, common.h (sigmoid_table_uint16),
 * activations.cc (SigmoidPrepare, TanhPrepare). Input scales within 0.07 % of 2⁻¹² (and, of TANH, 2⁻¹¹) aren't done;
 * plans keep off them (quant/affine.ts).
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { int16, scaleOf } from './numerics';

/** 65536 · sigmoid(i / 24), as the runtime has it. */
// prettier-ignore
const sigmoidTable = [
  32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794,
  41432, 42064, 42688, 43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369, 47911, 48443,
  48964, 49475, 49975, 50464, 50942, 51409, 51865, 52311, 52745, 53169, 53581, 53983, 54374,
  54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433, 57724, 58007, 58280, 58544,
  58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565, 60753, 60935, 61110, 61279,
  61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990,
  63090, 63186, 63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968, 64030,
  64090, 64148, 64204, 64257, 64308, 64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652,
  64687, 64721, 64754, 64786, 64816, 64845, 64873, 64900, 64926, 64950, 64974, 64997, 65019,
  65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208, 65221, 65234,
  65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360,
  65367, 65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425, 65429, 65433,
  65438, 65442, 65445, 65449, 65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476,
  65479, 65481, 65483, 65485, 65488, 65489, 65491, 65493, 65495, 65497, 65498, 65500, 65501,
  65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513, 65514, 65515, 65516,
  65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524,
  65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529, 65529,
  65529, 65530, 65530, 65530, 65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532,
  65532, 65532, 65532, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65533, 65534, 65534,
  65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535,
] as const;

/** CheckedLog2 calls it a power of two, for which another kernel computes (gemmlowp's, in fixed point). */
function isPowerOfTwo(scale: number, exponents: readonly number[]): boolean {
  const log = Math.log2(scale);
  return Math.abs(log - Math.round(log)) < 1.01e-3 && exponents.includes(Math.round(log));
}

/** The input's multiplier and shift: to 1/(3 · 4096), where ±2¹⁷ is ±10.7. */
function inputScaling(scale: number) {
  let multiplier = scale * 4096 * 3;
  let shift = 0;
  while (multiplier <= 32767 / 2 && shift <= 30) {
    shift++;
    multiplier *= 2;
  }
  return { multiplier: Math.trunc(multiplier), shift };
}

/** sigmoid(x) of the magnitude, with `bits` of fraction between the steps. */
function interpolate(magnitude: number, bits: number, saturated: number): number {
  const step = magnitude >>> bits;
  if (step >= 255) return saturated;
  const low = sigmoidTable[step]!;
  const rest = magnitude & ((1 << bits) - 1);
  return low * 2 ** bits + rest * (sigmoidTable[step + 1]! - low);
}

function logistic(x: number): number {
  const sum = interpolate(Math.abs(x), 9, 0x7fff * 1024);
  const signed = x >= 0 ? sum + 512 : 2 ** 25 - sum + 511;
  return signed >>> 10;
}

function tanh(x: number): number {
  const sum = interpolate(Math.abs(x), 8, 0xffff * 256);
  return (x >= 0 ? sum - 2 ** 23 + 128 : -sum + 2 ** 23 + 127) >> 8;
}

const curve: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  const from = scaleOf(input);
  if (from === undefined || scaleOf(output) !== 1 / 32768) return undefined;
  const isTanh = node.op === 'TANH';
  if (isPowerOfTwo(from, isTanh ? [-12, -11] : [-12])) return undefined;
  const { multiplier, shift } = inputScaling(from);
  const round = shift > 0 ? 2 ** (shift - 1) : 0;
  const step = isTanh ? tanh : logistic;
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    for (let i = 0; i < y.length; i++) y[i] = step(((x[i]! * multiplier + round) | 0) >> shift);
  };
};

export const sigmoidKernels = {
  LOGISTIC: curve,
  TANH: curve,
} satisfies KernelTable;
