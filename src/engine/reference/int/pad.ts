/** PAD, int8: filled with the zero point (TFLite pad.cc; XNNPACK constant-pad-nd.c). Any rank. */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { affine, int8, isInt8 } from './site';

const pad: KernelFactory = ({ node, inputs: [input, paddings], outputs: [output] }) => {
  const to = affine(output);
  if (node.op !== 'PAD' || !isInt8(input) || !isInt8(output) || !to) return undefined;
  if (!paddings?.data) return undefined;
  const before = input.shape.map((_, axis) => Number(paddings.data![2 * axis]!));
  const rank = input.shape.length;
  if (rank === 0) return undefined;
  const width = input.shape[rank - 1]!;
  const strides = new Array<number>(rank).fill(1);
  for (let axis = rank - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * output.shape[axis + 1]!;
  }
  const rows = width === 0 ? 0 : input.shape.reduce((a, b) => a * b, 1) / width;
  const starts = new Int32Array(rows);
  const position = new Array<number>(rank).fill(0);
  for (let row = 0; row < rows; row++) {
    starts[row] = position.reduce(
      (sum, at, axis) => sum + (at + before[axis]!) * strides[axis]!,
      0,
    );
    for (let axis = rank - 2; axis >= 0; axis--) {
      if (++position[axis]! < input.shape[axis]!) break;
      position[axis] = 0;
    }
  }
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    y.fill(to.zeroPoint);
    for (let row = 0; row < rows; row++) {
      y.set(x.subarray(row * width, (row + 1) * width), starts[row]!);
    }
  };
};

export const padKernels = {
  PAD: pad,
} satisfies KernelTable;
