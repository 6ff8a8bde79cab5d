/** The kernels of a linear node's weights, as lists of flat indices: what SQuant sums errors over. */
import type { Node } from '../../model/graph';
import type { LinearNode } from '../../model/passes/linearNode';

/**
 * Of each output channel. Where a kernel has one number only, as in dense layers, all of the channel's are one list: then
 * the errors of the channel are what is summed.
 */
export function* kernelsOf(node: Node, linear: LinearNode): Generator<readonly Int32Array[]> {
  const { kernel, channels, inputChannels } = linear;
  const per = kernel.length / channels;
  const depthwise = node.op === 'DEPTHWISE_CONV_2D';
  const size = depthwise ? per : per / inputChannels;
  for (let channel = 0; channel < channels; channel += 1) {
    if (depthwise) yield [Int32Array.from({ length: per }, (_, at) => at * channels + channel)];
    else if (size === 1) yield [Int32Array.from({ length: per }, (_, at) => channel * per + at)];
    else
      yield Array.from({ length: inputChannels }, (_, input) =>
        Int32Array.from({ length: size }, (__, at) => channel * per + at * inputChannels + input),
      );
  }
}
