/**
 * Float in and out, int8 weights (dynamic range): TFLite's builtin hybrid kernels.
 * FULLY_CONNECTED (fully_connected.cc EvalHybrid): every row on its own grid, symmetric or, by the
 * op's attribute, asymmetric; y = bias + float(acc)·(s_row·s_w).
 * CONV_2D, DEPTHWISE_CONV_2D (conv.cc EvalHybridPerChannel): one asymmetric grid per image;
 * y = float(acc)·(s_w[c]·s_image) + bias.
 */
import type { Kernel, KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { elementCount, type Value } from '../../../model/graph';
import type { Activation, OpAttrs } from '../../../model/ops';
import { floatActivationRange, window } from '../../numerics';
import { quantizeRowAsymmetric, quantizeRowSymmetric } from './dynamicRange';
import { channelScales, int8, isClamp } from './site';

const f = Math.fround;

function floats(x: { data: unknown } | undefined): Float32Array {
  return x!.data as Float32Array;
}

function isHybrid(input: Value | undefined, weights: Value | undefined): boolean {
  return input?.dtype === 'float32' && (weights?.dtype === 'int8' || weights?.dtype === 'int4');
}

function clampOf(activation: Activation): (x: number) => number {
  const { low, high } = floatActivationRange(activation);
  return (x) => (x < low ? low : x > high ? high : x);
}

const hybridFullyConnected: KernelFactory = (site) => {
  const { node } = site;
  const [input, weights] = site.inputs;
  if (node.op !== 'FULLY_CONNECTED' || !input || !weights || !isHybrid(input, weights)) {
    return undefined;
  }
  const { attrs } = node;
  const [units, depth] = weights.shape as [number, number];
  const scales = channelScales(weights, units);
  if (!scales || !isClamp(attrs.activation) || depth === 0) return undefined;
  const batches = elementCount(input.shape) / depth;
  const activate = clampOf(attrs.activation);
  const row = new Int8Array(depth);
  const quantizeRow = attrs.asymmetricQuantizeInputs ? quantizeRowAsymmetric : quantizeRowSymmetric;
  return (inputs, outputs) => {
    const x = floats(inputs[0]);
    const w = int8(inputs[1]);
    const b = inputs[2]?.data as Float32Array | undefined;
    const y = floats(outputs[0]);
    for (let n = 0; n < batches; n++) {
      const grid = quantizeRow(x, n * depth, (n + 1) * depth, row);
      for (let unit = 0; unit < units; unit++) {
        let acc = 0;
        let k = unit * depth;
        for (let i = 0; i < depth; i++, k++) acc += w[k]! * (row[i]! - grid.zeroPoint);
        const scaled = f(f(acc) * f(grid.scale * scales[unit]!));
        y[n * units + unit] = activate(f((b === undefined ? 0 : b[unit]!) + scaled));
      }
    }
  };
};

type ConvAttrs = OpAttrs['CONV_2D'];

/** Convolution of one quantized image; `reads` channels starting at source(oc) for each output. */
function hybridConvolution(
  input: Value,
  weights: Value,
  attrs: ConvAttrs,
  depthwise: boolean,
): Kernel | undefined {
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const kH = weights.shape[1]!;
  const kW = weights.shape[2]!;
  const outC = depthwise ? weights.shape[3]! : weights.shape[0]!;
  const reads = depthwise ? 1 : weights.shape[3]!;
  const scales = channelScales(weights, outC);
  if (!scales || !isClamp(attrs.activation) || reads === 0) return undefined;
  const perSource = depthwise ? outC / inC : outC / (inC / reads);
  const rows = window(attrs.padding, inH, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, inW, kW, attrs.strideW, attrs.dilationW);
  const activate = clampOf(attrs.activation);
  const imageSize = inH * inW * inC;
  const image = new Int8Array(imageSize);
  const tap = depthwise ? outC : reads;
  const perTensor = !depthwise && weights.quant!.scale.length === 1;
  return (inputs, outputs) => {
    const x = floats(inputs[0]);
    const w = int8(inputs[1]);
    const b = inputs[2]?.data as Float32Array | undefined;
    const y = floats(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++) {
      const quantizeRow = perTensor ? quantizeRowSymmetric : quantizeRowAsymmetric;
      const grid = quantizeRow(x, n * imageSize, (n + 1) * imageSize, image);
      for (let oy = 0; oy < rows.output; oy++) {
        const top = oy * attrs.strideH - rows.before;
        for (let ox = 0; ox < columns.output; ox++) {
          const left = ox * attrs.strideW - columns.before;
          for (let oc = 0; oc < outC; oc++) {
            const source = Math.floor(oc / perSource) * reads;
            let acc = 0;
            for (let ky = 0; ky < kH; ky++) {
              const iy = top + ky * attrs.dilationH;
              if (iy < 0 || iy >= inH) continue;
              for (let kx = 0; kx < kW; kx++) {
                const ix = left + kx * attrs.dilationW;
                if (ix < 0 || ix >= inW) continue;
                const i = (iy * inW + ix) * inC + source;
                const k = depthwise ? (ky * kW + kx) * tap + oc : ((oc * kH + ky) * kW + kx) * tap;
                for (let c = 0; c < reads; c++) acc += w[k + c]! * (image[i + c]! - grid.zeroPoint);
              }
            }
            const scaled = depthwise
              ? f(f(f(acc) * grid.scale) * scales[oc]!)
              : f(f(acc) * f(scales[oc]! * grid.scale));
            y[at++] = activate(b === undefined ? scaled : f(scaled + b[oc]!));
          }
        }
      }
    }
  };
}

const hybridConv2d: KernelFactory = ({ node, inputs: [input, weights] }) =>
  node.op === 'CONV_2D' && input && weights && isHybrid(input, weights)
    ? hybridConvolution(input, weights, node.attrs, false)
    : undefined;

const hybridDepthwiseConv2d: KernelFactory = ({ node, inputs: [input, weights] }) =>
  node.op === 'DEPTHWISE_CONV_2D' && input && weights && isHybrid(input, weights)
    ? hybridConvolution(input, weights, node.attrs, true)
    : undefined;

export const hybridKernels = {
  CONV_2D: hybridConv2d,
  DEPTHWISE_CONV_2D: hybridDepthwiseConv2d,
  FULLY_CONNECTED: hybridFullyConnected,
} satisfies KernelTable;
