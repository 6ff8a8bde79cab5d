/**
 * Dynamic range: CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with float32 activations and int8
 * weights. The reference's own functions put the ends of a row on its grid; the rest of the row and
 * the product, which is the int8 one with raw int32 sums, are kernels.
 */
import { elementCount, type Value } from '../../../model/graph';
import { floatActivationRange } from '../../numerics';
import {
  quantizeRowAsymmetric,
  quantizeRowSymmetric,
  type RowGrid,
} from '../../reference/int/dynamicRange';
import { channelScales, isClamp } from '../../reference/int/site';
import type { Build, WasmFactory } from '../build';
import { placeGemm } from '../matmul';
import { panelsOf } from '../panels';
import { depthwiseKernel } from './depthwise';
import { geometry, isDirect, matricesOf, padder } from './convolution';

const raw = { inputZero: 0, scales: undefined, bias: undefined, zeroPoint: 0, low: 0, high: 0 };

interface Grid extends RowGrid {
  readonly inverse: number;
  readonly low: number;
}
/** Smallest and largest element of a row → its grid (reference/int/dynamicRange.ts). */
type GridOf = (ends: Float32Array) => Grid;

const spare = new Int8Array(2);

const asymmetric: GridOf = (ends) => {
  const grid = quantizeRowAsymmetric(ends, 0, 2, spare);
  return { ...grid, inverse: 1 / grid.scale, low: -128 };
};

const symmetric: GridOf = (ends) => {
  const grid = quantizeRowSymmetric(ends, 0, 2, spare);
  const range = Math.max(Math.abs(ends[0]!), Math.abs(ends[1]!));
  return { ...grid, inverse: range === 0 ? 0 : 127 / range, low: -127 };
};

function isHybrid(build: Build): boolean {
  const [input, weights, bias] = build.inputs;
  const int8 = weights?.dtype === 'int8' || weights?.dtype === 'int4';
  const given = input?.dtype === 'float32' && !input.data && weights?.data !== undefined && int8;
  return given && build.outputs[0]?.dtype === 'float32' && (!bias || bias.data !== undefined);
}

/** Σw of every output channel; `last`: channels are the last axis, else the first. */
function channelSums(weights: Value, channels: number, last: boolean): Int32Array {
  const data = weights.data as Int8Array;
  const run = data.length / channels;
  const sums = new Int32Array(channels);
  for (let i = 0; i < data.length; i++) {
    const channel = last ? i % channels : Math.floor(i / run);
    sums[channel] = sums[channel]! + data[i]!;
  }
  return sums;
}

/** Scratch parts, each at a multiple of 64. */
function split(build: Build, sizes: readonly number[]): () => number[] {
  const starts: number[] = [];
  let total = 0;
  for (const size of sizes) {
    starts.push(total);
    total += Math.ceil((size + 64) / 64) * 64;
  }
  build.needScratch(total);
  return () => starts.map((start) => build.scratch() + start);
}

interface Product {
  readonly channels: number;
  /** Rows that share one grid, and their elements. */
  readonly rows: number;
  readonly elements: number;
  readonly images: number;
  readonly operandSize: number;
  readonly gridOf: GridOf;
  /** Operand of one image from its int8 elements, then raw sums. */
  multiply(from: number, operand: number, sums: number, zero: number): void;
}

function hybrid(build: Build, product: Product, low: number, high: number) {
  const { channels, rows, elements, images, gridOf } = product;
  const { kernels } = build;
  const weights = build.inputs[1]!;
  const scales = channelScales(weights, channels);
  const bias = build.inputs[2]?.data as Float32Array | undefined;
  if (!scales || weights.data!.length !== elementCount(weights.shape)) return undefined;
  if (bias && bias.length !== channels) return undefined;
  const weightSums = build.place(
    channelSums(weights, channels, build.node.op === 'DEPTHWISE_CONV_2D'),
  );
  const biasAt = build.place(bias ?? new Float32Array(channels));
  const sizes = [product.operandSize, elements, rows * channels * 4, channels * 4, 8];
  const parts = split(build, sizes);
  const input = build.operand(0);
  const leave = build.spread({ name: 'finishHybrid', units: rows, us: (rows * channels) / 2000 });
  const quantizeRow = build.spread({
    name: 'quantizeRow',
    units: elements,
    us: elements / 3000,
    grain: 64,
  });

  const finish = (
    sums: number,
    to: number,
    grid: RowGrid,
    scaleAt: number,
    buffer: ArrayBuffer,
  ) => {
    const stepped = new Float32Array(buffer, scaleAt, channels);
    // The builtin kernels scale in this order (reference/int/hybrid.ts).
    const apart = build.node.op === 'DEPTHWISE_CONV_2D';
    for (let c = 0; c < channels; c++) stepped[c] = scales[c]! * (apart ? 1 : grid.scale);
    leave(
      sums,
      to,
      channels,
      grid.zeroPoint,
      apart ? grid.scale : 1,
      weightSums,
      scaleAt,
      biasAt,
      low,
      high,
    );
  };
  return (
    inputs: Parameters<ReturnType<Build['operand']>>[0],
    outputs: readonly { readonly data: ArrayBufferView }[],
  ) => {
    const [operand, bytes, sums, scaleAt, endsAt] = parts() as [
      number,
      number,
      number,
      number,
      number,
    ];
    const buffer = outputs[0]!.data.buffer as ArrayBuffer;
    const ends = new Float32Array(buffer, endsAt, 2);
    const from = input(inputs);
    const to = outputs[0]!.data.byteOffset;
    for (let image = 0; image < images; image++) {
      const row = from + image * elements * 4;
      kernels.rangeF32(row, elements, endsAt);
      const grid = gridOf(ends);
      quantizeRow(row, bytes, grid.inverse, grid.zeroPoint, grid.low);
      product.multiply(bytes, operand, sums, grid.zeroPoint);
      finish(sums, to + image * rows * channels * 4, grid, scaleAt, buffer);
    }
  };
}

export const hybridConv2d: WasmFactory = (build) => {
  const { node } = build;
  if (node.op !== 'CONV_2D' || !isHybrid(build) || !isClamp(node.attrs.activation)) {
    return undefined;
  }
  const weights = build.inputs[1]!;
  const [channels, kH, kW] = weights.shape as [number, number, number];
  const g = geometry(build, node.attrs, kH, kW, channels);
  const matrices = g && matricesOf(build, 'int8', 'int32', node.attrs, g, raw);
  if (!g || !matrices) return undefined;
  const pad = padder(build, 'int8', g);
  const direct = isDirect(g);
  const { low, high } = floatActivationRange(node.attrs.activation);
  const product: Product = {
    channels,
    rows: matrices.rows,
    elements: g.inH * g.inW * g.inC,
    images: g.batches,
    operandSize: direct ? 0 : g.paddedElements,
    gridOf: weights.quant?.scale.length === 1 ? symmetric : asymmetric,
    multiply(from, operand, sums, zero) {
      if (direct) return matrices.multiply(from, sums);
      pad(from, operand, zero);
      matrices.multiply(operand, sums);
    },
  };
  return hybrid(build, product, low, high);
};

export const hybridDepthwiseConv2d: WasmFactory = (build) => {
  const { node } = build;
  if (node.op !== 'DEPTHWISE_CONV_2D' || !isHybrid(build) || !isClamp(node.attrs.activation)) {
    return undefined;
  }
  const [, kH, kW, channels] = build.inputs[1]!.shape as [number, number, number, number];
  const repeat = channels / build.inputs[0]!.shape[3]!;
  if (!Number.isInteger(repeat) || kH * kW === 0) return undefined;
  const g = geometry(build, node.attrs, kH, kW, channels, repeat);
  if (!g) return undefined;
  const kernel = depthwiseKernel(build, 'int8', 'int32', node.attrs, g, raw, repeat);
  const { low, high } = floatActivationRange(node.attrs.activation);
  const product: Product = {
    channels,
    rows: g.outH * g.outW,
    elements: g.inH * g.inW * g.inC,
    images: g.batches,
    operandSize: kernel.operandSize,
    gridOf: asymmetric,
    multiply: (from, operand, sums, zero) => kernel.run(from, operand, sums, zero),
  };
  return hybrid(build, product, low, high);
};

export const hybridFullyConnected: WasmFactory = (build) => {
  const { node, variant } = build;
  if (node.op !== 'FULLY_CONNECTED' || !isHybrid(build) || !isClamp(node.attrs.activation)) {
    return undefined;
  }
  const weights = build.inputs[1]!;
  const [channels, depth] = weights.shape as [number, number];
  const images = elementCount(build.inputs[0]!.shape) / depth;
  if (!Number.isInteger(images) || images === 0 || channels === 0) return undefined;
  if (elementCount(build.outputs[0]!.shape) !== images * channels) return undefined;
  const panels = panelsOf({
    kind: 'int8',
    variant,
    weights: weights.data!,
    first: 0,
    channels,
    segments: 1,
    run: depth,
    ...raw,
  });
  const gemm = placeGemm(build, 'int8', 'int32', panels, {
    rows: 1,
    width: 1,
    stepX: 0,
    stepY: 0,
    offsets: [0],
    channels,
    outStep: 0,
    ...raw,
  });
  const { low, high } = floatActivationRange(node.attrs.activation);
  const product: Product = {
    channels,
    rows: 1,
    elements: depth,
    images,
    operandSize: 0,
    gridOf: node.attrs.asymmetricQuantizeInputs ? asymmetric : symmetric,
    multiply: (from, _, sums) => gemm(from, sums),
  };
  return hybrid(build, product, low, high);
};
