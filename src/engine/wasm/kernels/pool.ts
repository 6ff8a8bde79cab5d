/** AVERAGE_POOL_2D, MAX_POOL_2D and MEAN over the spatial axes, int8 and float32. */
import { elementCount } from '../../../model/graph';
import { floatActivationRange, quantizedActivationRange, window } from '../../numerics';
import { axesOf } from '../../reference/int/reduce';
import { affine, isClamp, xnnActivationRange } from '../../reference/int/site';
import { rangeOn, scaleOf } from '../../reference/int16/numerics';
import { addressOf, type WasmFactory } from '../build';
import { meanInt16 } from './elementwiseInt16';

/** Largest window for which assembly/pool.ts `divide` is exact. */
const largestWindow = 32768;
/** The same of int16: sums stay below 2^24. */
const largestWindow16 = 511;

export const pool2d: WasmFactory = (build) => {
  const { node } = build;
  const [input] = build.inputs;
  const output = build.outputs[0];
  if (node.op !== 'AVERAGE_POOL_2D' && node.op !== 'MAX_POOL_2D') return undefined;
  const { attrs } = node;
  if (input?.shape.length !== 4 || input.dtype !== output?.dtype || !isClamp(attrs.activation)) {
    return undefined;
  }
  const isFloat = input.dtype === 'float32';
  const scale16 = scaleOf(output);
  const grid = affine(output);
  if (!isFloat && scale16 === undefined && (input.dtype !== 'int8' || !grid)) return undefined;
  const average = node.op === 'AVERAGE_POOL_2D';
  const largest = scale16 === undefined ? largestWindow : largestWindow16;
  if (average && !isFloat && attrs.filterH * attrs.filterW > largest) return undefined;
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const rows = window(attrs.padding, inH, attrs.filterH, attrs.strideH);
  const columns = window(attrs.padding, inW, attrs.filterW, attrs.strideW);
  const results = rows.output * columns.output * channels;
  if (elementCount(output.shape) !== batches * results) return undefined;
  const range =
    isFloat || !grid
      ? floatActivationRange(attrs.activation)
      : scale16 !== undefined
        ? rangeOn(attrs.activation, scale16)
        : average
          ? quantizedActivationRange(attrs.activation, grid.scale, grid.zeroPoint)
          : xnnActivationRange(attrs.activation, grid);
  const block = Int32Array.of(
    inH,
    inW,
    channels,
    rows.output,
    columns.output,
    attrs.filterH,
    attrs.filterW,
    attrs.strideH,
    attrs.strideW,
    rows.before,
    columns.before,
    range.low,
    range.high,
  );
  if (isFloat) new Float32Array(block.buffer).set([range.low, range.high], 11);
  const argument = build.place(block);
  const kernel = build.spread({
    name: `${average ? 'average' : 'max'}Pool${isFloat ? 'F32' : scale16 === undefined ? 'I8' : 'I16'}`,
    units: rows.output,
    us: (results * attrs.filterH * attrs.filterW) / (isFloat ? 4000 : 8000),
  });
  const bytes = isFloat ? 4 : scale16 === undefined ? 1 : 2;
  const imageBytes = inH * inW * channels * bytes;
  const resultBytes = results * bytes;
  const from = build.operand(0);
  return (inputs, outputs) => {
    const first = from(inputs);
    const to = addressOf(outputs[0]);
    for (let n = 0; n < batches; n++) {
      kernel(argument, first + n * imageBytes, to + n * resultBytes);
    }
  };
};

export const mean: WasmFactory = (build) => {
  const { node } = build;
  const [input, axisValue] = build.inputs;
  const output = build.outputs[0];
  if (node.op !== 'MEAN' || input?.shape.length !== 4 || input.dtype !== output?.dtype) {
    return undefined;
  }
  if (input.dtype === 'int16') return meanInt16(build);
  const axes = axesOf(axisValue, 4);
  if (axes?.length !== 2 || axes[0] !== 1 || axes[1] !== 2) return undefined;
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const pixels = inH * inW;
  if (elementCount(output.shape) !== batches * channels) return undefined;
  const from = build.operand(0);
  if (input.dtype === 'float32') {
    const run = build.spread({
      name: 'meanF32',
      units: Math.ceil(channels / 4),
      us: (pixels * channels) / 4000,
      grain: 16,
    });
    return (inputs, outputs) => {
      const first = from(inputs);
      const to = addressOf(outputs[0]);
      for (let n = 0; n < batches; n++) {
        run(first + n * pixels * channels * 4, to + n * channels * 4, pixels, channels);
      }
    };
  }
  const grid = affine(input);
  const result = affine(output);
  if (input.dtype !== 'int8' || !grid || !result || pixels > 2 ** 23) return undefined;
  const scale = Math.fround(grid.scale / Math.fround(result.scale * pixels));
  const bias = -grid.zeroPoint * pixels;
  const run = build.spread({
    name: 'meanI8',
    units: Math.ceil(channels / 8),
    us: (pixels * channels) / 8000,
    grain: 8,
  });
  return (inputs, outputs) => {
    const first = from(inputs);
    const to = addressOf(outputs[0]);
    for (let n = 0; n < batches; n++) {
      run(
        first + n * pixels * channels,
        to + n * channels,
        pixels,
        channels,
        bias,
        scale,
        result.zeroPoint,
      );
    }
  };
};
