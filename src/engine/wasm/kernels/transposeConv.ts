/**
 * TRANSPOSE_CONV, float32 and int8 as XNNPACK requantizes it, as strideH·strideW plain convolutions:
 * outputs whose position leaves the same rest see the same part of the filter, mirrored. With
 * y + top = q·stride + r the taps are r, r + stride, … over the inputs q, q − 1, …
 */
import { elementCount, type Value } from '../../../model/graph';
import type { OpAttrs } from '../../../model/ops';
import { transposeWindow } from '../../numerics';
import { addressOf, type Build, type WasmFactory } from '../build';
import { operandBytes, placeGemm } from '../matmul';
import { panelsOf, type Kind } from '../panels';
import {
  float32Stage,
  int8Stage,
  layerKind,
  padder,
  type Geometry,
  type Stage,
} from './convolution';

/** A padded copy may be this many times larger than input plus output, plus 1 MB. */
const paddedLimit = 8;

/** Outputs of one axis whose position leaves the same rest. */
interface Phase {
  /** First output, and how many at the stride's distance. */
  readonly first: number;
  readonly count: number;
  /** Taps of the filter, for inputs in ascending order. */
  readonly taps: readonly number[];
  /** Input of the first output's first tap; negative: in the border. */
  readonly from: number;
}

interface Axis {
  readonly phases: readonly Phase[];
  /** Border before and after the input. */
  readonly before: number;
  readonly after: number;
}

function axisOf(
  padding: OpAttrs['TRANSPOSE_CONV']['padding'],
  input: number,
  output: number,
  filter: number,
  stride: number,
): Axis {
  const skipped = transposeWindow(padding, input, output, filter, stride).before;
  const phases: Phase[] = [];
  let before = 0;
  let after = 0;
  for (let first = 0; first < Math.min(stride, output); first++) {
    const rest = (first + skipped) % stride;
    const taps: number[] = [];
    for (let tap = rest; tap < filter; tap += stride) taps.unshift(tap);
    const from = (first + skipped - rest) / stride - Math.max(0, taps.length - 1);
    const count = Math.ceil((output - first) / stride);
    phases.push({ first, count, taps, from });
    before = Math.max(before, -from);
    after = Math.max(after, from + count - 1 + taps.length - input);
  }
  return { phases, before, after: Math.max(0, after) };
}

/** Input, weights and bias where CONV_2D has them. */
function asConvolution(build: Build): Build {
  const [, weights, input, bias] = build.inputs;
  return {
    ...build,
    inputs: [input, weights, bias],
    operand: (position) => build.operand(([2, 1, 3] as const)[position]!),
  };
}

function partOf(weights: Value, rows: readonly number[], columns: readonly number[]) {
  const [outC, kH, kW, inC] = weights.shape as [number, number, number, number];
  const whole = weights.data as Int8Array | Float32Array;
  const length = outC * rows.length * columns.length * inC;
  const part = whole instanceof Int8Array ? new Int8Array(length) : new Float32Array(length);
  let at = 0;
  for (let o = 0; o < outC; o++) {
    for (const y of rows) {
      for (const x of columns) {
        const start = ((o * kH + y) * kW + x) * inC;
        part.set(whole.subarray(start, start + inC), at);
        at += inC;
      }
    }
  }
  return part;
}

/** Multiplies one padded image into every stride-th line and column of the output. */
function phaseKernel(
  build: Build,
  kind: Kind,
  stage: Stage,
  g: Geometry,
  [rows, columns]: readonly [Phase, Phase],
  { strideH, strideW }: OpAttrs['TRANSPOSE_CONV'],
): (operand: number, to: number) => void {
  const weights = build.inputs[1]!;
  const outC = weights.shape[0]!;
  const pixel = g.inC * operandBytes(kind);
  const line = (g.inW + g.left + g.right) * pixel;
  const elementBytes = kind === 'int8' ? 1 : 4;
  const outPixel = outC * elementBytes;
  const panels = panelsOf({
    kind,
    variant: build.variant,
    weights: partOf(weights, rows.taps, columns.taps),
    first: 0,
    channels: outC,
    segments: rows.taps.length,
    run: columns.taps.length * g.inC,
    ...stage,
  });
  const gemm = placeGemm(build, kind, kind, panels, {
    rows: columns.count,
    width: columns.count,
    stepX: pixel,
    stepY: line,
    offsets: rows.taps.map((_, row) => row * line),
    channels: outC,
    outStep: strideW * outPixel,
    zeroPoint: stage.zeroPoint,
    low: stage.low,
    high: stage.high,
  });
  const start = (rows.from + g.top) * line + (columns.from + g.left) * pixel;
  const target = (rows.first * g.outW + columns.first) * outPixel;
  const outLine = strideH * g.outW * outPixel;
  return (operand, to) => {
    for (let y = 0; y < rows.count; y++) {
      gemm(operand + start + y * line, to + target + y * outLine);
    }
  };
}

export const transposeConv: WasmFactory = (original) => {
  const { node } = original;
  const build = asConvolution(original);
  const kind = layerKind(build);
  if (node.op !== 'TRANSPOSE_CONV' || !kind) return undefined;
  const [input, weights] = build.inputs as [Value, Value];
  const output = build.outputs[0]!;
  if (input.shape.length !== 4 || output.shape.length !== 4) return undefined;
  if (kind === 'int8' && weights.dtype !== 'int8') return undefined;
  // TFLite's builtin recipe for per-channel weights is the reference's to do.
  const perChannel = kind === 'int8' && weights.quant?.scale.length !== 1;
  if (perChannel && build.rounding === 'fixed-point') return undefined;
  const [batches, inH, inW, inC] = input.shape as [number, number, number, number];
  const [, outH, outW, outC] = output.shape as [number, number, number, number];
  const [, kH, kW, kC] = weights.shape as [number, number, number, number];
  const { attrs } = node;
  if (kC !== inC || weights.shape[0] !== outC || output.shape[0] !== batches) return undefined;
  const elements = elementCount(input.shape) + elementCount(output.shape);
  if (elementCount(input.shape) === 0 || elementCount(output.shape) === 0 || kH * kW === 0)
    return undefined;
  const stage = kind === 'int8' ? int8Stage(build, outC) : float32Stage(build, outC);
  if (!stage) return undefined;
  const rows = axisOf(attrs.padding, inH, outH, kH, attrs.strideH);
  const columns = axisOf(attrs.padding, inW, outW, kW, attrs.strideW);
  const paddedElements =
    (inH + rows.before + rows.after) * (inW + columns.before + columns.after) * inC;
  if (paddedElements > paddedLimit * elements + 2 ** 20) return undefined;
  const g: Geometry = {
    batches,
    inH,
    inW,
    inC,
    outH,
    outW,
    top: rows.before,
    bottom: rows.after,
    left: columns.before,
    right: columns.after,
    paddedElements,
  };
  const phases = rows.phases.flatMap((row) =>
    columns.phases.map((column) => phaseKernel(build, kind, stage, g, [row, column], attrs)),
  );
  const pad = padder(build, kind, g);
  build.needScratch(paddedElements * operandBytes(kind));
  const operand = build.operand(0);
  const elementBytes = kind === 'int8' ? 1 : 4;
  const imageBytes = inH * inW * inC * elementBytes;
  const resultBytes = outH * outW * outC * elementBytes;
  return (inputs, outputs) => {
    const scratch = build.scratch();
    const first = operand(inputs);
    const to = addressOf(outputs[0]);
    for (let n = 0; n < batches; n++) {
      pad(first + n * imageBytes, scratch, stage.inputZero);
      for (const phase of phases) phase(scratch, to + n * resultBytes);
    }
  };
};
