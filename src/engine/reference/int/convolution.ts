/**
 * CONV_2D and DEPTHWISE_CONV_2D, int8 in and out, per-tensor or per-channel weights.
 * acc = bias + Σ w·(x − zp_in) in int32; requantized in float32 with ties to even.
 * Source: XNNPACK operators/convolution-nhwc.c (qs8, qc8), f32 scale s_in·s_w[c]/s_out;
 * padding holds the input's zero point. DEPTHWISE_CONV_2D without a bias goes to TFLite's builtin
 * kernel (fixed point); CONV_2D without a bias is refused by that runtime and has bias 0 here.
 * int4 weights: the current LiteRT's XNNPACK delegate leaves both ops to the builtin kernels, which
 * unpack the weights and round in fixed point.
 */
import type { Kernel, KernelFactory, KernelSite } from '../../engine';
import type { KernelTable } from '../table';
import {
  fixedPointRequantizer,
  floatRequantizer,
  quantizedActivationRange,
  requantizationScale,
  window,
  type Requantizer,
} from '../../numerics';
import { affine, channelScales, int8, isClamp, isInt8, xnnActivationRange } from './site';
import type { Activation } from '../../../model/ops';

/**
 * Whose kernel computes a linear layer. Of the current LiteRT: `gemm`, its builtin matrix product;
 * `blocks`, its builtin depthwise kernel, which takes eight channels at once and the rest one by one.
 */
export type LinearKernel = 'xnnpack' | 'ruy' | 'gemm' | 'blocks' | 'builtin';

const roundings = { ruy: 'once', gemm: 'twice-up', blocks: 'blocks', builtin: 'twice' } as const;

export function convolutionKernel({ node, inputs: [, weights, bias] }: KernelSite): LinearKernel {
  if (node.op === 'CONV_2D') return weights?.dtype === 'int4' ? 'gemm' : 'xnnpack';
  if (weights?.dtype === 'int4') return 'blocks';
  return bias ? 'xnnpack' : 'builtin';
}

/** Requantizer of every output channel, rounding as this kernel does. */
export function outputStage(
  site: KernelSite,
  channels: number,
  activation: Activation,
  kernel: LinearKernel,
): { readonly stage: Requantizer; readonly inputZero: number } | undefined {
  const [input, weights] = site.inputs;
  const inputs = affine(input);
  const outputs = affine(site.outputs[0]);
  const scales = weights && channelScales(weights, channels);
  if (!inputs || !outputs || !scales || !isClamp(activation)) return undefined;
  const { zeroPoint } = outputs;
  const stage =
    kernel !== 'xnnpack'
      ? fixedPointRequantizer(
          Array.from(scales, (scale) => (inputs.scale * scale) / outputs.scale),
          zeroPoint,
          quantizedActivationRange(activation, outputs.scale, zeroPoint),
          roundings[kernel],
        )
      : floatRequantizer(
          Array.from(scales, (scale) => requantizationScale(inputs.scale, scale, outputs.scale)),
          zeroPoint,
          xnnActivationRange(activation, outputs),
        );
  return { stage, inputZero: inputs.zeroPoint };
}

interface Reach {
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly kH: number;
  readonly kW: number;
  readonly kC: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly inputZero: number;
}

/** patch = what one output pixel sees, zero point taken off; padding is 0. */
function gather(
  { inH, inW, inC, kH, kW, kC, dilationH, dilationW, inputZero }: Reach,
  x: Int8Array,
  n: number,
  top: number,
  left: number,
  firstC: number,
  patch: Int32Array,
): void {
  let at = 0;
  for (let ky = 0; ky < kH; ky++) {
    const iy = top + ky * dilationH;
    for (let kx = 0; kx < kW; kx++) {
      const ix = left + kx * dilationW;
      if (iy < 0 || iy >= inH || ix < 0 || ix >= inW) {
        patch.fill(0, at, at + kC);
        at += kC;
        continue;
      }
      let i = ((n * inH + iy) * inW + ix) * inC + firstC;
      for (const end = at + kC; at < end; at++, i++) patch[at] = x[i]! - inputZero;
    }
  }
}

const conv2d: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'CONV_2D' || !isInt8(input) || !weights || !isInt8(output)) return undefined;
  if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return undefined;
  const { attrs } = node;
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const [outC, kH, kW, kC] = weights.shape as [number, number, number, number];
  const stageOf = outputStage(site, outC, attrs.activation, convolutionKernel(site));
  if (!stageOf || kC === 0 || inC % kC !== 0) return undefined;
  const { stage, inputZero } = stageOf;
  const groups = inC / kC;
  const outPerGroup = outC / groups;
  const rows = window(attrs.padding, inH, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, inW, kW, attrs.strideW, attrs.dilationW);
  const size = kH * kW * kC;
  const { strideH, strideW, dilationH, dilationW } = attrs;
  const patch = new Int32Array(size);
  const reach = { inH, inW, inC, kH, kW, kC, dilationH, dilationW, inputZero };

  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const w = int8(inputs[1]);
    const b = inputs[2]?.data as Int32Array | undefined;
    const y = int8(outputs[0]);

    const bias = (oc: number) => (b === undefined ? 0 : b[oc]!);

    let at = 0;
    for (let n = 0; n < batches; n++) {
      for (let oy = 0; oy < rows.output; oy++) {
        const top = oy * strideH - rows.before;
        for (let ox = 0; ox < columns.output; ox++, at += outC) {
          const left = ox * strideW - columns.before;
          for (let group = 0; group < groups; group++) {
            gather(reach, x, n, top, left, group * kC, patch);
            const last = (group + 1) * outPerGroup;
            let oc = group * outPerGroup;
            for (; oc + 4 <= last; oc += 4) {
              let acc0 = bias(oc);
              let acc1 = bias(oc + 1);
              let acc2 = bias(oc + 2);
              let acc3 = bias(oc + 3);
              let k = oc * size;
              for (let i = 0; i < size; i++, k++) {
                const value = patch[i]!;
                acc0 = (acc0 + value * w[k]!) | 0;
                acc1 = (acc1 + value * w[k + size]!) | 0;
                acc2 = (acc2 + value * w[k + 2 * size]!) | 0;
                acc3 = (acc3 + value * w[k + 3 * size]!) | 0;
              }
              y[at + oc] = stage(acc0, oc);
              y[at + oc + 1] = stage(acc1, oc + 1);
              y[at + oc + 2] = stage(acc2, oc + 2);
              y[at + oc + 3] = stage(acc3, oc + 3);
            }
            for (; oc < last; oc++) {
              let acc = bias(oc);
              let k = oc * size;
              for (let i = 0; i < size; i++, k++) acc = (acc + patch[i]! * w[k]!) | 0;
              y[at + oc] = stage(acc, oc);
            }
          }
        }
      }
    }
  };
};

const depthwiseConv2d: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'DEPTHWISE_CONV_2D' || !isInt8(input) || !weights || !isInt8(output)) {
    return undefined;
  }
  if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return undefined;
  const { attrs } = node;
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const [, kH, kW, outC] = weights.shape as [number, number, number, number];
  const stageOf = outputStage(site, outC, attrs.activation, convolutionKernel(site));
  if (!stageOf || inC === 0 || outC % inC !== 0) return undefined;
  const { stage, inputZero } = stageOf;
  const multiplier = outC / inC;
  const rows = window(attrs.padding, inH, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, inW, kW, attrs.strideW, attrs.dilationW);
  const source = Int32Array.from({ length: outC }, (_, oc) => Math.floor(oc / multiplier));
  const sums = new Int32Array(outC);

  const run: Kernel = (inputs, outputs) => {
    const x = int8(inputs[0]);
    const w = int8(inputs[1]);
    const b = inputs[2]?.data as Int32Array | undefined;
    const y = int8(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++) {
      for (let oy = 0; oy < rows.output; oy++) {
        const top = oy * attrs.strideH - rows.before;
        for (let ox = 0; ox < columns.output; ox++) {
          const left = ox * attrs.strideW - columns.before;
          if (b === undefined) sums.fill(0);
          else sums.set(b);
          for (let ky = 0; ky < kH; ky++) {
            const iy = top + ky * attrs.dilationH;
            if (iy < 0 || iy >= inH) continue;
            for (let kx = 0; kx < kW; kx++) {
              const ix = left + kx * attrs.dilationW;
              if (ix < 0 || ix >= inW) continue;
              const i = ((n * inH + iy) * inW + ix) * inC;
              const k = (ky * kW + kx) * outC;
              for (let oc = 0; oc < outC; oc++) {
                sums[oc] = sums[oc]! + w[k + oc]! * (x[i + source[oc]!]! - inputZero);
              }
            }
          }
          for (let oc = 0; oc < outC; oc++) y[at++] = stage(sums[oc]!, oc);
        }
      }
    }
  };
  return run;
};

export const convolutionKernels = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
} satisfies KernelTable;
