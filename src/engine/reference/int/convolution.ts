/**
 * CONV_2D and DEPTHWISE_CONV_2D, int8 in and out, per-tensor or per-channel weights.
 * acc = bias + Σ w·(x − zp_in) in int32; requantized in float32 with ties to even.
 * Source: XNNPACK operators/convolution-nhwc.c (qs8, qc8), f32 scale s_in·s_w[c]/s_out;
 * padding holds the input's zero point. DEPTHWISE_CONV_2D without a bias goes to TFLite's builtin
 * kernel (fixed point); CONV_2D without a bias is refused by that runtime and has bias 0 here.
 */
import type { Kernel, KernelFactory, KernelSite } from '../../engine';
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

/** Requantizer of every output channel, chosen as the runtime chooses its kernel. */
export function outputStage(
  site: KernelSite,
  channels: number,
  activation: Activation,
  kernel: 'xnnpack' | 'ruy' | 'builtin',
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
          kernel === 'ruy' ? 'once' : 'twice',
        )
      : floatRequantizer(
          Array.from(scales, (scale) => requantizationScale(inputs.scale, scale, outputs.scale)),
          zeroPoint,
          xnnActivationRange(activation, outputs),
        );
  return { stage, inputZero: inputs.zeroPoint };
}

export const conv2d: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'CONV_2D' || !isInt8(input) || !weights || !isInt8(output)) return undefined;
  if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return undefined;
  const { attrs } = node;
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const [outC, kH, kW, kC] = weights.shape as [number, number, number, number];
  const stageOf = outputStage(site, outC, attrs.activation, 'xnnpack');
  if (!stageOf || kC === 0 || inC % kC !== 0) return undefined;
  const { stage, inputZero } = stageOf;
  const groups = inC / kC;
  const outPerGroup = outC / groups;
  const rows = window(attrs.padding, inH, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, inW, kW, attrs.strideW, attrs.dilationW);
  const outH = rows.output;
  const outW = columns.output;
  const dense = attrs.dilationW === 1 && groups === 1;

  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const w = int8(inputs[1]);
    const b = inputs[2]?.data as Int32Array | undefined;
    const y = int8(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++) {
      for (let oy = 0; oy < outH; oy++) {
        const top = oy * attrs.strideH - rows.before;
        for (let ox = 0; ox < outW; ox++) {
          const left = ox * attrs.strideW - columns.before;
          for (let oc = 0; oc < outC; oc++) {
            let acc = b === undefined ? 0 : b[oc]!;
            const firstC = groups === 1 ? 0 : Math.floor(oc / outPerGroup) * kC;
            for (let ky = 0; ky < kH; ky++) {
              const iy = top + ky * attrs.dilationH;
              if (iy < 0 || iy >= inH) continue;
              const row = (n * inH + iy) * inW;
              const kernelRow = (oc * kH + ky) * kW;
              if (dense) {
                const first = left < 0 ? -left : 0;
                const last = left + kW > inW ? inW - left : kW;
                let i = (row + left + first) * inC;
                let k = (kernelRow + first) * inC;
                const end = (kernelRow + last) * inC;
                for (; k < end; k++, i++) acc = (acc + w[k]! * (x[i]! - inputZero)) | 0;
                continue;
              }
              for (let kx = 0; kx < kW; kx++) {
                const ix = left + kx * attrs.dilationW;
                if (ix < 0 || ix >= inW) continue;
                let i = (row + ix) * inC + firstC;
                let k = (kernelRow + kx) * kC;
                const end = k + kC;
                for (; k < end; k++, i++) acc = (acc + w[k]! * (x[i]! - inputZero)) | 0;
              }
            }
            y[at++] = stage(acc, oc);
          }
        }
      }
    }
  };
};

export const depthwiseConv2d: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights, bias] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'DEPTHWISE_CONV_2D' || !isInt8(input) || !weights || !isInt8(output)) {
    return undefined;
  }
  if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return undefined;
  const { attrs } = node;
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const [, kH, kW, outC] = weights.shape as [number, number, number, number];
  const stageOf = outputStage(site, outC, attrs.activation, bias ? 'xnnpack' : 'builtin');
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
