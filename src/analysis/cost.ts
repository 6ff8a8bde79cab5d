import { byteSize, elementCount, type Graph, type Node, type Value } from '../model/graph';
import type { Energy } from '../run/figures';

/**
 * Multiply-accumulates of one inference of a node; 0 for nodes that do not multiply and accumulate
 * (elementwise, pooling, data movement).
 */
export function macs(graph: Graph, node: Node): number {
  const shape = (index: number) => graph.values[node.inputs[index]!]?.shape ?? [];
  const output = elementCount(graph.values[node.outputs[0]!]?.shape ?? []);
  switch (node.op) {
    case 'CONV_2D': {
      const [, kh = 1, kw = 1, channels = 1] = shape(1);
      return output * kh * kw * channels;
    }
    case 'DEPTHWISE_CONV_2D': {
      const [, kh = 1, kw = 1] = shape(1);
      return output * kh * kw;
    }
    case 'TRANSPOSE_CONV': {
      const [out = 1, kh = 1, kw = 1] = shape(1);
      return elementCount(shape(2)) * out * kh * kw;
    }
    case 'FULLY_CONNECTED':
      return output * (shape(1)[1] ?? 1);
    case 'BATCH_MATMUL': {
      const left = shape(0);
      return output * (left[left.length - (node.attrs.adjX ? 2 : 1)] ?? 1);
    }
    default:
      return 0;
  }
}

/** Trainable and other constants that are numbers of the model (not axes, shapes, paddings). */
export function parameters(graph: Graph, node: Node): number {
  return node.inputs.reduce((sum, index) => {
    const value = graph.values[index];
    if (!value?.data || !isWeight(graph, value)) return sum;
    return sum + elementCount(value.shape);
  }, 0);
}

/** Constants that carry learned numbers: floats, 4-, 8- and 16-bit integers, quantized biases, types that Intact can only name (float8, bfloat16). */
function isWeight(graph: Graph, value: Value): boolean {
  switch (value.dtype) {
    case 'float32':
    case 'float16':
    case 'int8':
    case 'int4':
    case 'int16':
    case 'other':
      return true;
    case 'uint8':
    case 'int32':
    case 'int64':
      return value.quant !== undefined && value.quant.scale.length > 0;
    default:
      return false;
  }
}

/** Picojoules of one operation in 45 nm silicon at 0.9 V (Horowitz, ISSCC 2014, figure 1.1.9). */
const pJ = {
  int8: { multiply: 0.2, add: 0.1 }, // products are added in int32
  float32: { multiply: 3.7, add: 0.9 },
} as const;

/**
 * Picojoules of an integer multiplication by the widths of its operands. Horowitz's two, 0.2 pJ at 8 × 8
 * and 3.1 pJ at 32 × 32 bits, grow with the product of the widths (15.5 times where that is 16), which
 * is also the measure of bit operations (Baskin et al., UNIQ, arXiv 1804.10969, section 4).
 */
const multiplyInteger = (weightBits: number, activationBits: number): number =>
  (pJ.int8.multiply * weightBits * activationBits) / 64;

/** Picojoules per byte by the memory that a tensor of this size fits in (64-bit access / 8). */
function accessPerByte(bytes: number): number {
  if (bytes <= 8 * 1024) return 10 / 8;
  if (bytes <= 32 * 1024) return 20 / 8;
  if (bytes <= 1024 * 1024) return 100 / 8;
  return 1300 / 8;
}

/**
 * Energy of one inference of a node: MACs × (multiply + add) + bytes of inputs, weights and outputs
 * × access. Elements of nodes without MACs count one add each. float16 weights are computed in
 * float32, as LiteRT's CPU kernels do; 4-bit weights are multiplied as what they are, as an accelerator
 * does, and read two per byte. A model of silicon, not a measurement.
 */
export function energy(graph: Graph, node: Node, macsOfNode: number): Energy {
  const output = graph.values[node.outputs[0]!];
  const weights = graph.values[node.inputs[1] ?? -1];
  const cost = costOf(output, weights);
  const work = macsOfNode > 0 ? macsOfNode : 0;
  const compute =
    work > 0
      ? work * (cost.multiply + cost.add)
      : elementCount(output?.shape ?? []) * (isFree(node) ? 0 : cost.add);
  let memory = 0;
  if (!isFree(node)) {
    for (const index of [...node.inputs, ...node.outputs]) {
      const value = graph.values[index];
      if (!value) continue;
      const bytes = byteSize(value.dtype, value.shape);
      memory += bytes * accessPerByte(bytes);
    }
  }
  return { compute, memory };
}

function costOf(output: Value | undefined, weights: Value | undefined) {
  const constant = weights?.data !== undefined;
  const bits = weights?.dtype === 'int4' ? 4 : 8;
  const narrow = constant && (weights.dtype === 'int8' || weights.dtype === 'int4');
  const integer = output?.dtype === 'int8' || output?.dtype === 'uint8';
  // Float activations beside such weights: dynamic range, which quantizes them to int8.
  if (!integer && !narrow) return pJ.float32;
  return { multiply: multiplyInteger(narrow ? bits : 8, 8), add: pJ.int8.add };
}

/** Nodes that change no byte. */
function isFree(node: Node): boolean {
  return node.op === 'RESHAPE' || node.op === 'SQUEEZE' || node.op === 'EXPAND_DIMS';
}
