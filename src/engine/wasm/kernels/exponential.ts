/** SOFTMAX, int8 and float32; LOGISTIC and HARD_SWISH of float32. */
import { elementCount } from '../../../model/graph';
import { expf } from '../../numerics';
import { affine } from '../../reference/int/site';
import { addressOf, type WasmFactory } from '../build';
import { oneOperand } from './elementwise';

export const softmax: WasmFactory = (build) => {
  const { node } = build;
  const [input] = build.inputs;
  const output = build.outputs[0];
  if (node.op !== 'SOFTMAX' || !input || input.dtype !== output?.dtype) return undefined;
  const depth = input.shape.at(-1) ?? 1;
  const count = elementCount(input.shape);
  if (count === 0 || elementCount(output.shape) !== count) return undefined;
  const rows = count / depth;
  const from = build.operand(0);
  const { beta } = node.attrs;
  if (input.dtype === 'float32') {
    const run = build.spread({ name: 'softmaxF32', units: rows, us: count / 500 });
    return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), depth, beta);
  }
  const grid = affine(input);
  const to = affine(output);
  if (input.dtype !== 'int8' || !grid || !to) return undefined;
  const step = Math.fround(Math.fround(-grid.scale) * Math.fround(beta));
  const table = build.place(
    Float32Array.from({ length: 256 }, (_, d) => expf(Math.fround(step * d))),
  );
  const run = build.spread({ name: 'softmaxI8', units: rows, us: count / 500 });
  return (inputs, outputs) =>
    run(from(inputs), addressOf(outputs[0]), depth, table, to.scale, to.zeroPoint);
};

export const smooth: WasmFactory = (build) => {
  const { node } = build;
  const [input] = build.inputs;
  const output = build.outputs[0];
  if (input?.dtype !== 'float32' || output?.dtype !== 'float32') return undefined;
  const count = elementCount(output.shape);
  if (elementCount(input.shape) !== count) return undefined;
  if (node.op !== 'LOGISTIC' && node.op !== 'HARD_SWISH') return undefined;
  const run = build.spread(
    node.op === 'LOGISTIC'
      ? { name: 'logisticF32', ...oneOperand(count, 500) }
      : { name: 'hardSwishF32', ...oneOperand(count, 2000) },
  );
  const from = build.operand(0);
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]));
};
