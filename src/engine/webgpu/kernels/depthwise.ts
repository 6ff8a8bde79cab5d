/** DEPTHWISE_CONV_2D (shaders/depthwise.ts). */
import { floatActivationRange, window } from '../../numerics';
import { convolutionKernel } from '../../reference/int/convolution';
import {
  depthwiseFloat,
  depthwiseInt8,
  depthwiseMultiplied,
  depthwiseThreads,
  rowGroups,
  type DepthwiseSize,
} from '../shaders/depthwise';
import { linearStage, stageTable } from '../stage';
import { splat } from './convolution';
import { isConstant, lineProgram, only, type GpuKernelFactory } from './site';

/** Per filter column, row group and channel a word whose byte k is the row 4·group + k. */
function columnWeights(w: ArrayLike<number>, size: DepthwiseSize): Int8Array<ArrayBuffer> {
  const { channels, filterH, filterW } = size;
  const groups = rowGroups(filterH);
  const words = Math.ceil(channels / 4);
  const packed = new Int8Array(filterW * groups.length * words * 16);
  for (let tap = 0; tap < filterW; tap++) {
    groups.forEach((rows, group) => {
      const start = (tap * groups.length + group) * words * 16;
      rows.forEach((row, k) => {
        for (let c = 0; c < channels; c++)
          packed[start + 4 * c + k] = w[(row * filterW + tap) * channels + c]!;
      });
    });
  }
  return packed;
}

/** Rows and columns as they are, channels padded to whole words. */
function paddedWeights(w: ArrayLike<number>, size: DepthwiseSize): Int8Array<ArrayBuffer> {
  const { channels, filterH, filterW } = size;
  const stride = Math.ceil(channels / 4) * 4;
  const packed = new Int8Array(filterH * filterW * stride);
  for (let tap = 0; tap < filterH * filterW; tap++)
    for (let c = 0; c < channels; c++) packed[tap * stride + c] = w[tap * channels + c]!;
  return packed;
}

export const depthwise: GpuKernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'DEPTHWISE_CONV_2D') return 'is no depthwise convolution';
  const [x, w, b] = site.inputs;
  const output = site.outputs[0]!;
  if (!x || !w || !isConstant(w) || (b && !isConstant(b))) return 'has computed weights';
  if (x.dtype !== output.dtype) return `goes from ${x.dtype} to ${output.dtype}`;
  const { attrs } = node;
  const [images, inH, inW, channels] = x.shape as [number, number, number, number];
  const [, filterH, filterW, outC] = w.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  if (outC % channels !== 0) return 'has a part of a channel multiplier';
  const multiplier = outC / channels;
  const { strideH, strideW, dilationH, dilationW, padding } = attrs;
  const size: DepthwiseSize = {
    images: site.batch * images,
    ...{ inH, inW, outH, outW, channels, filterH, filterW, strideH, strideW, dilationH, dilationW },
    top: window(padding, inH, filterH, strideH, dilationH).before,
    left: window(padding, inW, filterW, strideW, dilationW).before,
  };
  const program = (
    name: string,
    code: string,
    constants: ArrayBufferView<ArrayBuffer>[],
    threads: number,
  ) =>
    only(
      lineProgram({
        family: 'depthwise',
        name: `depthwise ${name}`,
        reads: [site.inputIndices[0]!],
        writes: site.outputIndices,
        ...{ code, constants, perSample: threads / site.batch },
      }),
    );
  if (x.dtype === 'float32') {
    if (w.dtype !== 'float32') return `has ${w.dtype} weights on float32`;
    if (attrs.activation === 'TANH' || attrs.activation === 'SIGN_BIT')
      return `has the activation ${attrs.activation}`;
    const clamp = floatActivationRange(attrs.activation);
    const biases = (b?.data as Float32Array | undefined)?.slice() ?? new Float32Array(outC);
    const constants = [Float32Array.from(w.data as Float32Array), Float32Array.from(biases)];
    if (multiplier === 1) {
      const perPixel = channels % 4 === 0 ? channels / 4 : channels;
      const threads = depthwiseThreads(size, perPixel);
      return program('float32', depthwiseFloat(size, clamp), constants, threads);
    }
    const code = depthwiseMultiplied({ ...size, multiplier }, { kind: 'float32', ...clamp });
    return program('float32 multiplied', code, constants, size.images * outH * outW * outC);
  }
  if (w.dtype !== 'int8' && w.dtype !== 'int4') return `has ${w.dtype} weights on ${x.dtype}`;
  if (w.quant?.zeroPoint.some((zero) => zero !== 0) ?? true) return 'has weights with a zero point';
  const { floats, arithmetic } = site.abilities;
  const stage = linearStage(site, outC, attrs.activation, convolutionKernel(site), floats);
  if (!stage) return 'has other quantization than one scale each';
  const weights = w.data as Int8Array;
  const bias = b?.data as Int32Array | undefined;
  if (multiplier !== 1) {
    const code = depthwiseMultiplied(
      { ...size, multiplier },
      { kind: 'int8', stage, zero: stage.inputZero },
    );
    const constants = [Int32Array.from(weights), stageTable(stage, bias ?? [])];
    return program(
      'int8 multiplied',
      code,
      constants,
      size.images * outH * outW * Math.ceil(outC / 4),
    );
  }
  const sums = new Int32Array(channels);
  for (let k = 0; k < weights.length; k++) sums[k % channels]! += weights[k]!;
  const biases = sums.map((sum, c) => (bias?.[c] ?? 0) - stage.inputZero * sum);
  const dot4 = arithmetic === 'dot4';
  const code = depthwiseInt8(size, stage, splat(stage.inputZero), dot4);
  const packed = dot4 ? columnWeights(weights, size) : paddedWeights(weights, size);
  const threads = depthwiseThreads(size, Math.ceil(channels / 4));
  return program('int8', code, [packed, stageTable(stage, biases)], threads);
};
