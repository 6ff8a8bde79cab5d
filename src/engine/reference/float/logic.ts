/**
 * Comparisons, bool logic and selection. Source: TFLite comparisons.cc, logical.cc, select.cc.
 * Quantized operands are compared as integers, so both must be on one grid.
 */
import type { OpName } from '../../../model/ops';
import type { KernelFactory } from '../../engine';
import { sameGrid } from '../site';
import { byOperator, joined, type KernelTable } from '../table';
import { elementwise } from './binary';
import { broadcastRuns } from './runs';

type Ordered = number | bigint;
const comparisons = {
  EQUAL: (x, y) => (x === y ? 1 : 0),
  NOT_EQUAL: (x, y) => (x !== y ? 1 : 0),
  GREATER: (x, y) => (x > y ? 1 : 0),
  GREATER_EQUAL: (x, y) => (x >= y ? 1 : 0),
  LESS: (x, y) => (x < y ? 1 : 0),
  LESS_EQUAL: (x, y) => (x <= y ? 1 : 0),
} satisfies Partial<Record<OpName, (x: Ordered, y: Ordered) => number>>;
const logic = {
  LOGICAL_AND: (x, y) => x & y,
  LOGICAL_OR: (x, y) => x | y,
} satisfies Partial<Record<OpName, (x: number, y: number) => number>>;

const compareKernels = byOperator(comparisons, (site, own) => {
  const [left, right] = site.inputs;
  if (!left || !right || !sameGrid(left, right)) return undefined;
  if (left.dtype === 'string' || left.dtype === 'complex64' || left.dtype === 'float16') {
    return undefined;
  }
  return elementwise(site, own);
});

const booleanKernels = byOperator(logic, (site, own) =>
  site.inputs[0]?.dtype === 'bool' ? elementwise(site, own) : undefined,
);

const logicalNot: KernelFactory = (site) => {
  if (site.inputs[0]?.dtype !== 'bool') return undefined;
  return ([from], [to]) => {
    const out = to!.data as Uint8Array;
    for (let i = 0; i < out.length; i++) out[i] = from!.data[i] ? 0 : 1;
  };
};

/**
 * (condition, x, y). SELECT's condition may also be a vector over the first axis, or a scalar;
 * SELECT_V2 broadcasts all three.
 */
const select: KernelFactory = (site) => {
  const [condition, x, y] = site.inputs;
  const [output] = site.outputs;
  if (!condition || !x || !y || !sameGrid(x, output!) || !sameGrid(y, output!)) return undefined;
  const shape = output!.shape;
  const byRow = site.node.op === 'SELECT' && condition.shape.length === 1 && shape.length > 1;
  const conditionShape = byRow
    ? [condition.shape[0]!, ...shape.slice(1).map(() => 1)]
    : condition.shape;
  const { length, steps, starts } = broadcastRuns(shape, [conditionShape, x.shape, y.shape]);
  const [sc, sx, sy] = steps as [number, number, number];
  return (inputs, outputs) => {
    const choice = inputs[0]!.data;
    const a = inputs[1]!.data as Float32Array;
    const b = inputs[2]!.data as Float32Array;
    const out = outputs[0]!.data as Float32Array;
    let o = 0;
    for (let run = 0; run < starts[0]!.length; run++) {
      const ci = starts[0]![run]!;
      const xi = starts[1]![run]!;
      const yi = starts[2]![run]!;
      for (let i = 0; i < length; i++) {
        out[o++] = choice[ci + i * sc] ? a[xi + i * sx]! : b[yi + i * sy]!;
      }
    }
  };
};

export const logicKernels = joined(compareKernels, booleanKernels, {
  LOGICAL_NOT: logicalNot,
  SELECT: select,
  SELECT_V2: select,
} satisfies KernelTable);
