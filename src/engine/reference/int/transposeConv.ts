/**
 * TRANSPOSE_CONV, int8. XNNPACK operators/deconvolution-nhwc.c (qs8, qs8_qc8w), requantized as CONV_2D.
 * Where the graph rounds per-channel weights in fixed point: TFLite's builtin kernel, rounded twice.
 * Inputs: output shape, weights (OHWI), input, [bias].
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { transposeWindow } from '../../numerics';
import { outputStage } from './convolution';
import { int8, isInt8 } from './site';

const transposeConv: KernelFactory = (site) => {
  const { node } = site;
  const [, weights, input, bias] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'TRANSPOSE_CONV' || !isInt8(weights) || !isInt8(input) || !isInt8(output)) {
    return undefined;
  }
  const { attrs } = node;
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const [outC, kH, kW] = weights.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  const perChannel = (weights.quant?.scale.length ?? 1) > 1;
  const stageOf = outputStage(
    { ...site, inputs: [input, weights, bias] },
    outC,
    attrs.activation,
    perChannel && site.rounding === 'fixed-point' ? 'builtin' : 'xnnpack',
  );
  if (!stageOf) return undefined;
  const { stage, inputZero } = stageOf;
  const top = transposeWindow(attrs.padding, inH, outH, kH, attrs.strideH).before;
  const left = transposeWindow(attrs.padding, inW, outW, kW, attrs.strideW).before;
  const sums = new Int32Array(outH * outW * outC);

  return (inputs, outputs) => {
    const w = int8(inputs[1]);
    const x = int8(inputs[2]);
    const b = inputs[3]?.data as Int32Array | undefined;
    const y = int8(outputs[0]);
    for (let n = 0; n < batches; n++) {
      for (let i = 0; i < sums.length; i++) sums[i] = b === undefined ? 0 : b[i % outC]!;
      for (let iy = 0; iy < inH; iy++) {
        for (let ix = 0; ix < inW; ix++) {
          const from = ((n * inH + iy) * inW + ix) * inC;
          for (let ky = 0; ky < kH; ky++) {
            const oy = iy * attrs.strideH + ky - top;
            if (oy < 0 || oy >= outH) continue;
            for (let kx = 0; kx < kW; kx++) {
              const ox = ix * attrs.strideW + kx - left;
              if (ox < 0 || ox >= outW) continue;
              const at = (oy * outW + ox) * outC;
              for (let oc = 0; oc < outC; oc++) {
                const k = ((oc * kH + ky) * kW + kx) * inC;
                let acc = sums[at + oc]!;
                for (let c = 0; c < inC; c++) acc += w[k + c]! * (x[from + c]! - inputZero);
                sums[at + oc] = acc;
              }
            }
          }
        }
      }
      const start = n * sums.length;
      for (let i = 0; i < sums.length; i++) y[start + i] = stage(sums[i]!, i % outC);
    }
  };
};

export const transposeConvKernels = {
  TRANSPOSE_CONV: transposeConv,
} satisfies KernelTable;
