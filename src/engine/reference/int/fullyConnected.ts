/**
 * FULLY_CONNECTED, int8 in and out. acc = bias + Σ w·(x − zp_in) in int32.
 * XNNPACK (operators/fully-connected-nc.c, qs8 and qc8w): float32 requantization. Where the graph
 * rounds per-channel weights in fixed point: TFLite's builtin kernel over ruy, rounded once.
 * int4 weights: XNNPACK (qs8 × qc4w) takes those of even depth, the current LiteRT's builtin kernel those
 * of odd depth.
 */
import type { KernelFactory, KernelSite } from '../../engine';
import type { KernelTable } from '../table';
import { elementCount } from '../../../model/graph';
import { outputStage, type LinearKernel } from './convolution';
import { int8, isInt8 } from './site';

export function fullyConnectedKernel({ inputs: [, weights], rounding }: KernelSite): LinearKernel {
  if (weights?.dtype === 'int4') return weights.shape[1]! % 2 === 0 ? 'xnnpack' : 'gemm';
  const perChannel = (weights?.quant?.scale.length ?? 0) > 1;
  return perChannel && rounding === 'fixed-point' ? 'ruy' : 'xnnpack';
}

const fullyConnected: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'FULLY_CONNECTED' || !isInt8(input) || !weights || !isInt8(output)) {
    return undefined;
  }
  if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return undefined;
  const [units, depth] = weights.shape as [number, number];
  const perChannel = (weights.quant?.scale.length ?? 0) > 1;
  const stageOf = outputStage(site, units, node.attrs.activation, fullyConnectedKernel(site));
  if (!stageOf) return undefined;
  const { stage, inputZero } = stageOf;
  const batches = depth === 0 ? 0 : elementCount(input.shape) / depth;
  const weightZero = perChannel ? 0 : (weights.quant?.zeroPoint[0] ?? 0);

  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const w = int8(inputs[1]);
    const b = inputs[2]?.data as Int32Array | undefined;
    const y = int8(outputs[0]);
    for (let n = 0; n < batches; n++) {
      for (let unit = 0; unit < units; unit++) {
        let acc = b === undefined ? 0 : b[unit]!;
        let i = n * depth;
        let k = unit * depth;
        const end = k + depth;
        for (; k < end; k++, i++) acc = (acc + (w[k]! - weightZero) * (x[i]! - inputZero)) | 0;
        y[n * units + unit] = stage(acc, unit);
      }
    }
  };
};

export const fullyConnectedKernels = {
  FULLY_CONNECTED: fullyConnected,
} satisfies KernelTable;
