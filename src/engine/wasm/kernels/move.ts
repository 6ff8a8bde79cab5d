/** PAD, PADV2, CONCATENATION and RESIZE_NEAREST_NEIGHBOR: runs of bytes from one place to another. */
import { elementCount, type DType, type Value } from '../../../model/graph';
import { axisOf, numbersOf, zeroOf } from '../../reference/site';
import { nearest } from '../../reference/move/arrange';
import { addressOf, type Build, type WasmFactory } from '../build';

/** More blocks than this are not worth a call each; the reference moves them. */
const mostBlocks = 4096;

function bytesOf(dtype: DType): 1 | 2 | 4 | undefined {
  if (dtype === 'int16') return 2;
  if (dtype === 'int8' || dtype === 'uint8' || dtype === 'bool') return 1;
  return dtype === 'float32' || dtype === 'int32' ? 4 : undefined;
}

/** Element size where input and output are of one type that has kernels here. */
function elementOf(input: Value | undefined, output: Value | undefined): 1 | 2 | 4 | undefined {
  return input && !input.data && input.dtype === output?.dtype ? bytesOf(input.dtype) : undefined;
}

/** What the borders hold, as the bits of one element. */
function borderBits(build: Build, bytes: 1 | 2 | 4): number | undefined {
  const output = build.outputs[0]!;
  const constant = build.inputs[2];
  if (constant && !constant.data) return undefined;
  const value = constant?.data ? Number(constant.data[0]) : zeroOf(output);
  if (bytes === 1) return value & 255;
  // Of int16 two equal bytes at most: others are rare.
  if (bytes === 2) return value === 0 ? 0 : undefined;
  return output.dtype === 'float32'
    ? new Int32Array(Float32Array.of(value).buffer)[0]!
    : Math.trunc(value);
}

export const pad: WasmFactory = (build) => {
  const { node, kernels } = build;
  const [input, paddings] = build.inputs;
  const output = build.outputs[0]!;
  const bytes = elementOf(input, output);
  if ((node.op !== 'PAD' && node.op !== 'PADV2') || !bytes || !paddings?.data) return undefined;
  const { shape } = input!;
  const pairs = numbersOf(paddings.data);
  if (pairs.length !== 2 * shape.length || pairs.some((size) => size < 0)) return undefined;
  const fits = shape.every(
    (size, axis) => size + pairs[2 * axis]! + pairs[2 * axis + 1]! === output.shape[axis],
  );
  const border = borderBits(build, bytes);
  const count = elementCount(output.shape);
  if (!fits || border === undefined || elementCount(shape) === 0) return undefined;

  // A run: everything from the last padded axis on. Rows: along the axis before it.
  let last = shape.length - 1;
  while (last > 0 && pairs[2 * last] === 0 && pairs[2 * last + 1] === 0) last--;
  const run = elementCount(shape.slice(last)) * bytes;
  const line = elementCount(output.shape.slice(last)) * bytes;
  const rows = last > 0 ? shape[last - 1]! : 1;
  const outer = shape.slice(0, Math.max(0, last - 1));
  if (elementCount(outer) > mostBlocks) return undefined;
  const strides = shape.map((_, axis) => elementCount(output.shape.slice(axis + 1)) * bytes);
  const first = strides.reduce((sum, stride, axis) => sum + stride * pairs[2 * axis]!, 0);
  const starts = outer.reduce(
    (found, size, axis) =>
      found.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * strides[axis]!)),
    [first],
  );
  const from = build.operand(0);
  return (inputs, outputs) => {
    const to = addressOf(outputs[0]);
    if (bytes < 4) kernels.fillBytes(to, border, count * bytes);
    else kernels.fillWords(to, border, count);
    let source = from(inputs);
    for (const start of starts) {
      kernels.copyRows(source, to + start, rows, run, run, line);
      source += rows * run;
    }
  };
};

export const concatenation: WasmFactory = (build) => {
  const { node, kernels } = build;
  const output = build.outputs[0]!;
  if (node.op !== 'CONCATENATION' || node.attrs.activation !== 'NONE') return undefined;
  const axis = axisOf(node.attrs.axis, output.shape.length);
  const bytes = bytesOf(output.dtype);
  if (!bytes || build.inputs.some((input) => input?.dtype !== output.dtype || input.data))
    return undefined;
  const sizes = build.inputs.map((input) => elementCount(input!.shape.slice(axis)) * bytes);
  const line = elementCount(output.shape.slice(axis)) * bytes;
  const rows = elementCount(output.shape.slice(0, axis));
  if (sizes.reduce((sum, size) => sum + size, 0) !== line) return undefined;
  if (build.inputs.some((input, i) => elementCount(input!.shape) * bytes !== rows * sizes[i]!))
    return undefined;
  const operands = sizes.map((_, position) => build.operand(position));
  return (inputs, outputs) => {
    let to = addressOf(outputs[0]);
    operands.forEach((operand, i) => {
      kernels.copyRows(operand(inputs), to, rows, sizes[i]!, sizes[i]!, line);
      to += sizes[i]!;
    });
  };
};

export const resizeNearest: WasmFactory = (build) => {
  const { node, kernels } = build;
  const [input] = build.inputs;
  const output = build.outputs[0]!;
  const bytes = elementOf(input, output);
  if (node.op !== 'RESIZE_NEAREST_NEIGHBOR' || !bytes || input!.shape.length !== 4)
    return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batches, height, width, channels] = input!.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  if (elementCount(output.shape) !== batches * outH * outW * channels) return undefined;
  const rows = nearest(height, outH, alignCorners, halfPixelCenters);
  const columns = nearest(width, outW, alignCorners, halfPixelCenters);
  const pixel = channels * bytes;
  const offsets = build.place(columns.map((column) => column * pixel));
  const operand = build.operand(0);
  return (inputs, outputs) => {
    const from = operand(inputs);
    let to = addressOf(outputs[0]);
    for (let n = 0; n < batches; n++) {
      for (let y = 0; y < outH; y++) {
        // A line that repeats the one before is copied whole.
        if (y > 0 && rows[y] === rows[y - 1])
          kernels.copyBytes(to - outW * pixel, to, outW * pixel);
        else {
          const line = from + (n * height + rows[y]!) * width * pixel;
          kernels.gatherRows(line, to, outW, pixel, offsets);
        }
        to += outW * pixel;
      }
    }
  };
};
