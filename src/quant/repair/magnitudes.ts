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

/** Largest magnitudes of a node's weights: a row for each output channel, a column for each channel that is read. */
export interface Magnitudes {
  readonly largest: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** Of depthwise layers: the one channel that each row reads; `columns` is 1 then. */
  readonly reads?: Int32Array;
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
  const rows = linear.channels;
  const columns = isDepthwise ? 1 : channels;
  const largest = new Float64Array(rows * columns);
  const columnOf = (flat: number) => channelOf?.[input(flat)] ?? 0;
  linear.kernel.forEach((weight, flat) => {
    const at = output(flat) * columns + (isDepthwise ? 0 : columnOf(flat));
    largest[at] = Math.max(largest[at]!, Math.abs(weight));
  });
  if (!isDepthwise) return { largest, rows, columns };
  // The first weights of a depthwise kernel are one for each output channel.
  return {
    largest,
    rows,
    columns,
    reads: Int32Array.from({ length: rows }, (_, at) => columnOf(at)),
  };
}

/** Raises `into`, by row, to the largest magnitude whose column is multiplied by `multiply`. */
export function rowMaxima(
  { largest, rows, columns, reads }: Magnitudes,
  multiply: Float64Array | undefined,
  into: Float64Array,
): void {
  for (let row = 0; row < rows; row += 1) {
    let most = 0;
    if (reads || !multiply) {
      for (let at = row * columns; at < (row + 1) * columns; at += 1)
        if (largest[at]! > most) most = largest[at]!;
      if (reads && multiply) most *= multiply[reads[row]!]!;
    } else
      for (let column = 0, at = row * columns; column < columns; column += 1, at += 1) {
        const scaled = largest[at]! * multiply[column]!;
        if (scaled > most) most = scaled;
      }
    if (most > into[row]!) into[row] = most;
  }
}

/** Raises `into`, by column, to the largest magnitude whose row is divided by `divide`. */
export function columnMaxima(
  { largest, rows, columns, reads }: Magnitudes,
  divide: Float64Array | undefined,
  into: Float64Array,
): void {
  for (let row = 0; row < rows; row += 1) {
    const factor = 1 / (divide?.[row] ?? 1);
    if (reads) {
      const scaled = largest[row]! * factor;
      if (scaled > into[reads[row]!]!) into[reads[row]!] = scaled;
    } else
      for (let column = 0, at = row * columns; column < columns; column += 1, at += 1) {
        const scaled = largest[at]! * factor;
        if (scaled > into[column]!) into[column] = scaled;
      }
  }
}
