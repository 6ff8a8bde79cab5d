/** CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED, int16 activations and int8 or int4 weights (16x8). */
import { elementCount, type NodeFor } from '../../../model/graph';
import type { Kernel } from '../../engine';
import { ruyStage } from '../../reference/int16/numerics';
import { addressOf, type Build, type WasmFactory } from '../build';
import {
  layer16,
  modes,
  pack16,
  sumsBytes,
  type Layer16,
  type Mode,
  type Panels16,
} from '../int16';
import { aligned, copyBytesPerUs, geometry, isDirect, type Geometry } from './convolution';

interface Shape16 {
  readonly rows: number;
  readonly width: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly offsets: readonly number[];
  readonly channels: number;
  readonly outStep: number;
}

/** Operations a microsecond of one thread, roughly. */
const speed = 70_000;

/** Multiplies all rows: operand, output. */
function multiply16(build: Build, mode: Mode, panels: Panels16, shape: Shape16, layer: Layer16) {
  const { rows, channels, offsets } = shape;
  const few = rows < 3;
  const run = build.spread({
    name: few ? 'gemmRowI16' : 'gemmI16',
    units: few ? Math.ceil(channels / 8) : rows,
    us: (4 * rows * channels * panels.words) / speed,
    grain: few ? 1 : 4,
  });
  const { low, high } = layer.range;
  const room = build.needTiles(sumsBytes);
  const block = build.place(
    Int32Array.of(
      rows,
      shape.width,
      shape.stepX,
      shape.stepY,
      build.place(Int32Array.from(offsets)),
      offsets.length,
      panels.words / offsets.length,
      build.place(panels.bytes),
      panels.panelBytes,
      channels,
      shape.outStep,
      panels.chunk,
      mode,
      low,
      high,
      sumsBytes,
    ),
  );
  return (from: number, to: number) => run(block, from, to, room());
}

/** Writes one image with its borders of 0. */
function padder16(build: Build, g: Geometry) {
  const { inH, inW, inC, top, bottom, left, right } = g;
  const units = top + inH + bottom;
  const us = (2 * units * (inW + left + right) * inC) / copyBytesPerUs;
  const run = build.spread({ name: 'padI8', units, us });
  return (from: number, to: number) => run(from, to, inH, inW, 2 * inC, top, left, right, 0, 1);
}

/** Runs `compute` on every image, padded where it has a border. */
function overImages(
  build: Build,
  g: Geometry,
  results: number,
  compute: (operand: number, to: number) => void,
): Kernel {
  const direct = isDirect(g);
  if (!direct) build.needScratch(aligned(g.paddedElements * 2));
  const pad = padder16(build, g);
  const input = build.operand(0);
  const imageBytes = 2 * g.inH * g.inW * g.inC;
  return (inputs, outputs) => {
    for (let n = 0; n < g.batches; n++) {
      const from = input(inputs) + n * imageBytes;
      if (!direct) pad(from, build.scratch());
      compute(direct ? from : build.scratch(), addressOf(outputs[0]) + n * results * 2);
    }
  };
}

/** Taps of a run in order, and a spare one where their number is odd. */
function inRuns(start: number, runs: number, run: number): Int32Array {
  const even = run + (run & 1);
  return Int32Array.from({ length: runs * even }, (_, at) => {
    const [s, e] = [Math.floor(at / even), at % even];
    return e < run ? start + s * run + e : -1;
  });
}

export const conv2dInt16: WasmFactory = (build) => {
  const { node } = build;
  if (node.op !== 'CONV_2D' || build.inputs[1]?.shape.length !== 4) return undefined;
  const [channels, kH, kW, kC] = build.inputs[1].shape as [number, number, number, number];
  const layer = layer16(build, channels, node.attrs.activation);
  const g = layer && geometry(build, node.attrs, kH, kW, channels);
  if (!g || kH * kW * kC === 0) return undefined;
  const groups = g.inC / kC;
  const perGroup = channels / groups;
  if (!Number.isInteger(groups) || !Number.isInteger(perGroup)) return undefined;
  const { strideH, strideW, dilationH, dilationW } = node.attrs;
  const pixel = 2 * g.inC;
  const line = (g.inW + g.left + g.right) * pixel;
  const dense = dilationW === 1 && groups === 1;
  const run = dense ? kW * kC : kC;
  const offsets = Array.from({ length: dense ? kH : kH * kW }, (_, s) =>
    dense
      ? s * dilationH * line
      : Math.floor(s / kW) * dilationH * line + (s % kW) * dilationW * pixel,
  );
  const parts: {
    readonly from: number;
    readonly to: number;
    readonly multiply: ReturnType<typeof multiply16>;
  }[] = [];
  for (let group = 0; group < groups; group++) {
    const first = group * perGroup;
    const panels = pack16(layer, modes.wide, first, perGroup, (channel) =>
      inRuns(channel * kH * kW * kC, offsets.length, run),
    );
    if (!panels) return undefined;
    const shape = {
      rows: g.outH * g.outW,
      width: g.outW,
      stepX: strideW * pixel,
      stepY: strideH * line,
      offsets,
      channels: perGroup,
      outStep: 2 * channels,
    };
    const multiply = multiply16(build, modes.wide, panels, shape, layer);
    parts.push({ from: 2 * group * kC, to: 2 * first, multiply });
  }
  return overImages(build, g, g.outH * g.outW * channels, (operand, to) => {
    for (const part of parts) part.multiply(operand + part.from, to + part.to);
  });
};

export const depthwiseInt16: WasmFactory = (build) => {
  const { node } = build;
  const weights = build.inputs[1];
  if (node.op !== 'DEPTHWISE_CONV_2D' || weights?.dtype !== 'int8') return undefined;
  const [, kH, kW, channels] = weights.shape as [number, number, number, number];
  // Several outputs of a channel are rare, and take an operand that repeats channels.
  if (build.inputs[0]?.shape[3] !== channels || kH * kW === 0) return undefined;
  const layer = layer16(build, channels, node.attrs.activation);
  const g = layer && geometry(build, node.attrs, kH, kW, channels);
  if (!g) return undefined;
  const { attrs } = node;
  const taps = kH * kW;
  const panels = pack16(layer, modes.wide, 0, channels, (channel) =>
    inRuns(0, 1, taps).map((tap) => (tap < 0 ? -1 : tap * channels + channel)),
  );
  if (!panels || panels.chunk < panels.words) return undefined;
  const pixel = 2 * channels;
  const line = (g.inW + g.left + g.right) * pixel;
  const offsets = inRuns(0, 1, taps).map((tap) =>
    offsetOf(Math.max(0, tap), attrs, kW, line, pixel),
  );
  const { low, high } = layer.range;
  const room = build.needTiles(sumsBytes);
  const block = build.place(
    Int32Array.of(
      g.outW,
      channels,
      attrs.strideW * pixel,
      attrs.strideH * line,
      build.place(offsets),
      panels.words,
      build.place(panels.bytes),
      panels.panelBytes,
      low,
      high,
      sumsBytes,
    ),
  );
  const run = build.spread({
    name: 'depthwiseI16',
    units: g.outH,
    us: (2 * g.outH * g.outW * channels * taps) / 10_000,
  });
  return overImages(build, g, g.outH * g.outW * channels, (operand, to) =>
    run(block, operand, to, room()),
  );
};

function offsetOf(
  tap: number,
  { dilationH, dilationW }: NodeFor<'DEPTHWISE_CONV_2D'>['attrs'],
  kW: number,
  line: number,
  pixel: number,
): number {
  return Math.floor(tap / kW) * dilationH * line + (tap % kW) * dilationW * pixel;
}

export const fullyConnectedInt16: WasmFactory = (build) => {
  const { node } = build;
  const [input, weights, bias] = build.inputs;
  const output = build.outputs[0];
  if (node.op !== 'FULLY_CONNECTED' || weights?.shape.length !== 2) return undefined;
  const [units, depth] = weights.shape as [number, number];
  const layer = layer16(build, units, node.attrs.activation);
  if (!layer || units * depth === 0) return undefined;
  const rows = elementCount(input!.shape) / depth;
  if (!Number.isInteger(rows) || rows === 0) return undefined;
  if (elementCount(output!.shape) !== rows * units) return undefined;
  const mode = bias ? modes.float : modes.sums;
  const panels = pack16(layer, mode, 0, units, (unit) => inRuns(unit * depth, 1, depth));
  if (!panels) return undefined;
  const multiply = multiply16(
    build,
    mode,
    panels,
    {
      rows,
      width: rows,
      stepX: 2 * depth,
      stepY: 0,
      offsets: [0],
      channels: units,
      outStep: units * (bias ? 2 : 8),
    },
    layer,
  );
  const from = build.operand(0);
  if (bias) return (inputs, outputs) => multiply(from(inputs), addressOf(outputs[0]));
  // ruy's two roundings of sums of 32 bits: few enough for the reference's own.
  const stage = ruyStage(layer.ratios, layer.range);
  build.needScratch(rows * units * 8);
  return (inputs, [tensor]) => {
    const y = tensor!.data as Int16Array;
    multiply(from(inputs), build.scratch());
    const sums = new Float64Array(y.buffer, build.scratch(), rows * units);
    for (let i = 0; i < sums.length; i++) y[i] = stage(sums[i]!, i % units);
  };
};
