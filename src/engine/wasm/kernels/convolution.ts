/**
 * CONV_2D, int8 and float32: the padded input is written once in the form that the dots want, then
 * every output pixel is a row of one matrix product (assembly/gemm.ts).
 */
import { addressOf, type Build, type WasmFactory } from '../build';
import { elementCount, type NodeFor } from '../../../model/graph';
import { floatActivationRange, requantizationScale, window } from '../../numerics';
import { convolutionKernel } from '../../reference/int/convolution';
import { affine, channelScales, isClamp, xnnActivationRange } from '../../reference/int/site';
import { operandBytes, placeParts, type Result } from '../matmul';
import { panelsOf, type Kind } from '../panels';
import { fixedPointFinish, type Finish } from './fixedPoint';

/** What one thread moves, roughly. */
export const copyBytesPerUs = 20_000;

/** A padded copy may be this many times larger than input plus output, plus 1 MB. */
const paddedLimit = 8;

const noBorder = { top: 0, bottom: 0, left: 0, right: 0 } as const;

export interface Geometry {
  readonly batches: number;
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly outH: number;
  readonly outW: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  /** Elements of one padded image. */
  readonly paddedElements: number;
}

/**
 * undefined where the padded copy would be out of proportion, or the graph's shapes contradict each
 * other. `repeat`: copies of each channel.
 */
export function geometry(
  build: Build,
  attrs: NodeFor<'CONV_2D'>['attrs'],
  kH: number,
  kW: number,
  channels: number,
  repeat = 1,
): Geometry | undefined {
  if (build.inputs[0]!.shape.length !== 4) return undefined;
  const [batches, inH, inW, inC] = build.inputs[0]!.shape as [number, number, number, number];
  const { top, bottom, left, right } = build.border ?? noBorder;
  const rows = window(attrs.padding, top + inH + bottom, kH, attrs.strideH, attrs.dilationH);
  const columns = window(attrs.padding, left + inW + right, kW, attrs.strideW, attrs.dilationW);
  const paddedH = top + inH + bottom + rows.before + rows.after;
  const paddedW = left + inW + right + columns.before + columns.after;
  const paddedElements = paddedH * paddedW * inC * repeat;
  const honest = elementCount(build.inputs[0]!.shape) + elementCount(build.outputs[0]!.shape);
  if (paddedElements > paddedLimit * honest + 2 ** 20) return undefined;
  const shape = [batches, rows.output, columns.output, channels];
  const declared = build.outputs[0]!.shape;
  if (declared.length !== 4 || shape.some((size, axis) => size !== declared[axis]))
    return undefined;
  if (elementCount(shape) === 0) return undefined;
  return {
    batches,
    inH,
    inW,
    inC,
    outH: rows.output,
    outW: columns.output,
    top: top + rows.before,
    bottom: bottom + rows.after,
    left: left + columns.before,
    right: right + columns.after,
    paddedElements,
  };
}

/** Bias, requantization and clamp of an int8 layer that XNNPACK computes; undefined: another recipe. */
export function int8Stage(build: Build, channels: number): Stage | undefined {
  const { node } = build;
  if (!('activation' in node.attrs) || !isClamp(node.attrs.activation)) return undefined;
  const [input, weights, bias] = build.inputs;
  const from = affine(input);
  const to = affine(build.outputs[0]);
  const scales = weights && channelScales(weights, channels);
  if (!from || !to || !scales) return undefined;
  // Depthwise without a bias is another recipe.
  if (!bias && node.op === 'DEPTHWISE_CONV_2D') return undefined;
  if (bias && bias.data?.length !== channels) return undefined;
  return {
    inputZero: from.zeroPoint,
    scales: scales.map((scale) => requantizationScale(from.scale, scale, to.scale)),
    bias: bias?.data as Int32Array | undefined,
    zeroPoint: to.zeroPoint,
    ...xnnActivationRange(node.attrs.activation, to),
  };
}

export const aligned = (bytes: number): number => Math.ceil((bytes + 64) / 64) * 64;

/** Finishes int32 sums of a convolution that the runtime rounds in fixed point; undefined: XNNPACK computes it. */
export function fixedPointStage(build: Build, channels: number): Finish | undefined {
  const { node } = build;
  if (node.op !== 'CONV_2D' && node.op !== 'DEPTHWISE_CONV_2D') return undefined;
  const kernel = convolutionKernel(build);
  if (build.inputs[1]?.dtype !== 'int4' || kernel === 'xnnpack') return undefined;
  return fixedPointFinish(build, channels, node.attrs.activation, kernel);
}

/** The same of a float32 layer. */
export function float32Stage(build: Build, channels: number): Stage | undefined {
  const { node } = build;
  if (!('activation' in node.attrs) || !isClamp(node.attrs.activation)) return undefined;
  const bias = build.inputs[2];
  if (bias && bias.data?.length !== channels) return undefined;
  return {
    inputZero: 0,
    scales: undefined,
    bias: bias?.data as Float32Array | undefined,
    zeroPoint: 0,
    ...floatActivationRange(node.attrs.activation),
  };
}

/** int8 or float32 throughout, with constant weights. */
export function layerKind(build: Build): Kind | undefined {
  const [input, weights, bias] = build.inputs;
  const dtype = input?.dtype;
  if (!weights?.data || weights.data.length !== elementCount(weights.shape)) return undefined;
  if (build.outputs[0]?.dtype !== dtype) return undefined;
  if (dtype === 'float32') return weights.dtype === 'float32' ? 'float32' : undefined;
  if (dtype !== 'int8' || (bias && bias.dtype !== 'int32')) return undefined;
  return weights.dtype === 'int8' || weights.dtype === 'int4' ? 'int8' : undefined;
}

/** Writes one image's operand, borders holding `zero`. */
export function padder(build: Build, kind: Kind, g: Geometry, repeat = 1) {
  const { inH, inW, inC, top, bottom, left, right } = g;
  const units = top + inH + bottom;
  const bytes = units * (inW + left + right) * inC * repeat * operandBytes(kind);
  const run = build.spread({
    name: kind === 'float32' ? 'padF32' : 'padI8',
    units,
    us: bytes / copyBytesPerUs,
  });
  return (from: number, to: number, zero: number): void =>
    run(from, to, inH, inW, inC, top, left, right, zero, repeat);
}

/** The same as the dots take bytes. */
function unsignedPadder(build: Build, g: Geometry) {
  const { inH, inW, inC, top, bottom, left, right } = g;
  const units = top + inH + bottom;
  const us = (units * (inW + left + right) * inC) / copyBytesPerUs;
  const run = build.spread({ name: 'padU8', units, us });
  return (from: number, to: number, zero: number): void =>
    run(from, to, inH, inW, inC, top, left, right, zero);
}

/** The operand is the input itself: no border, no repetition. */
export const isDirect = (g: Geometry): boolean => g.paddedElements === g.inH * g.inW * g.inC;

export interface Stage {
  readonly inputZero: number;
  readonly scales: ArrayLike<number> | undefined;
  readonly bias: ArrayLike<number> | undefined;
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

export interface Matrices {
  /** Multiplies one image's operand; `to` is that image's output. */
  multiply(operand: number, to: number): void;
  readonly rows: number;
  readonly channels: number;
  readonly elementBytes: number;
  /** The operand is a copy, written by padU8. */
  readonly isUnsigned: boolean;
}

/** Tiles of 6 rows; fewer rows are the kernel's for one. */
const leastRows = 12;

/** Weights and argument blocks of a convolution, one per group. undefined: groups don't divide. */
export function matricesOf(
  build: Build,
  kind: Kind,
  result: Result,
  attrs: NodeFor<'CONV_2D'>['attrs'],
  g: Geometry,
  stage: Stage,
): Matrices | undefined {
  const weights = build.inputs[1]!;
  const [channels, kH, kW, kC] = weights.shape as [number, number, number, number];
  const groups = g.inC / kC;
  const perGroup = channels / groups;
  if (!Number.isInteger(groups) || !Number.isInteger(perGroup)) return undefined;
  const size = operandBytes(kind);
  const pixel = g.inC * size;
  const line = (g.inW + g.left + g.right) * pixel;
  const dense = attrs.dilationW === 1 && groups === 1;
  const offsets: number[] = [];
  for (let ky = 0; ky < kH; ky++) {
    const start = ky * attrs.dilationH * line;
    if (dense) offsets.push(start);
    else for (let kx = 0; kx < kW; kx++) offsets.push(start + kx * attrs.dilationW * pixel);
  }
  const elementBytes = result === 'int8' ? 1 : 4;
  const rows = g.outH * g.outW;
  // 1×1 layers read their input as it is: a copy would cost more than it saves.
  const isUnsigned =
    build.variant !== 'dot16' &&
    result === 'int8' &&
    groups === 1 &&
    rows >= leastRows &&
    (kH * kW > 1 || !isDirect(g));
  const parts = Array.from({ length: groups }, (_, group) => {
    const panels = panelsOf({
      kind,
      variant: build.variant,
      weights: weights.data!,
      first: group * perGroup,
      channels: perGroup,
      segments: offsets.length,
      run: dense ? kW * kC : kC,
      ...stage,
    });
    const shape = {
      rows,
      width: g.outW,
      stepX: attrs.strideW * pixel,
      stepY: attrs.strideH * line,
      offsets,
      channels: perGroup,
      outStep: channels * elementBytes,
      isUnsigned,
      zeroPoint: stage.zeroPoint,
      low: stage.low,
      high: stage.high,
    };
    const operand = g.paddedElements * size;
    return placeParts(build, kind, result, panels, shape, operand).map((part) => ({
      ...part,
      from: group * kC * size,
      to: (group * perGroup + part.first) * elementBytes,
    }));
  }).flat();
  const multiply = (operand: number, to: number) => {
    for (const part of parts) part.multiply(operand + part.from, to + part.to);
  };
  return { multiply, rows, channels, elementBytes, isUnsigned };
}

export const conv2d: WasmFactory = (build) => {
  const { node } = build;
  const kind = layerKind(build);
  if (node.op !== 'CONV_2D' || !kind) return undefined;
  const [channels, kH, kW] = build.inputs[1]!.shape as [number, number, number];
  const stage = kind === 'int8' ? int8Stage(build, channels) : float32Stage(build, channels);
  const g = geometry(build, node.attrs, kH, kW, channels);
  if (!stage || !g) return undefined;
  const finish = fixedPointStage(build, channels);
  const result = finish ? 'int32' : kind;
  const matrices = matricesOf(build, kind, result, node.attrs, g, stage);
  if (!matrices) return undefined;
  const { multiply, rows } = matrices;
  const pad = matrices.isUnsigned ? unsignedPadder(build, g) : padder(build, kind, g);
  const direct = isDirect(g) && !matrices.isUnsigned;
  const operandSize = direct ? 0 : aligned(g.paddedElements * operandBytes(kind));
  build.needScratch(operandSize + (finish ? rows * channels * 4 : 0));
  const input = build.operand(0);
  const elementBytes = kind === 'int8' ? 1 : 4;
  const imageBytes = g.inH * g.inW * g.inC * elementBytes;
  const resultBytes = rows * channels * elementBytes;

  return (inputs, outputs) => {
    const scratch = build.scratch();
    const first = input(inputs);
    const output = addressOf(outputs[0]);
    for (let n = 0; n < g.batches; n++) {
      const from = first + n * imageBytes;
      if (!direct) pad(from, scratch, stage.inputZero);
      const to = output + n * resultBytes;
      multiply(direct ? from : scratch, finish ? scratch + operandSize : to);
      finish?.(outputs[0]!, scratch + operandSize, n * resultBytes, rows);
    }
  };
};
