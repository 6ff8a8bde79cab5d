/**
 * CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED, int16 in and out, weights int8 or int4, bias int64 (or
 * absent). Sums are exact: below 2^53 for every layer that memory holds.
 * Source: TFLite reference/integer_ops/{conv,depthwise_conv,fully_connected}.h, int16 overloads; dense layers
 * without a bias run in ruy.
 */
import type { KernelFactory, KernelSite } from '../../engine';
import { elementCount } from '../../../model/graph';
import type { Activation } from '../../../model/ops';
import { window } from '../../numerics';
import { channelScales, int8, isClamp } from '../int/site';
import type { KernelTable } from '../table';
import { floatStage, int16, rangeOn, ruyStage, scaleOf, wideStage } from './numerics';

type Stage = (acc: number, channel: number) => number;

/** The requantization of a linear layer; inputs: data, weights, bias. */
export function stageOf(
  site: KernelSite,
  channels: number,
  activation: Activation,
  stage: typeof wideStage = wideStage,
): Stage | undefined {
  const [input, weights, bias] = site.inputs;
  const from = scaleOf(input);
  const to = scaleOf(site.outputs[0]);
  if (from === undefined || to === undefined || !weights || !isClamp(activation)) return undefined;
  if (weights.dtype !== 'int8' && weights.dtype !== 'int4') return undefined;
  if (weights.quant?.zeroPoint.some((zero) => zero !== 0)) return undefined;
  if (bias && bias.dtype !== 'int64') return undefined;
  const scales = channelScales(weights, channels);
  if (!scales) return undefined;
  const ratios = Array.from(scales, (scale) => (from * scale) / to);
  const range = rangeOn(activation, to);
  return stage(ratios, range);
}

export const biasOf = (data: unknown, channels: number): Float64Array =>
  data === undefined
    ? new Float64Array(channels)
    : Float64Array.from(data as BigInt64Array, Number);

const conv2d: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'CONV_2D') return undefined;
  const [input, weights] = site.inputs;
  const { attrs } = node;
  const [outC, kH, kW, kC] = (weights?.shape ?? []) as [number, number, number, number];
  const stage = stageOf(site, outC, attrs.activation);
  if (!stage) return undefined;
  const [batches, inH, inW, inC] = input!.shape as [number, number, number, number];
  if (kC === 0 || inC % kC !== 0) return undefined;
  const perGroup = outC / (inC / kC);
  const rows = window(attrs.padding, inH, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, inW, kW, attrs.strideW, attrs.dilationW);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const w = int8(inputs[1]);
    const b = biasOf(inputs[2]?.data, outC);
    const y = int16(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++)
      for (let oy = 0; oy < rows.output; oy++)
        for (let ox = 0; ox < columns.output; ox++)
          for (let oc = 0; oc < outC; oc++) {
            let acc = b[oc]!;
            const first = Math.floor(oc / perGroup) * kC;
            for (let ky = 0; ky < kH; ky++) {
              const iy = oy * attrs.strideH - rows.before + ky * attrs.dilationH;
              if (iy < 0 || iy >= inH) continue;
              for (let kx = 0; kx < kW; kx++) {
                const ix = ox * attrs.strideW - columns.before + kx * attrs.dilationW;
                if (ix < 0 || ix >= inW) continue;
                let i = ((n * inH + iy) * inW + ix) * inC + first;
                let k = ((oc * kH + ky) * kW + kx) * kC;
                for (const end = k + kC; k < end; k++, i++) acc += w[k]! * x[i]!;
              }
            }
            y[at++] = stage(acc, oc);
          }
  };
};

const depthwiseConv2d: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights] = site.inputs;
  // The runtime reads packed 4-bit weights as bytes here.
  if (node.op !== 'DEPTHWISE_CONV_2D' || weights?.dtype !== 'int8') return undefined;
  const { attrs } = node;
  const [, kH, kW, outC] = weights.shape as [number, number, number, number];
  const stage = stageOf(site, outC, attrs.activation);
  if (!stage) return undefined;
  const [batches, inH, inW, inC] = input!.shape as [number, number, number, number];
  if (inC === 0 || outC % inC !== 0) return undefined;
  const multiplier = outC / inC;
  const rows = window(attrs.padding, inH, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, inW, kW, attrs.strideW, attrs.dilationW);
  const source = Int32Array.from({ length: outC }, (_, oc) => Math.floor(oc / multiplier));
  const sums = new Float64Array(outC);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const w = int8(inputs[1]);
    const b = biasOf(inputs[2]?.data, outC);
    const y = int16(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++)
      for (let oy = 0; oy < rows.output; oy++)
        for (let ox = 0; ox < columns.output; ox++) {
          sums.set(b);
          for (let ky = 0; ky < kH; ky++) {
            const iy = oy * attrs.strideH - rows.before + ky * attrs.dilationH;
            if (iy < 0 || iy >= inH) continue;
            for (let kx = 0; kx < kW; kx++) {
              const ix = ox * attrs.strideW - columns.before + kx * attrs.dilationW;
              if (ix < 0 || ix >= inW) continue;
              const i = ((n * inH + iy) * inW + ix) * inC;
              const k = (ky * kW + kx) * outC;
              for (let oc = 0; oc < outC; oc++)
                sums[oc] = sums[oc]! + w[k + oc]! * x[i + source[oc]!]!;
            }
          }
          for (let oc = 0; oc < outC; oc++) y[at++] = stage(sums[oc]!, oc);
        }
  };
};

const fullyConnected: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'FULLY_CONNECTED') return undefined;
  const [input, weights] = site.inputs;
  const [units, depth] = (weights?.shape ?? []) as [number, number];
  const stage = stageOf(site, units, node.attrs.activation, site.inputs[2] ? floatStage : ruyStage);
  if (!stage) return undefined;
  const rows = depth === 0 ? 0 : elementCount(input!.shape) / depth;
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const w = int8(inputs[1]);
    const b = biasOf(inputs[2]?.data, units);
    const y = int16(outputs[0]);
    for (let n = 0; n < rows; n++)
      for (let unit = 0; unit < units; unit++) {
        let acc = b[unit]!;
        let i = n * depth;
        let k = unit * depth;
        for (const end = k + depth; k < end; k++, i++) acc += w[k]! * x[i]!;
        y[n * units + unit] = stage(acc, unit);
      }
  };
};

export const linearKernels = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  FULLY_CONNECTED: fullyConnected,
} satisfies KernelTable;
