/**
 * Folds per-channel multiplications and additions by constants (BatchNormalization, Rescaling,
 * Normalization, bias additions) into the convolution or dense node before them, across RESHAPE and,
 * where zeros stay zeros, PAD; else into the one after them. float64 arithmetic, rounded to float32.
 * Into the node before: arXiv 1712.05877 §3.2. The folded node keeps its name; its output value (or
 * that of the RESHAPE or PAD between) is the one that the removed node made.
 */
import type { Graph, Issue, Node } from '../graph';
import { affineNode, alignChannels, type AffineNode } from './affineNode';
import {
  consumersOf,
  draftOf,
  finish,
  isPrivate,
  producerOf,
  setNode,
  setOutput,
  type Draft,
} from './draft';
import { foldAfter, foldBefore, linearNode, setWeights } from './linearNode';

/** Why a fold is not possible, to be read after "was not folded: ". */
type Refusal = string;

const isZero = (vector: Float64Array) => vector.every((x) => x === 0);
const reshapes = new Set<Node['op']>(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);
const lastSize = (shape: readonly number[]) => shape[shape.length - 1] ?? 1;

function foldIntoPrevious(draft: Draft, index: number, affine: AffineNode): Refusal | null {
  const node = draft.nodes[index]!;
  let value = affine.input;
  let { scale, offset } = affine;
  const last = producerOf(draft, value);
  for (;;) {
    const producer = producerOf(draft, value);
    const before = producer < 0 ? null : draft.nodes[producer]!;
    if (!before) return 'it works on an input of the model';
    if (draft.outputs.includes(value)) return `"${before.name}" is also an output of the model`;
    if (!isPrivate(draft, value)) {
      return `the output of "${before.name}" is also used elsewhere`;
    }
    const linear = linearNode(draft, before);
    if (linear) {
      if ('activation' in before.attrs && before.attrs.activation !== 'NONE') {
        return `"${before.name}" ends in ${before.attrs.activation}`;
      }
      const ownScale = alignChannels(scale, linear.channels);
      const ownOffset = alignChannels(offset, linear.channels);
      if (!ownScale || !ownOffset) return `its channels are not those of "${before.name}"`;
      const folded = foldAfter(linear, ownScale, ownOffset);
      if (!folded) return `the folded weights of "${before.name}" would not be finite`;
      setWeights(draft, producer, linear, folded);
      if (affine.activation !== 'NONE') {
        const current = draft.nodes[producer]!;
        setNode(draft, producer, {
          ...current,
          attrs: { ...current.attrs, activation: affine.activation },
        } as Node);
      }
      setOutput(draft, last, node.outputs[0]!);
      setNode(draft, index, null);
      return null;
    }
    if (reshapes.has(before.op)) {
      const channels = lastSize(draft.values[before.inputs[0]!]!.shape);
      const through = [alignChannels(scale, channels), alignChannels(offset, channels)];
      if (!through[0] || !through[1]) return `"${before.name}" mixes its channels`;
      [scale, offset] = [through[0], through[1]];
    } else if (before.op === 'PAD') {
      if (!isZero(offset)) return `"${before.name}" pads with zeros, which the offset would change`;
    } else {
      return `the layer before it, "${before.name}", is ${before.op}`;
    }
    value = before.inputs[0]!;
  }
}

/** True when no output of the convolution sees padding. */
function seesNoPadding(draft: Draft, node: Node, kernelShape: readonly number[]): boolean {
  if (node.op === 'FULLY_CONNECTED') return true;
  if (node.op !== 'CONV_2D' && node.op !== 'DEPTHWISE_CONV_2D') return false;
  return node.attrs.padding === 'VALID' || (kernelShape[1] === 1 && kernelShape[2] === 1);
}

function foldIntoNext(draft: Draft, index: number, affine: AffineNode): Refusal | null {
  const node = draft.nodes[index]!;
  if (affine.activation !== 'NONE') return `it ends in ${affine.activation}`;
  let value = node.outputs[0]!;
  let { scale, offset } = affine;
  for (;;) {
    if (draft.outputs.includes(value)) return 'its result is an output of the model';
    const readers = consumersOf(draft, value);
    if (readers.length !== 1) return `its result is used by ${readers.length} layers`;
    const next = draft.nodes[readers[0]!]!;
    const linear = linearNode(draft, next);
    if (linear && next.inputs[linear.data] === value) {
      if (!isZero(offset) && !seesNoPadding(draft, next, linear.shape)) {
        return `"${next.name}" pads with zeros, which the offset would change`;
      }
      const channels = next.op === 'FULLY_CONNECTED' ? linear.shape[1]! : linear.inputChannels;
      const ownScale = alignChannels(scale, channels);
      const ownOffset = alignChannels(offset, channels);
      if (!ownScale || !ownOffset) return `its channels are not those of "${next.name}"`;
      const folded = foldBefore(next, linear, ownScale, ownOffset);
      if (!folded) return `the folded weights of "${next.name}" would not be finite`;
      setWeights(draft, readers[0]!, linear, folded);
      const output = node.outputs[0]!;
      const readerIndex = consumersOf(draft, output)[0]!;
      const reader = draft.nodes[readerIndex]!;
      setNode(draft, readerIndex, {
        ...reader,
        inputs: reader.inputs.map((input) => (input === output ? affine.input : input)),
      } as Node);
      setNode(draft, index, null);
      return null;
    }
    if (reshapes.has(next.op) && next.inputs[0] === value) {
      const channels = lastSize(draft.values[next.outputs[0]!]!.shape);
      const through = [alignChannels(scale, channels), alignChannels(offset, channels)];
      // Vectors longer than the new last axis repeat in flat memory only if they divide it.
      if (!through[0] || !through[1]) return `"${next.name}" mixes its channels`;
      [scale, offset] = [through[0], through[1]];
    } else if (next.op !== 'PAD' || !isZero(offset)) {
      return `the layer after it, "${next.name}", is ${next.op}`;
    }
    value = next.outputs[0]!;
  }
}

export function foldBatchNorm(graph: Graph): { graph: Graph; issues: Issue[] } {
  const draft = draftOf(graph);
  const refusals = new Map<number, string>();
  graph.nodes.forEach((_, index) => {
    const node = draft.nodes[index]!;
    const affine = affineNode(node, draft.values);
    if (!affine) return;
    const before = foldIntoPrevious(draft, index, affine);
    if (before === null) return;
    const after = foldIntoNext(draft, index, affine);
    if (after === null) return;
    if (!refusals.has(node.layer)) refusals.set(node.layer, `${before}; ${after}`);
  });
  // What came first may fit once its successor is gone (MUL of a MUL + ADD pair before a dense node).
  for (let index = draft.nodes.length - 1; index >= 0; index -= 1) {
    const node = draft.nodes[index];
    const affine = node ? affineNode(node, draft.values) : null;
    if (affine) foldIntoNext(draft, index, affine);
  }
  const left = new Set(
    draft.nodes.flatMap((node) => (node && affineNode(node, draft.values) ? [node.layer] : [])),
  );
  const issues = [...refusals].flatMap(([layer, why]): Issue[] => {
    const { name, type } = graph.layers[layer] ?? { name: '', type: 'layer' };
    if (!left.has(layer)) return [];
    return [
      { severity: 'info', layer: name, message: `${type} "${name}" was not folded: ${why}.` },
    ];
  });
  return { graph: finish(draft), issues };
}
