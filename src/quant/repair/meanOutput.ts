/**
 * The mean of a linear node's outputs over all positions, from the mean of what each of its weights is
 * multiplied by: Σ w·E[x]. So two means of inputs and no convolution tell the mean of an error.
 */
import type { Graph, Node } from '../../model/graph';
import type { LinearNode } from '../../model/passes/linearNode';

/** Sums of a node's input, by place in the kernel and input channel, over the positions that it is read at. */
export interface InputSums {
  /** Adds one sample's input, real numbers; batch included. */
  add(input: ArrayLike<number>): void;
  /** Mean of the sums over samples and positions; zeros before the first. */
  mean(): Float64Array;
}

/** Places in the kernel along one axis → positions of the input that it meets, padding left out. */
function meets(
  size: { readonly kernel: number; readonly input: number; readonly output: number },
  { stride, dilation, same, transposed }: Walk,
): number[][] {
  const { kernel, input, output } = size;
  const [from, to] = transposed ? [input, output] : [output, input];
  const spare = same ? Math.max(0, (from - 1) * stride + (kernel - 1) * dilation + 1 - to) : 0;
  const before = Math.floor(spare / 2);
  return Array.from({ length: kernel }, (_, place) => {
    const found: number[] = [];
    for (let at = 0; at < from; at += 1) {
      const other = at * stride + place * dilation - before;
      if (other >= 0 && other < to) found.push(transposed ? at : other);
    }
    return found;
  });
}
interface Walk {
  readonly stride: number;
  readonly dilation: number;
  readonly same: boolean;
  /** TRANSPOSE_CONV: the input walks over the output. */
  readonly transposed: boolean;
}

/** @param linear of the node; its data input has a shape in `graph` */
export function inputSums(graph: Graph, node: Node, linear: LinearNode): InputSums {
  const shape = graph.values[node.inputs[linear.data]!]!.shape;
  if (node.op === 'FULLY_CONNECTED') return denseSums(linear.inputChannels);
  const output = graph.values[node.outputs[0]!]!.shape;
  const { padding, strideH, strideW } = node.attrs as {
    readonly padding: string;
    readonly strideH: number;
    readonly strideW: number;
  };
  const [dilationH, dilationW] =
    'dilationH' in node.attrs ? [node.attrs.dilationH, node.attrs.dilationW] : [1, 1];
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const shared = { same: padding === 'SAME', transposed: node.op === 'TRANSPOSE_CONV' };
  const kernel = [linear.shape[1]!, linear.shape[2]!] as const;
  const rows = meets(
    { kernel: kernel[0], input: height, output: output[1]! },
    { ...shared, stride: strideH, dilation: dilationH },
  );
  const columns = meets(
    { kernel: kernel[1], input: width, output: output[2]! },
    { ...shared, stride: strideW, dilation: dilationW },
  );
  const sums = new Float64Array(kernel[0] * kernel[1] * channels);
  const row = new Float64Array(width * channels);
  let count = 0;
  return {
    add(input) {
      for (let b = 0; b < batch; b += 1)
        rows.forEach((met, ky) => {
          row.fill(0);
          for (const y of met) {
            const from = (b * height + y) * width * channels;
            for (let at = 0; at < row.length; at += 1) row[at]! += input[from + at]!;
          }
          columns.forEach((across, kx) => {
            const into = (ky * kernel[1] + kx) * channels;
            for (const x of across)
              for (let c = 0; c < channels; c += 1) sums[into + c]! += row[x * channels + c]!;
          });
        });
      count += batch * output[1]! * output[2]!;
    },
    mean: () => sums.map((sum) => (count === 0 ? 0 : sum / count)),
  };
}

function denseSums(features: number): InputSums {
  const sums = new Float64Array(features);
  let count = 0;
  return {
    add(input) {
      for (let at = 0; at < input.length; at += 1) sums[at % features]! += input[at]!;
      count += input.length / features;
    },
    mean: () => sums.map((sum) => (count === 0 ? 0 : sum / count)),
  };
}

/** Mean of each output channel, bias left out. @param mean of InputSums; @param weights in the layer's layout, real numbers */
export function meanOutput(
  node: Node,
  linear: LinearNode,
  weights: ArrayLike<number>,
  mean: Float64Array,
): Float64Array {
  const { channels, inputChannels, kernel } = linear;
  const means = new Float64Array(channels);
  if (node.op === 'DEPTHWISE_CONV_2D') {
    const { depthMultiplier } = node.attrs;
    const read = channels / depthMultiplier;
    for (let flat = 0; flat < kernel.length; flat += 1) {
      const [place, channel] = [Math.floor(flat / channels), flat % channels];
      means[channel]! +=
        weights[flat]! * mean[place * read + Math.floor(channel / depthMultiplier)]!;
    }
    return means;
  }
  const per = kernel.length / channels;
  const places = per / inputChannels;
  const read = mean.length / places;
  // Of a convolution in groups, each has its part of the channels.
  const groups = read / inputChannels;
  for (let channel = 0; channel < channels; channel += 1) {
    const first = Math.floor((channel * groups) / channels) * inputChannels;
    let sum = 0;
    for (let place = 0; place < places; place += 1)
      for (let input = 0; input < inputChannels; input += 1)
        sum +=
          weights[channel * per + place * inputChannels + input]! *
          mean[place * read + first + input]!;
    means[channel] = sum;
  }
  return means;
}
