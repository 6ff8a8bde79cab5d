/** CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED as matrix products (shaders/matrix.ts). */
import { floatActivationRange, transposeWindow, window } from '../../numerics';
import { convolutionKernel } from '../../reference/int/convolution';
import { fullyConnectedKernel } from '../../reference/int/fullyConnected';
import type { LinearKernel } from '../../reference/int/convolution';
import type { Activation } from '../../../model/ops';
import type { KernelSite } from '../../engine';
import type { Operand } from '../shaders/matrix';
import { linearStage } from '../stage';
import { biasesOf, depthWords, linearPrograms, type Linear, type Weights } from './linear';
import { isConstant, layout, type GpuKernelFactory, type GpuSite } from './site';

type Numbers = Linear['numbers'];

const flat: Omit<Numbers, 'rows' | 'columns' | 'steps' | 'rowWords'> = {
  ...{ inH: 0, inW: 0, pixel: 0, filterW: 0, outW: 0, outPixels: 0, strideH: 0, strideW: 0 },
  ...{ dilationH: 0, dilationW: 0, top: 0, left: 0, outside: 0, taps: 0 },
};

/** A word of four zero points. */
export const splat = (zero: number) => ((zero & 255) * 0x01010101) >>> 0;

/** Positions of input, weights and bias in the node's inputs. */
interface Operands {
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
}

/** The linear layer's site as the reference's stage wants it; a sentence's part where it is none of ours. */
function operandsOf(site: GpuSite, { input, weights, bias }: Operands) {
  const x = site.inputs[input];
  const w = site.inputs[weights];
  const b = site.inputs[bias];
  const output = site.outputs[0]!;
  if (!x || !w) return 'has no weights';
  if (!isConstant(w) || (b && !isConstant(b))) return 'has computed weights';
  const isFloat = x.dtype === 'float32';
  if (x.dtype !== output.dtype) return `goes from ${x.dtype} to ${output.dtype}`;
  if (isFloat ? w.dtype !== 'float32' : w.dtype !== 'int8' && w.dtype !== 'int4')
    return `has ${w.dtype} weights on ${x.dtype}`;
  if (b && b.dtype !== (isFloat ? 'float32' : 'int32')) return `has a bias of ${b.dtype}`;
  if (!isFloat && (w.quant?.zeroPoint.some((zero) => zero !== 0) ?? true))
    return 'has weights with a zero point';
  const linear: KernelSite = { ...site, inputs: [x, w, b] };
  return { x, w, b, output, isFloat, linear };
}

type Found = Exclude<ReturnType<typeof operandsOf>, string>;

function stageFor(
  { b, isFloat, linear }: Found,
  site: GpuSite,
  weights: Weights,
  activation: Activation,
  kernel: LinearKernel,
): (Pick<Linear, 'stage'> & { readonly inputZero: number }) | string {
  if (isFloat) {
    if (activation === 'TANH' || activation === 'SIGN_BIT')
      return `has the activation ${activation}`;
    const biases = b?.data as Float32Array | undefined;
    return {
      stage: { kind: 'float32', ...floatActivationRange(activation), biases },
      inputZero: 0,
    };
  }
  const stage = linearStage(linear, weights.channels, activation, kernel, site.abilities.floats);
  if (!stage) return 'has other quantization than one scale each';
  const biases = biasesOf(weights, b?.data as Int32Array | undefined, stage.inputZero);
  return { stage: { kind: 'int8', stage, biases }, inputZero: stage.inputZero };
}

const columnsOf = (channels: number, isFloat: boolean) =>
  isFloat ? channels : Math.ceil(channels / 4) * 4;

const conv2d: GpuKernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'CONV_2D') return 'is no convolution';
  const found = operandsOf(site, { input: 0, weights: 1, bias: 2 });
  if (typeof found === 'string') return found;
  const { x, w, output, isFloat } = found;
  const { attrs } = node;
  const [images, inH, inW, inC] = x.shape as [number, number, number, number];
  const [channels, filterH, filterW, kC] = w.shape as [number, number, number, number];
  if (kC !== inC) return 'is a grouped convolution';
  const [, outH, outW] = output.shape as [number, number, number, number];
  const depth = filterH * filterW * inC;
  const weights: Weights = { data: w.data as ArrayLike<number>, channels, depth, width: inC };
  const made = stageFor(found, site, weights, attrs.activation, convolutionKernel(found.linear));
  if (typeof made === 'string') return made;
  const pixelWords = layout(x).stride;
  const rowWords = depthWords(weights, isFloat);
  const whole = pixelWords % 4 === 0;
  const point = [filterH, filterW, attrs.strideH, attrs.strideW].every((one) => one === 1);
  const operand: Operand = point ? (whole ? 'rows' : 'words') : whole ? 'taps' : 'tapWords';
  const numbers: Numbers = {
    ...flat,
    ...{ inH, inW, filterW, outW, outPixels: outH * outW },
    ...{ strideH: attrs.strideH, strideW: attrs.strideW },
    ...{ dilationH: attrs.dilationH, dilationW: attrs.dilationW },
    rows: site.batch * images * outH * outW,
    columns: columnsOf(channels, isFloat),
    steps: Math.ceil(rowWords / 4),
    rowWords,
    pixel: whole ? pixelWords / 4 : pixelWords,
    top: window(attrs.padding, inH, filterH, attrs.strideH, attrs.dilationH).before,
    left: window(attrs.padding, inW, filterW, attrs.strideW, attrs.dilationW).before,
    outside: splat(made.inputZero),
    taps: filterH * filterW,
  };
  return [
    linearPrograms(
      {
        ...{ label: 'convolution', operand, numbers, weights, stage: made.stage },
        reads: [site.inputIndices[0]!],
        writes: site.outputIndices,
        rowsOfSample: images * outH * outW,
      },
      site,
    ),
  ];
};

const fullyConnected: GpuKernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'FULLY_CONNECTED') return 'is no matrix product';
  const found = operandsOf(site, { input: 0, weights: 1, bias: 2 });
  if (typeof found === 'string') return found;
  const { x, w, isFloat } = found;
  const [channels, depth] = w.shape as [number, number];
  const lies = layout(x);
  const rows = (lies.rows * lies.width) / depth;
  // A row of A is one of x, or several whole ones.
  if (
    !Number.isInteger(rows) ||
    (depth % lies.width !== 0 && (lies.width % depth !== 0 || (!isFloat && depth % 4 !== 0)))
  )
    return `takes rows of ${depth} from a tensor of rows of ${lies.width}`;
  const width = Math.min(lies.width, depth);
  const weights: Weights = { data: w.data as ArrayLike<number>, channels, depth, width };
  const kernel = fullyConnectedKernel(found.linear);
  const made = stageFor(found, site, weights, node.attrs.activation, kernel);
  if (typeof made === 'string') return made;
  const rowWords = depthWords(weights, isFloat);
  const numbers: Numbers = {
    ...flat,
    rows: site.batch * rows,
    columns: columnsOf(channels, isFloat),
    steps: Math.ceil(rowWords / 4),
    rowWords,
  };
  return [
    linearPrograms(
      {
        ...{ label: 'dense', numbers, weights, stage: made.stage, rowsOfSample: rows },
        operand: rowWords % 4 === 0 ? 'rows' : 'words',
        reads: [site.inputIndices[0]!],
        writes: site.outputIndices,
      },
      site,
    ),
  ];
};

/** Output size, weights (OHWI), input, [bias]: every output gathers the taps that reach it. */
const transposeConv: GpuKernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'TRANSPOSE_CONV') return 'is no transposed convolution';
  const found = operandsOf(site, { input: 2, weights: 1, bias: 3 });
  if (typeof found === 'string') return found;
  const { x, w, output, isFloat } = found;
  const { attrs } = node;
  const [images, inH, inW, inC] = x.shape as [number, number, number, number];
  const [channels, filterH, filterW] = w.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  const depth = filterH * filterW * inC;
  const weights: Weights = { data: w.data as ArrayLike<number>, channels, depth, width: inC };
  const perChannel = (w.quant?.scale.length ?? 1) > 1;
  const kernel = perChannel && site.rounding === 'fixed-point' ? 'builtin' : 'xnnpack';
  const made = stageFor(found, site, weights, attrs.activation, kernel);
  if (typeof made === 'string') return made;
  const rowWords = depthWords(weights, isFloat);
  const numbers: Numbers = {
    ...flat,
    ...{ inH, inW, filterW, outW, outPixels: outH * outW, rowWords },
    ...{ strideH: attrs.strideH, strideW: attrs.strideW },
    rows: site.batch * images * outH * outW,
    columns: columnsOf(channels, isFloat),
    steps: Math.ceil(rowWords / 4),
    pixel: layout(x).stride,
    top: transposeWindow(attrs.padding, inH, outH, filterH, attrs.strideH).before,
    left: transposeWindow(attrs.padding, inW, outW, filterW, attrs.strideW).before,
    outside: splat(made.inputZero),
    taps: filterH * filterW,
  };
  return [
    linearPrograms(
      {
        ...{ label: 'transposed convolution', operand: 'transposedTaps', numbers, weights },
        stage: made.stage,
        reads: [site.inputIndices[2]!],
        writes: site.outputIndices,
        rowsOfSample: images * outH * outW,
      },
      site,
    ),
  ];
};

export const convolutionKernels = {
  CONV_2D: conv2d,
  FULLY_CONNECTED: fullyConnected,
  TRANSPOSE_CONV: transposeConv,
} as const;
