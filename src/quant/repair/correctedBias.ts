/** A bias moved by the mean error of its layer's channels (arXiv 1906.04721 §4.2), on the bias's own grid. */
import { roundHalfAway } from '../affine';
import { keyOfConstant, type Rounded } from '../rounded';
import type { Graph, Node } from '../../model/graph';
import type { Plan, ValuePlan } from '../types';
import { why } from '../why';

/** Half of what an int32 holds, to leave the accumulator room; as for biases in general (constantPlan.ts). */
const MOST = 2 ** 30 - 1;
/** Of an int64: what a float64 counts exactly. */
const MOST_WIDE = 2 ** 52;

/** Numbers that the bias is now, by its form. @param bias real numbers as they are in the converted graph; @param shift to be added */
export function shifted(
  form: ValuePlan | undefined,
  bias: ArrayLike<number>,
  shift: ArrayLike<number>,
): Rounded {
  const scale = (channel: number) => form!.scale[form!.scale.length > 1 ? channel : 0]!;
  const sums = Float64Array.from({ length: shift.length }, (_, at) => bias[at]! + shift[at]!);
  const steps = (most: number) =>
    Array.from(sums, (x, at) => Math.max(-most, Math.min(most, roundHalfAway(x / scale(at)) || 0)));
  switch (form?.dtype) {
    case 'int32':
      return Int32Array.from(steps(MOST));
    case 'int64':
      return BigInt64Array.from(steps(MOST_WIDE), BigInt);
    default:
      return Float32Array.from(sums);
  }
}

/** The plan with the bias of this node in place of its own. */
export function withBias(
  plan: Plan,
  graph: Graph,
  node: Node,
  position: number,
  rounded: Rounded,
): Plan {
  const value = graph.values[node.inputs[position]!]!;
  const key = keyOfConstant(plan, value, node) ?? value.name;
  const form: ValuePlan = plan.values[key] ?? {
    dtype: 'float32',
    scale: new Float32Array(0),
    zeroPoint: new Int32Array(0),
    axis: 0,
    why: why('corrected', {}),
  };
  return { ...plan, values: { ...plan.values, [key]: { ...form, rounded } } };
}
