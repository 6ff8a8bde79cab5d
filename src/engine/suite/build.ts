/** One-operator graphs of the suite. */
import type { DType, Graph, Node, Tensor, TensorData, Value } from '../../model/graph';
import { elementCount } from '../../model/graph';
import type { OpAttrs, OpName } from '../../model/ops';

export interface SuiteCase {
  readonly name: string;
  readonly graph: Graph;
  readonly feeds: readonly Tensor[];
}

/** A value of a case: a constant with `constant`, a feed with `feed`, else an output. */
export interface Spec {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly scale?: number | Float32Array;
  readonly zeroPoint?: number;
  readonly axis?: number;
  readonly constant?: TensorData;
  readonly feed?: TensorData;
}

/** A value before the graph has named it. */
export type Unnamed = Omit<Value, 'name'>;

/**
 * A graph of one node, whose inputs without data are the graph's inputs; `undefined` inputs are absent.
 * Attributes are not checked against the operator: seeded cases put them together at random.
 */
export function oneNodeGraph(
  name: string,
  op: OpName,
  attrs: object,
  inputs: readonly (Unnamed | undefined)[],
  outputs: readonly Unnamed[],
): Graph {
  const values: Value[] = [];
  const add = (kind: string) => (value: Unnamed | undefined, index: number) =>
    value ? values.push({ ...value, name: `${kind}${index}` }) - 1 : -1;
  const from = inputs.map(add('input'));
  const to = outputs.map(add('output'));
  return {
    name,
    values,
    nodes: [{ name: op, op, attrs, inputs: from, outputs: to, layer: 0 } as Node],
    inputs: from.filter((index) => index >= 0 && !values[index]!.data),
    outputs: to,
    layers: [{ name: op, type: op }],
  };
}

function unnamed(spec: Spec): Unnamed {
  const scale = typeof spec.scale === 'number' ? Float32Array.of(spec.scale) : spec.scale;
  const zeroPoint = scale && new Int32Array(scale.length).fill(spec.zeroPoint ?? 0);
  return {
    shape: spec.shape,
    dtype: spec.dtype ?? 'int8',
    ...(spec.constant ? { data: spec.constant } : {}),
    ...(scale && zeroPoint ? { quant: { scale, zeroPoint, axis: spec.axis ?? 0 } } : {}),
  };
}

/** As the runtime of the oracle rounds (quant/targets/tflite2021.ts). */
const rounding = {
  FULLY_CONNECTED: 'fixed-point',
  TRANSPOSE_CONV: 'fixed-point',
  QUANTIZE: 'fixed-point',
} as const;

/** A case of one node; `undefined` inputs are absent. Feeds stand in the order of the inputs. */
export function oneOp<K extends OpName>(
  name: string,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly (Spec | undefined)[],
  outputs: readonly Spec[],
): SuiteCase {
  const values = inputs.map((spec) => spec && unnamed(spec));
  const graph = { ...oneNodeGraph(name, op, attrs, values, outputs.map(unnamed)), rounding };
  const feeds = inputs.flatMap((spec, index): Tensor[] => {
    if (!spec || spec.constant) return [];
    const { shape, dtype } = values[index]!;
    if (spec.feed?.length !== elementCount(shape)) throw new Error(`${name}: feed ${index}`);
    return [{ shape, dtype, data: spec.feed }];
  });
  return { name, graph, feeds };
}
