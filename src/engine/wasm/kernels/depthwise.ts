/** DEPTHWISE_CONV_2D, int8 and float32: assembly/depthwise.ts over a padded copy of the input. */
import type { NodeFor } from '../../../model/graph';
import { addressOf, type Build, type WasmFactory } from '../build';
import { operandBytes, operandOffset, wordElements, type Kind, type Result } from '../matmul';
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

/** Taps in the order of the words; −1: a spare one, weight 0. */
function tapOrder(kind: Kind, variant: Variant, kH: number, kW: number): number[] {
  const taps = Array.from({ length: kH * kW }, (_, tap) => tap);
  const group = wordElements(kind, variant);
  // A word per column, so that the 3×3 kernel may take columns as they come.
  if (group === 4 && kH === 3) {
    return Array.from({ length: kW }, (_, x) => [x, kW + x, 2 * kW + x, -1]).flat();
  }
  while (taps.length % group !== 0) taps.push(-1);
  return taps;
}

function packDepthwise(
  kind: Kind,
  variant: Variant,
  weights: ArrayLike<number>,
  channels: number,
  order: readonly number[],
  stage: Pick<Stage, 'inputZero' | 'scales' | 'bias'>,
): { readonly bytes: Uint8Array; readonly groups: number; readonly panelBytes: number } {
  const group = wordElements(kind, variant);
  const groups = order.length / group;
  const panelBytes = 32 + groups * 32 + 32;
  const bytes = new Uint8Array(Math.ceil(channels / 8) * panelBytes);
  const ints = new Int32Array(bytes.buffer);
  const shorts = new Int16Array(bytes.buffer);
  const floats = new Float32Array(bytes.buffer);
  const zero = stage.inputZero + operandOffset(variant);
  for (let channel = 0; channel < channels; channel++) {
    const panel = (channel >> 3) * panelBytes;
    const lane = channel & 7;
    let sum = 0;
    order.forEach((tap, position) => {
      if (tap < 0) return;
      const value = weights[tap * channels + channel]!;
      const word = panel + 32 + Math.floor(position / group) * 32 + lane * 4;
      if (kind === 'float32') floats[word >> 2] = value;
      else if (group === 2) shorts[(word >> 1) + (position & 1)] = value;
      else bytes[word + (position & 3)] = value;
      sum += value;
    });
    const bias = stage.bias?.[channel] ?? 0;
    if (kind === 'float32') {
      floats[(panel >> 2) + lane] = bias;
      continue;
    }
    ints[(panel >> 2) + lane] = (bias - Math.imul(sum, zero)) | 0;
    floats[((panel + panelBytes) >> 2) - 8 + lane] = stage.scales?.[channel] ?? 0;
  }
  return { bytes, groups, panelBytes };
}

/** One image: operand → output. */
export function depthwiseKernel(
  build: Build,
  kind: Kind,
  result: Result,
  attrs: NodeFor<'DEPTHWISE_CONV_2D'>['attrs'],
  g: Geometry,
  stage: Stage,
): (operand: number, to: number) => void {
  const { kernels, variant } = build;
  const weights = build.inputs[1]!;
  const [, kH, kW, channels] = weights.shape as [number, number, number, number];
  const column = channels * operandBytes(kind, variant);
  const line = (g.inW + g.left + g.right) * column;
  const order = tapOrder(kind, variant, kH, kW);
  const data = weights.data as Int8Array | Float32Array;
  const packed = packDepthwise(kind, variant, data, channels, order, stage);
  const offsets = order.map((tap) =>
    tap < 0
      ? 0
      : Math.floor(tap / kW) * attrs.dilationH * line + (tap % kW) * attrs.dilationW * column,
  );
  const block = new Int32Array(16);
  block.set([
    g.outH,
    g.outW,
    channels,
    attrs.strideW * column,
    attrs.strideH * line,
    build.place(Int32Array.from(offsets)),
    packed.groups,
    build.place(packed.bytes),
    packed.panelBytes,
    stage.zeroPoint,
    stage.low,
    stage.high,
    column,
    line,
  ]);
  if (kind === 'float32') new Float32Array(block.buffer).set([stage.low, stage.high], 10);
  const argument = build.place(block);
  const plain3x3 = kH === 3 && kW === 3 && attrs.dilationH === 1 && attrs.dilationW === 1;
  // Kernels that take columns as they come; relaxed builds only.
  const byColumns = plain3x3 && variant !== 'dot16';
  const columns8 = { 1: kernels.depthwise3x3I8, 2: kernels.depthwise3x3s2I8 }[attrs.strideW];
  const columns32 = { 1: kernels.depthwise3x3I32, 2: kernels.depthwise3x3s2I32 }[attrs.strideW];
  const kernel = {
    int8: (byColumns && columns8) || kernels.depthwiseI8,
    int32: (byColumns && columns32) || kernels.depthwiseI32,
    float32: plain3x3 ? kernels.depthwise3x3F32 : kernels.depthwiseF32,
  }[result];
  return (operand, to) => kernel(argument, operand, to);
}

export const depthwiseConv2d: WasmFactory = (build) => {
  const { node, variant } = build;
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
  const kernel = depthwiseKernel(build, kind, finish ? 'int32' : kind, node.attrs, g, stage);
  const pad = padder(build, kind, g, repeat);
  const direct = repeat === 1 && isDirect(build, kind, g);
  const operandSize = direct ? 0 : aligned(g.paddedElements * operandBytes(kind, variant));
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
      const from = first + n * imageBytes;
      if (!direct) pad(from, scratch, stage.inputZero);
      const to = output + n * resultBytes;
      kernel(direct ? from : scratch, finish ? scratch + operandSize : to);
      finish?.(outputs[0]!, scratch + operandSize, n * resultBytes, g.outH * g.outW);
    }
  };
};
