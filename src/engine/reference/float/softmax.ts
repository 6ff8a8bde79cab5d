/**
 * Along the last axis: SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION. Source: TFLite reference/softmax.h,
 * log_softmax.h, l2normalization.h (the norm is at least 1e-6).
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { floats } from '../site';
import { clampOf, isFloat } from './site';

const leastNorm = 1e-6;

type Row = (input: Float32Array, output: Float32Array, start: number, end: number) => void;

function largest(input: Float32Array, start: number, end: number): number {
  let most = -Infinity;
  for (let i = start; i < end; i++) if (input[i]! > most) most = input[i]!;
  return most;
}

const softmaxRow =
  (beta: number): Row =>
  (input, output, start, end) => {
    const most = largest(input, start, end);
    let sum = 0;
    for (let i = start; i < end; i++) {
      const e = Math.exp((input[i]! - most) * beta);
      output[i] = e;
      sum += e;
    }
    for (let i = start; i < end; i++) output[i] = output[i]! / sum;
  };

const logSoftmaxRow: Row = (input, output, start, end) => {
  const most = largest(input, start, end);
  let sum = 0;
  for (let i = start; i < end; i++) sum += Math.exp(input[i]! - most);
  const log = Math.log(sum);
  for (let i = start; i < end; i++) output[i] = input[i]! - most - log;
};

const l2Row: Row = (input, output, start, end) => {
  let sum = 0;
  for (let i = start; i < end; i++) sum += input[i]! * input[i]!;
  const norm = Math.max(Math.sqrt(sum), leastNorm);
  for (let i = start; i < end; i++) output[i] = input[i]! / norm;
};

const alongRows: KernelFactory = (site) => {
  const { node } = site;
  if (!isFloat(site)) return undefined;
  let row: Row;
  if (node.op === 'SOFTMAX') row = softmaxRow(node.attrs.beta);
  else if (node.op === 'LOG_SOFTMAX') row = logSoftmaxRow;
  else if (node.op === 'L2_NORMALIZATION' && clampOf(node.attrs.activation)) row = l2Row;
  else return undefined;
  const depth = site.inputs[0]!.shape.at(-1) ?? 1;
  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const output = floats(outputs[0]);
    for (let start = 0; start + depth <= input.length && depth > 0; start += depth) {
      row(input, output, start, start + depth);
    }
  };
};

export const softmaxKernels = {
  L2_NORMALIZATION: alongRows,
  LOG_SOFTMAX: alongRows,
  SOFTMAX: alongRows,
} satisfies KernelTable;
