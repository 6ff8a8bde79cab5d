/** ADD, SUB, MUL, functions of one number, QUANTIZE and DEQUANTIZE, MEAN; all on int16 with zero point 0. */
import { elementCount, type Value } from '../../../model/graph';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics';
import { referenceKernel } from '../../reference';
import { axesOf } from '../../reference/int/reduce';
import { isClamp } from '../../reference/int/site';
import { least, most, rangeOn, scaleOf } from '../../reference/int16/numerics';
import { meanMultiplier } from '../../reference/int16/pool';
import { addressOf, type Build, type WasmFactory } from '../build';
import { oneOperand, pairing, repeating, sameCount, twoOperands } from './elementwise';
import { equalPanels } from './fixedPoint';

const f = Math.fround;
const leftShift = 15;

/** Addresses of the panels of a sum: both operands and the result; undefined where a lane could overflow. */
function sumPanels(build: Build, whole: number, part: number, to: number): number[] | undefined {
  const twice = 2 * Math.max(whole, part);
  const panels = [
    equalPanels(whole / twice, 2 ** 30),
    equalPanels(part / twice, 2 ** 30),
    equalPanels(twice / (2 ** leftShift * to), 2 ** 30),
  ];
  if (panels.some((panel) => panel === undefined)) return undefined;
  return panels.map((panel) => build.place(panel!));
}

export const binaryInt16: WasmFactory = (build) => {
  const { node } = build;
  const [a, b] = build.inputs;
  const to = scaleOf(build.outputs[0]);
  if (node.op !== 'ADD' && node.op !== 'SUB' && node.op !== 'MUL') return undefined;
  if (!a || !b || to === undefined || !isClamp(node.attrs.activation)) return undefined;
  const pair = pairing(a, b, build.outputs[0]!);
  if (!pair) return undefined;
  const { whole } = pair;
  const wholeScale = scaleOf(build.inputs[whole]);
  const partScale = scaleOf(build.inputs[whole === 0 ? 1 : 0]);
  // The kernel takes the second off: the one that repeats.
  if (node.op === 'SUB' && whole === 1) return undefined;
  if (wholeScale === undefined || partScale === undefined) return undefined;
  const { low, high } = rangeOn(node.attrs.activation, to);
  const product = equalPanels(f(f(wholeScale * partScale) / to), 2 ** 30);
  const panels =
    node.op === 'MUL'
      ? product && [0, 0, build.place(product)]
      : sumPanels(build, wholeScale, partScale, to);
  const second = panels && repeating(build, pair);
  if (!second) return undefined;
  const { operand, repeats, period } = second;
  const minus = node.op === 'SUB' ? -1 : 0;
  const block = build.place(Int32Array.of(...panels, minus, low, high));
  const first = build.operand(whole);
  const name = node.op === 'MUL' ? 'mulI16' : 'addI16';
  const run = build.spread({ name, ...twoOperands(repeats, period, 1000) });
  return (inputs, outputs) =>
    run(block, first(inputs), operand(inputs), addressOf(outputs[0]), repeats, period);
};

/** A table of all results is worth its making for at least as many elements. */
const leastElements = 8192;

/** Functions of one number: the reference fills a table of all 65,536 results. */
export const tableInt16: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  if (input?.dtype !== 'int16' || output?.dtype !== 'int16' || !sameCount(input, output))
    return undefined;
  const count = elementCount(output.shape);
  if (count < leastElements || build.inputs.length > 1) return undefined;
  const shape = [65536];
  const kernel = referenceKernel({
    node: build.node,
    rounding: build.rounding,
    inputs: [{ ...input, shape, signature: undefined }],
    outputs: [{ ...output, shape, signature: undefined }],
  });
  if (!kernel) return undefined;
  const all = new Int16Array(65536).map((_, index) => index - 32768);
  const results = new Int16Array(65536);
  kernel([{ shape, dtype: 'int16', data: all }], [{ shape, dtype: 'int16', data: results }]);
  const table = build.place(results);
  const from = build.operand(0);
  const run = build.spread({ name: 'tableI16', ...oneOperand(count, 1000) });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), table);
};

export const quantizeInt16: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  const to = scaleOf(output);
  if (to === undefined || input?.dtype !== 'float32' || !sameCount(input, output)) return undefined;
  if (build.rounding === 'fixed-point') return undefined;
  const inverse = f(1 / to);
  const from = build.operand(0);
  const run = build.spread({
    name: 'quantizeF32I16',
    ...oneOperand(elementCount(output!.shape), 4000),
  });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), inverse);
};

export const dequantizeInt16: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  const scale = scaleOf(input);
  if (scale === undefined || output?.dtype !== 'float32' || !sameCount(input, output))
    return undefined;
  const from = build.operand(0);
  const run = build.spread({
    name: 'dequantizeI16',
    ...oneOperand(elementCount(output.shape), 4000),
  });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), scale);
};

/** Pixels whose sums 32 bits hold. */
const mostPixels = 65535;

/** Over both spatial axes. */
export const meanInt16: WasmFactory = (build) => {
  const { node } = build;
  const [input, axisValue] = build.inputs;
  const output: Value | undefined = build.outputs[0];
  const from = scaleOf(input);
  const to = scaleOf(output);
  if (node.op !== 'MEAN' || input?.shape.length !== 4 || from === undefined || to === undefined)
    return undefined;
  const axes = axesOf(axisValue, 4);
  if (axes?.length !== 2 || axes[0] !== 1 || axes[1] !== 2) return undefined;
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const pixels = inH * inW;
  if (pixels === 0 || pixels > mostPixels) return undefined;
  if (elementCount(output!.shape) !== batches * channels) return undefined;
  const { multiplier, shift } = meanMultiplier(from / to, pixels);
  build.needScratch(batches * channels * 4);
  const run = build.spread({
    name: 'sumI16',
    units: Math.ceil(channels / 4),
    us: (pixels * channels) / 4000,
    grain: 8,
  });
  const operand = build.operand(0);
  return (inputs, [tensor]) => {
    const y = tensor!.data as Int16Array;
    const at = build.scratch();
    for (let n = 0; n < batches; n++)
      run(operand(inputs) + 2 * n * pixels * channels, at + 4 * n * channels, pixels, channels);
    const sums = new Int32Array(y.buffer, at, y.length);
    for (let i = 0; i < y.length; i++)
      y[i] = clamp(multiplyByQuantizedMultiplier(sums[i]!, multiplier, shift), least, most);
  };
};
