/** Shapes of convolutions, pooling, matrix products. */
import type { OpAttrs, Padding } from '../ops';
import type { Inferred, Operands } from './checks';
import { broadcast, constantInts, named, operand, product, refuse } from './checks';
import { wantPositive, wantRank } from './checks';

/**
 * Output size of a sliding window (tensorflow/lite/kernels/padding.h ComputeOutSize):
 * SAME ceil(n / s); VALID ceil((n − effective + 1) / s) with effective = (k − 1)·d + 1.
 */
export function windowSize(
  size: number,
  filter: number,
  stride: number,
  dilation: number,
  padding: Padding,
): number {
  wantPositive(stride, 'a stride');
  wantPositive(filter, 'a window size');
  wantPositive(dilation, 'a dilation');
  if (padding === 'SAME') return Math.ceil(size / stride);
  const effective = (filter - 1) * dilation + 1;
  if (effective > size)
    refuse(`a window of ${effective} does not fit into ${size} elements without padding.`);
  return Math.ceil((size - effective + 1) / stride);
}

function spatial(
  shape: readonly number[],
  filterH: number,
  filterW: number,
  attrs: { padding: Padding; strideH: number; strideW: number },
  dilationH = 1,
  dilationW = 1,
): [number, number] {
  return [
    windowSize(shape[1]!, filterH, attrs.strideH, dilationH, attrs.padding),
    windowSize(shape[2]!, filterW, attrs.strideW, dilationW, attrs.padding),
  ];
}

function checkBias(inputs: Operands, index: number, channels: number): void {
  const bias = inputs[index];
  if (bias !== undefined && product(bias.shape) !== channels)
    refuse(`the bias has the shape ${named(bias.shape)}, but there are ${channels} channels.`);
}

export function conv2d(attrs: OpAttrs['CONV_2D'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const weights = operand(inputs, 1);
  wantRank(input, 4, 'the input');
  wantRank(weights, 4, 'the weights');
  const [out, filterH, filterW, perGroup] = weights.shape as [number, number, number, number];
  const channels = input.shape[3]!;
  // TFLite: grouped when the weights see fewer channels than the input has.
  const groups = perGroup > 0 ? channels / perGroup : 0;
  if (!Number.isInteger(groups) || groups < 1 || out % groups !== 0)
    refuse(
      `the weights ${named(weights.shape)} do not fit an input of ${channels} channels ${named(input.shape)}.`,
    );
  checkBias(inputs, 2, out);
  const [height, width] = spatial(
    input.shape,
    filterH,
    filterW,
    attrs,
    attrs.dilationH,
    attrs.dilationW,
  );
  return [{ shape: [input.shape[0]!, height, width, out], dtype: input.dtype }];
}

export function depthwise(attrs: OpAttrs['DEPTHWISE_CONV_2D'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const weights = operand(inputs, 1);
  wantRank(input, 4, 'the input');
  wantRank(weights, 4, 'the weights');
  const [one, filterH, filterW, out] = weights.shape as [number, number, number, number];
  const channels = input.shape[3]!;
  if (one !== 1 || channels < 1 || out % channels !== 0 || out === 0)
    refuse(
      `the depthwise weights ${named(weights.shape)} do not fit an input of ${channels} channels ${named(input.shape)}.`,
    );
  checkBias(inputs, 2, out);
  const [height, width] = spatial(
    input.shape,
    filterH,
    filterW,
    attrs,
    attrs.dilationH,
    attrs.dilationW,
  );
  return [{ shape: [input.shape[0]!, height, width, out], dtype: input.dtype }];
}

export function transposeConv(attrs: OpAttrs['TRANSPOSE_CONV'], inputs: Operands): Inferred[] {
  const shape = constantInts(inputs, 0);
  const weights = operand(inputs, 1);
  const input = operand(inputs, 2);
  wantRank(weights, 4, 'the weights');
  wantRank(input, 4, 'the input');
  const [out, filterH, filterW, depth] = weights.shape as [number, number, number, number];
  if (shape.length !== 4 || shape[3] !== out || shape[0] !== input.shape[0])
    refuse(
      `the output shape ${named(shape)} does not fit the input ${named(input.shape)} and weights ${named(weights.shape)}.`,
    );
  if (depth !== input.shape[3])
    refuse(
      `the weights ${named(weights.shape)} do not fit an input of ${input.shape[3]} channels ${named(input.shape)}.`,
    );
  checkBias(inputs, 3, out);
  // The convolution that this one transposes must lead from the output back to the input.
  const [height, width] = spatial(shape, filterH, filterW, attrs);
  if (height !== input.shape[1] || width !== input.shape[2])
    refuse(
      `the output shape ${named(shape)} is not one that strides ${attrs.strideH}×${attrs.strideW} lead to from the input ${named(input.shape)}.`,
    );
  return [{ shape, dtype: input.dtype }];
}

export function pool(attrs: OpAttrs['AVERAGE_POOL_2D'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  wantRank(input, 4, 'the input');
  const [height, width] = spatial(input.shape, attrs.filterH, attrs.filterW, attrs);
  return [{ shape: [input.shape[0]!, height, width, input.shape[3]!], dtype: input.dtype }];
}

export function fullyConnected(attrs: OpAttrs['FULLY_CONNECTED'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const weights = operand(inputs, 1);
  wantRank(weights, 2, 'the weights');
  const [out, depth] = weights.shape as [number, number];
  const count = product(input.shape);
  if (attrs.keepNumDims ? input.shape.at(-1) !== depth : depth < 1 || count % depth !== 0)
    refuse(`the weights ${named(weights.shape)} do not fit the input ${named(input.shape)}.`);
  checkBias(inputs, 2, out);
  const shape = attrs.keepNumDims ? [...input.shape.slice(0, -1), out] : [count / depth, out];
  return [{ shape, dtype: input.dtype }];
}

export function batchMatmul(attrs: OpAttrs['BATCH_MATMUL'], inputs: Operands): Inferred[] {
  const x = operand(inputs, 0);
  const y = operand(inputs, 1);
  if (x.shape.length < 2 || y.shape.length < 2)
    refuse(`the matrices ${named(x.shape)} and ${named(y.shape)} need at least 2 dimensions.`);
  const [rows, depth] = attrs.adjX
    ? [x.shape.at(-1)!, x.shape.at(-2)!]
    : [x.shape.at(-2)!, x.shape.at(-1)!];
  const [depthY, columns] = attrs.adjY
    ? [y.shape.at(-1)!, y.shape.at(-2)!]
    : [y.shape.at(-2)!, y.shape.at(-1)!];
  if (depth !== depthY)
    refuse(`the matrices ${named(x.shape)} and ${named(y.shape)} cannot be multiplied.`);
  const batch = broadcast(x.shape.slice(0, -2), y.shape.slice(0, -2));
  return [{ shape: [...batch, rows, columns], dtype: x.dtype }];
}
