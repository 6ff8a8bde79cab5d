/**
 * What one output position of a linear layer reads, as a row of numbers in the weights' order: a convolution
 * at sampled positions is patches × weights. Borders are 0, as in the engine.
 */
import { transposeWindow, window } from '../../../engine/numerics';
import { elementCount, type Graph, type Node } from '../../../model/graph';

/** A group of a layer's output channels, which reads its own input channels. */
export interface Patches {
  readonly kind: 'full' | 'depthwise';
  /** Output channels [first, first + channels). */
  readonly first: number;
  readonly channels: number;
  readonly k: number;
  readonly length: number;
  /** Output positions of one sample. */
  readonly positions: number;
  /** Writes position `at` of a sample's input to `to[offset…]`. */
  gather(input: Float32Array, at: number, to: Float32Array, offset: number): void;
}

/** One for each group; undefined where the layer's form isn't known. */
export function patchesOf(graph: Graph, node: Node): readonly Patches[] | undefined {
  switch (node.op) {
    case 'FULLY_CONNECTED':
      return dense(graph, node);
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D':
      return convolution(graph, node);
    case 'TRANSPOSE_CONV':
      return transposed(graph, node);
    default:
      return undefined;
  }
}

const shapeOf = (graph: Graph, index: number | undefined) => graph.values[index ?? -1]!.shape;

function dense(graph: Graph, node: Node): readonly Patches[] {
  const [channels, k] = shapeOf(graph, node.inputs[1]) as [number, number];
  const positions = elementCount(shapeOf(graph, node.inputs[0])) / k;
  return [
    {
      ...{ kind: 'full', first: 0, channels, k, length: k, positions },
      gather(input, at, to, offset) {
        to.set(input.subarray(at * k, (at + 1) * k), offset);
      },
    },
  ];
}

type Four = [number, number, number, number];

function convolution(
  graph: Graph,
  node: Extract<Node, { op: 'CONV_2D' | 'DEPTHWISE_CONV_2D' }>,
): readonly Patches[] | undefined {
  const [batch, height, width, channels] = shapeOf(graph, node.inputs[0]) as Four;
  const [outer, filterH, filterW, inner] = shapeOf(graph, node.inputs[1]) as Four;
  const [, outH, outW] = shapeOf(graph, node.outputs[0]) as Four;
  const { padding, strideH, strideW, dilationH, dilationW } = node.attrs;
  const top = window(padding, height, filterH, strideH, dilationH).before;
  const left = window(padding, width, filterW, strideW, dilationW).before;
  const taps = filterH * filterW;
  const positions = batch * outH * outW;
  /** Calls with each tap's place in the input, −1 outside. */
  const eachTap = (at: number, visit: (tap: number, from: number) => void) => {
    const n = Math.floor(at / (outH * outW));
    const y0 = (Math.floor(at / outW) % outH) * strideH - top;
    const x0 = (at % outW) * strideW - left;
    for (let fy = 0; fy < filterH; fy++)
      for (let fx = 0; fx < filterW; fx++) {
        const [y, x] = [y0 + fy * dilationH, x0 + fx * dilationW];
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        visit(fy * filterW + fx, inside ? ((n * height + y) * width + x) * channels : -1);
      }
  };
  if (node.op === 'DEPTHWISE_CONV_2D') {
    const multiplier = inner / channels;
    if (!Number.isInteger(multiplier)) return undefined;
    return [
      {
        ...{ kind: 'depthwise', first: 0, channels: inner, k: taps, length: taps * inner },
        positions,
        gather(input, at, to, offset) {
          eachTap(at, (tap, from) => {
            const start = offset + tap * inner;
            if (from < 0) to.fill(0, start, start + inner);
            else if (multiplier === 1) to.set(input.subarray(from, from + inner), start);
            else
              for (let c = 0; c < inner; c++)
                to[start + c] = input[from + Math.floor(c / multiplier)]!;
          });
        },
      },
    ];
  }
  const groups = channels / inner;
  if (!Number.isInteger(groups) || outer % groups !== 0) return undefined;
  const each = outer / groups;
  const k = taps * inner;
  return Array.from({ length: groups }, (_, group) => ({
    ...{ kind: 'full', first: group * each, channels: each, k, length: k, positions },
    gather(input, at, to, offset) {
      eachTap(at, (tap, from) => {
        const start = offset + tap * inner;
        const own = from + group * inner;
        if (from < 0) to.fill(0, start, start + inner);
        else to.set(input.subarray(own, own + inner), start);
      });
    },
  }));
}

function transposed(
  graph: Graph,
  node: Extract<Node, { op: 'TRANSPOSE_CONV' }>,
): readonly Patches[] {
  const [channels, filterH, filterW, inner] = shapeOf(graph, node.inputs[1]) as Four;
  const [batch, height, width] = shapeOf(graph, node.inputs[2]) as Four;
  const [, outH, outW] = shapeOf(graph, node.outputs[0]) as Four;
  const { padding, strideH, strideW } = node.attrs;
  const top = transposeWindow(padding, height, outH, filterH, strideH).before;
  const left = transposeWindow(padding, width, outW, filterW, strideW).before;
  const k = filterH * filterW * inner;
  return [
    {
      ...{ kind: 'full', first: 0, channels, k, length: k, positions: batch * outH * outW },
      gather(input, at, to, offset) {
        const n = Math.floor(at / (outH * outW));
        const oy = Math.floor(at / outW) % outH;
        const ox = at % outW;
        for (let fy = 0; fy < filterH; fy++)
          for (let fx = 0; fx < filterW; fx++) {
            const [y, x] = [(oy + top - fy) / strideH, (ox + left - fx) / strideW];
            const start = offset + (fy * filterW + fx) * inner;
            const inside =
              Number.isInteger(y) &&
              Number.isInteger(x) &&
              y >= 0 &&
              y < height &&
              x >= 0 &&
              x < width;
            const from = ((n * height + y) * width + x) * inner;
            if (inside) to.set(input.subarray(from, from + inner), start);
            else to.fill(0, start, start + inner);
          }
      },
    },
  ];
}
