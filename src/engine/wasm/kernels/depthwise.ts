/** DEPTHWISE_CONV_2D, int8 and float32: assembly/depthwise.ts over a padded copy of the input. */
import type { NodeFor } from '../../../model/graph';
import { addressOf, type Build, type WasmFactory } from '../build';
import { fourBytes, placeLeave } from '../leave';
import { operandBytes, type Result } from '../matmul';
import { activationOffset, wordElements, type Kind } from '../panels';
import type { Variant } from '../variant';
import {
  aligned,
  fixedPointStage,
  float32Stage,
  geometry,
  int8Stage,
  isDirect,
  layerKind,
  padder,
  type Geometry,
  type Stage,
} from './convolution';

/**
 * Taps in the order of the words; −1: a spare one, weight 0. `twice`: each column of a filter of three lines
 * once more, one line further down (assembly/depthwise3x3.ts).
 */
function tapOrder(kind: Kind, variant: Variant, kH: number, kW: number, twice: boolean): number[] {
  const taps = Array.from({ length: kH * kW }, (_, tap) => tap);
  const group = wordElements(kind, variant);
  // Words of their own for each column, so that the 3×3 kernel may take columns as they come.
  if (group > 1 && kH === 3) {
    const columns = Array.from({ length: kW }, (_, x) => [x, kW + x, 2 * kW + x]);
    const once = columns.flatMap((column) => [...column, -1]);
    return twice ? [...once, ...columns.flatMap((column) => [-1, ...column])] : once;
  }
  while (taps.length % group !== 0) taps.push(-1);
  return taps;
}

interface Packed {
  readonly bytes: Uint8Array;
  readonly groups: number;
  readonly panelBytes: number;
  /** As of matmul.ts' Panels. */
  readonly reach: number;
}

function packDepthwise(
  kind: Kind,
  variant: Variant,
  weights: ArrayLike<number>,
  channels: number,
  order: readonly number[],
  stage: Pick<Stage, 'inputZero' | 'scales' | 'bias'>,
): Packed {
  const group = wordElements(kind, variant);
  const groups = order.length / group;
  const panelBytes = 32 + groups * 32 + 32;
  const bytes = new Uint8Array(Math.ceil(channels / 8) * panelBytes);
  const ints = new Int32Array(bytes.buffer);
  const shorts = new Int16Array(bytes.buffer);
  const floats = new Float32Array(bytes.buffer);
  const zero = stage.inputZero + activationOffset(variant);
  let reach = 0;
  for (let channel = 0; channel < channels; channel++) {
    const panel = (channel >> 3) * panelBytes;
    const lane = channel & 7;
    let sum = 0;
    let magnitude = 0;
    for (let at = channel; at < weights.length; at += channels) {
      sum += weights[at]!;
      magnitude += Math.abs(weights[at]!);
    }
    order.forEach((tap, position) => {
      if (tap < 0) return;
      const value = weights[tap * channels + channel]!;
      const word = panel + 32 + Math.floor(position / group) * 32 + lane * 4;
      if (kind === 'float32') floats[word >> 2] = value;
      else if (group === 2) shorts[(word >> 1) + (position & 1)] = value;
      else bytes[word + (position & 3)] = value;
    });
    const bias = stage.bias?.[channel] ?? 0;
    if (kind === 'float32') {
      floats[(panel >> 2) + lane] = bias;
      continue;
    }
    ints[(panel >> 2) + lane] = (bias - Math.imul(sum, zero)) | 0;
    const scale = stage.scales?.[channel] ?? 0;
    floats[((panel + panelBytes) >> 2) - 8 + lane] = scale;
    reach = Math.max(reach, (Math.abs(bias) + 255 * magnitude) * scale);
  }
  return { bytes, groups, panelBytes, reach };
}

interface DepthwiseKernel {
  /** Bytes of scratch memory for the operand. */
  readonly operandSize: number;
  /** One image. `border`: what its border holds. */
  run(from: number, operand: number, to: number, border: number): void;
}

/** Operations a microsecond of one thread, roughly. */
const speeds = { int8: 50_000, int32: 40_000, float32: 20_000 } as const;

/** Weights and argument block of a depthwise convolution. @param repeat copies of each channel */
export function depthwiseKernel(
  build: Build,
  kind: Kind,
  result: Result,
  attrs: NodeFor<'DEPTHWISE_CONV_2D'>['attrs'],
  g: Geometry,
  stage: Stage,
  repeat: number,
): DepthwiseKernel {
  const { variant } = build;
  const weights = build.inputs[1]!;
  const [, kH, kW, channels] = weights.shape as [number, number, number, number];
  const plain3x3 = kH === 3 && kW === 3 && attrs.dilationH === 1 && attrs.dilationW === 1;
  const { strideW, strideH } = attrs;
  const relaxed = kind === 'int8' && variant !== 'dot16';
  const byPairs = relaxed && strideW === 1 && strideH === 1;
  // That kernel takes two columns before it looks where the image begins: a PAD may add more.
  const alongLine = byPairs ? g.left <= 2 : strideW === 2;
  const inPlace = plain3x3 && repeat === 1 && (!relaxed || alongLine);
  const size = operandBytes(kind);
  const column = channels * size;
  const line = (inPlace ? g.inW : g.inW + g.left + g.right) * column;
  const order = tapOrder(kind, variant, kH, kW, inPlace && byPairs);
  const data = weights.data as Int8Array | Float32Array;
  const packed = packDepthwise(kind, variant, data, channels, order, stage);
  const offsets = order.map((tap) =>
    tap < 0
      ? 0
      : Math.floor(tap / kW) * attrs.dilationH * line + (tap % kW) * attrs.dilationW * column,
  );
  // One pixel, written again when another border is asked for (dynamic range).
  const border = build.place(new Uint8Array(column + 64));
  const block = Int32Array.of(
    g.outH,
    g.outW,
    channels,
    strideW * column,
    strideH * line,
    build.place(Int32Array.from(offsets)),
    packed.groups,
    build.place(packed.bytes),
    packed.panelBytes,
    kind === 'float32' ? 0 : placeLeave(build, { ...stage, reach: packed.reach }),
    0,
    0,
    column,
    line,
    g.inH,
    g.inW,
    strideH,
    strideW,
    g.top,
    g.left,
    border,
    fourBytes(-128),
  );
  new Float32Array(block.buffer).set([stage.low, stage.high], 10);
  const argument = build.place(block);
  const suffix = ({ int8: 'I8', int32: 'I32', float32: 'F32' } as const)[result];
  const kernel = build.spread({
    name: inPlace ? `depthwise3x3${suffix}` : `depthwise${suffix}`,
    units: g.outH,
    grain: inPlace && byPairs ? 2 : 1,
    us: (2 * g.outH * g.outW * channels * kH * kW) / speeds[result],
  });
  const direct = inPlace || (repeat === 1 && isDirect(g));
  const pad = padder(build, kind, g, repeat);
  let held = 0;
  return {
    operandSize: direct ? 0 : aligned(g.paddedElements * size),
    run(from, operand, to, value) {
      if (!direct) pad(from, operand, value);
      else if (inPlace && kind === 'int8' && value !== held) {
        build.kernels.fillBytes(border, value, column);
        held = value;
      }
      kernel(argument, direct ? from : operand, to);
    },
  };
}

export const depthwiseConv2d: WasmFactory = (build) => {
  const { node } = build;
  const kind = layerKind(build);
  if (node.op !== 'DEPTHWISE_CONV_2D' || !kind) return undefined;
  const [, kH, kW, channels] = build.inputs[1]!.shape as [number, number, number, number];
  const inC = build.inputs[0]!.shape[3]!;
  const repeat = channels / inC;
  if (!Number.isInteger(repeat) || kH * kW === 0) return undefined;
  const stage = kind === 'int8' ? int8Stage(build, channels) : float32Stage(build, channels);
  const g = geometry(build, node.attrs, kH, kW, channels, repeat);
  if (!stage || !g) return undefined;
  const finish = fixedPointStage(build, channels);
  const result = finish ? 'int32' : kind;
  const kernel = depthwiseKernel(build, kind, result, node.attrs, g, stage, repeat);
  const { operandSize } = kernel;
  const elements = g.outH * g.outW * channels;
  build.needScratch(operandSize + (finish ? elements * 4 : 0));
  const input = build.operand(0);
  const elementBytes = kind === 'float32' ? 4 : 1;
  const imageBytes = g.inH * g.inW * inC * elementBytes;
  const resultBytes = elements * elementBytes;

  return (inputs, outputs) => {
    const scratch = build.scratch();
    const first = input(inputs);
    const output = addressOf(outputs[0]);
    for (let n = 0; n < g.batches; n++) {
      const to = finish ? scratch + operandSize : output + n * resultBytes;
      kernel.run(first + n * imageBytes, scratch, to, stage.inputZero);
      finish?.(outputs[0]!, to, n * resultBytes, g.outH * g.outW);
    }
  };
};
