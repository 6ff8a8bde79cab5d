/** PRELU, int8, slopes broadcast: TFLite reference/prelu.h BroadcastPrelu4DSlow (fixed point). */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import {
  broadcastIndex,
  broadcastPlan,
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
} from '../../numerics';
import { affine, int8, isInt8 } from './site';

const prelu: KernelFactory = ({ node, inputs: [input, slope], outputs: [output] }) => {
  const from = affine(input);
  const by = affine(slope);
  const to = affine(output);
  if (node.op !== 'PRELU' || !isInt8(input) || !isInt8(slope) || !isInt8(output)) return undefined;
  if (!from || !by || !to) return undefined;
  const identity = quantizeMultiplier(from.scale / to.scale);
  const sloped = quantizeMultiplier((from.scale * by.scale) / to.scale);
  const plan = broadcastPlan([input.shape, slope.shape]);
  const slopeOf = broadcastIndex(plan.shape, plan.strides[1]!);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const a = int8(inputs[1]);
    const y = int8(outputs[0]);
    for (let i = 0; i < y.length; i++) {
      const value = x[i]! - from.zeroPoint;
      const scaled =
        value >= 0
          ? multiplyByQuantizedMultiplier(value, identity.multiplier, identity.shift)
          : multiplyByQuantizedMultiplier(
              value * (a[slopeOf[i]!]! - by.zeroPoint),
              sloped.multiplier,
              sloped.shift,
            );
      y[i] = clamp(scaled + to.zeroPoint, -128, 127);
    }
  };
};

export const preluKernels = {
  PRELU: prelu,
} satisfies KernelTable;
