/** Layers between two joints, which are reconstructed together, and the tiles that they see. */
import { window } from '../../../engine/numerics';
import type { Graph, Node } from '../../../model/graph';
import { limits } from '../../../quant/affine';
import {
  adaroundBlock,
  type AdaRoundOptions,
  type BlockLayer,
  type Rounder,
} from '../../../quant/adaround';
import type { Plan } from '../../../quant/types';
import { sample, scalesOf, type Gatherer, type Shares, type UseInputs } from './layer';
import type { Site } from './sites';

/** Rows that the first layer of a block computes for one position behind it. */
const MOST_ROWS = 64;

type Convolution = Extract<Node, { op: 'CONV_2D' | 'DEPTHWISE_CONV_2D' }>;

/** The sites in their order, those of a block together. */
export function blocksOf(graph: Graph, sites: readonly Site[]): Site[][] {
  const blocks: Site[][] = [];
  for (const site of sites) {
    const block = blocks.at(-1);
    if (
      block &&
      follows(graph, block.at(-1)!, site) &&
      rowsIn(graph, [...block, site])[0]! <= MOST_ROWS
    )
      block.push(site);
    else blocks.push([site]);
  }
  return blocks;
}

/** The site's node where it can be part of a block: one group, one use. */
function convolutionOf(graph: Graph, { uses }: Site): Convolution | undefined {
  const [use, other] = uses;
  const node = use!.node;
  if (other || (node.op !== 'CONV_2D' && node.op !== 'DEPTHWISE_CONV_2D')) return undefined;
  const [batch, , , channels] = graph.values[node.inputs[0]!]!.shape;
  const [, , , inner] = graph.values[node.inputs[1]!]!.shape;
  const whole = node.op === 'CONV_2D' ? inner === channels : inner! % channels! === 0;
  return batch === 1 && whole ? node : undefined;
}

/** Only the second reads what the first makes. */
function follows(graph: Graph, first: Site, second: Site): boolean {
  const [before, after] = [convolutionOf(graph, first), convolutionOf(graph, second)];
  if (!before || !after) return false;
  const { output } = first.uses[0]!.after;
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(output));
  return readers.length === 1 && readers[0] === after && !graph.outputs.includes(output);
}

/** Rows that each layer computes for one position behind the block. */
export const rowsIn = (graph: Graph, block: readonly Site[]): number[] =>
  windowsOf(graph, block).map(({ height, width }) => height * width);

/** From one position behind the last to the tile that the first reads. */
function windowsOf(graph: Graph, block: readonly Site[]): BlockLayer['window'][] {
  let [height, width] = [1, 1];
  return [...block]
    .reverse()
    .map((site) => {
      const node = site.uses[0]!.node as Convolution;
      const [, , , inChannels] = graph.values[node.inputs[0]!]!.shape as number[];
      const [, filterH, filterW] = graph.values[node.inputs[1]!]!.shape as [number, number, number];
      const { strideH, strideW, dilationH, dilationW } = node.attrs;
      const made = {
        ...{ height, width, filterH, filterW, strideH, strideW, dilationH, dilationW },
        inChannels: inChannels!,
        inHeight: (height - 1) * strideH + (filterH - 1) * dilationH + 1,
        inWidth: (width - 1) * strideW + (filterW - 1) * dilationW + 1,
      };
      [height, width] = [made.inHeight, made.inWidth];
      return made;
    })
    .reverse();
}

/** @param inputs of the block's first layer @param starts integers by the layers alone */
export async function roundedBlock(
  rounder: Rounder,
  graph: Graph,
  plan: Plan,
  block: readonly Site[],
  inputs: UseInputs,
  starts: readonly Int8Array[],
  shares: Shares,
  options: AdaRoundOptions,
  between: () => Promise<void>,
) {
  const windows = windowsOf(graph, block);
  const origins = originsOf(graph, block);
  const sampled = sample([inputs], [tilesOf(graph, block, windows, origins)], shares, options.seed);
  const layers = block.map((site, at): BlockLayer => {
    const { node, bias, after } = site.uses[0]!;
    const own = windows[at]!;
    const isFull = node.op === 'CONV_2D';
    const [outer, , , inner] = site.weights.shape as [number, number, number, number];
    const channels = isFull ? outer : inner;
    const taps = own.filterH * own.filterW;
    const grid = at < block.length - 1 ? gridOf(plan, graph.values[after.output]!.name) : undefined;
    return {
      ...{ kind: isFull ? 'full' : 'depthwise', channels, window: own, levels: site.levels },
      k: isFull ? taps * inner : taps,
      weights: site.weights.data as Float32Array,
      scale: scalesOf(site.form.scale, 0, channels),
      activation: after.activation,
      ...(after.alpha === undefined ? {} : { alpha: after.alpha }),
      ...(bias ? { bias: bias.data as Float32Array } : {}),
      ...(grid ? { grid } : {}),
      ...(at < block.length - 1
        ? { inside: insideOf(graph, node, own, origins[at]!, sampled.at) }
        : {}),
    };
  });
  const { float, quantized, training, held } = sampled;
  const problem = { layers, float, quantized, training, held };
  return adaroundBlock(rounder, problem, options, starts, between);
}

function gridOf({ values }: Plan, name: string): BlockLayer['grid'] {
  const form = values[name];
  if (!form || (form.dtype !== 'int8' && form.dtype !== 'int16')) return undefined;
  const { min, max } = limits[form.dtype];
  return { scale: form.scale[0]!, zeroPoint: form.zeroPoint[0]!, low: min, high: max };
}

/** First row and column of a tile, of a position behind the block. */
type Origin = (at: number) => readonly [number, number];

/** Of each layer's output tile; −1st: of the block's input. */
function originsOf(graph: Graph, block: readonly Site[]): Origin[] {
  const last = block.at(-1)!.uses[0]!.node;
  const [, , width] = graph.values[last.outputs[0]!]!.shape as [number, number, number];
  const origins: Origin[] = [(at) => [Math.floor(at / width), at % width]];
  for (const site of [...block].reverse()) {
    const behind = origins[0]!;
    origins.unshift(inputOrigin(graph, site.uses[0]!.node as Convolution, behind));
  }
  // By layer; the input's is the first layer's own business.
  return origins.slice(1);
}

function inputOrigin(graph: Graph, node: Convolution, behind: Origin): Origin {
  const [, height, width] = graph.values[node.inputs[0]!]!.shape as [number, number, number];
  const [, filterH, filterW] = graph.values[node.inputs[1]!]!.shape as [number, number, number];
  const { padding, strideH, strideW, dilationH, dilationW } = node.attrs;
  const top = window(padding, height, filterH, strideH, dilationH).before;
  const left = window(padding, width, filterW, strideW, dilationW).before;
  return (at) => {
    const [y, x] = behind(at);
    return [y * strideH - top, x * strideW - left];
  };
}

function tilesOf(
  graph: Graph,
  block: readonly Site[],
  windows: readonly BlockLayer['window'][],
  origins: readonly Origin[],
): Gatherer {
  const node = block[0]!.uses[0]!.node as Convolution;
  const origin = inputOrigin(graph, node, origins[0]!);
  const [, height, width, channels] = graph.values[node.inputs[0]!]!.shape as number[];
  const { inHeight, inWidth } = windows[0]!;
  const last = block.at(-1)!.uses[0]!.node;
  const [, outH, outW] = graph.values[last.outputs[0]!]!.shape as number[];
  return {
    length: inHeight * inWidth * channels!,
    positions: outH! * outW!,
    gather(input, at, to, offset) {
      const [top, left] = origin(at);
      for (let y = 0; y < inHeight; y++)
        for (let x = 0; x < inWidth; x++) {
          const [row, column] = [top + y, left + x];
          const start = offset + (y * inWidth + x) * channels!;
          const from = (row * width! + column) * channels!;
          const isIn = row >= 0 && row < height! && column >= 0 && column < width!;
          if (isIn) to.set(input.subarray(from, from + channels!), start);
          else to.fill(0, start, start + channels!);
        }
    },
  };
}

function insideOf(
  graph: Graph,
  node: Node,
  { height, width }: BlockLayer['window'],
  origin: Origin,
  positions: readonly number[],
): Uint8Array {
  const [, mapH, mapW] = graph.values[node.outputs[0]!]!.shape as [number, number, number];
  const inside = new Uint8Array(positions.length * height * width);
  positions.forEach((at, row) => {
    const [top, left] = origin(at);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const isIn = top + y >= 0 && top + y < mapH && left + x >= 0 && left + x < mapW;
        inside[(row * height + y) * width + x] = Number(isIn);
      }
  });
  return inside;
}
