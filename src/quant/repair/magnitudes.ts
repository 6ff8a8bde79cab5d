/** Weights of a linear node by output channel and by channel of what it reads: flat indices, once. */
import type { Node } from '../../model/graph';
import type { LinearNode } from '../../model/passes/linearNode';

/** Output channel and input channel (of the weights) of each weight, by flat index. */
export function weightChannels(node: Node, linear: LinearNode) {
  const { channels, inputChannels, kernel } = linear;
  const perOutput = kernel.length / channels;
  const multiplier = node.op === 'DEPTHWISE_CONV_2D' ? node.attrs.depthMultiplier : 0;
  return {
    output: (flat: number) => (multiplier ? flat % channels : Math.floor(flat / perOutput)),
    input: (flat: number) =>
      multiplier ? Math.floor((flat % channels) / multiplier) : flat % inputChannels,
  };
}

/** Largest magnitudes of a node's weights by output channel (rows) and channel that is read (columns), the pairs that exist. */
export interface Magnitudes {
  readonly outputs: Int32Array;
  readonly inputs: Int32Array;
  readonly largest: Float64Array;
}

/**
 * @param channelOf channel read by each input channel of the weights; undefined: all are one
 * @param channels number of those
 */
export function magnitudesOf(
  node: Node,
  linear: LinearNode,
  channelOf: Int32Array | undefined,
  channels: number,
): Magnitudes {
  const { output, input } = weightChannels(node, linear);
  const isDepthwise = node.op === 'DEPTHWISE_CONV_2D';
  const columns = isDepthwise ? 1 : channels;
  const largest = new Float64Array(linear.channels * columns);
  const columnOf = (flat: number) => channelOf?.[input(flat)] ?? 0;
  linear.kernel.forEach((weight, flat) => {
    const at = output(flat) * columns + (isDepthwise ? 0 : columnOf(flat));
    largest[at] = Math.max(largest[at]!, Math.abs(weight));
  });
  const outputs = new Int32Array(largest.length);
  const inputs = new Int32Array(largest.length);
  for (let at = 0; at < largest.length; at += 1) {
    outputs[at] = Math.floor(at / columns);
    // The first weights of a depthwise kernel are one for each output channel.
    inputs[at] = isDepthwise ? columnOf(outputs[at]!) : at % columns;
  }
  return { outputs, inputs, largest };
}
