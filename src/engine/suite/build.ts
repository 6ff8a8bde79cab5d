/** One-operator graphs of the suite. */
import type { DType, Graph, NodeFor, Tensor, TensorData, Value } from '../../model/graph';
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

function valueOf(name: string, spec: Spec): Value {
  const scale = typeof spec.scale === 'number' ? Float32Array.of(spec.scale) : spec.scale;
  return {
    name,
    shape: spec.shape,
    dtype: spec.dtype ?? 'int8',
    ...(spec.constant ? { data: spec.constant } : {}),
    ...(scale
      ? {
          quant: {
            scale,
            zeroPoint: new Int32Array(scale.length).fill(spec.zeroPoint ?? 0),
            axis: spec.axis ?? 0,
          },
        }
      : {}),
  };
}

/** As the runtime of the oracle rounds (quant/targets/tflite2021.ts). */
const rounding = { FULLY_CONNECTED: 'fixed-point', TRANSPOSE_CONV: 'fixed-point' } as const;

/** A graph of one node; `undefined` inputs are absent. Feeds stand in the order of the inputs. */
export function oneOp<K extends OpName>(
  name: string,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly (Spec | undefined)[],
  outputs: readonly Spec[],
): SuiteCase {
  const values: Value[] = [];
  const feeds: Tensor[] = [];
  const graphInputs: number[] = [];
  const inputIndices = inputs.map((spec, index) => {
    if (!spec) return -1;
    const value = valueOf(`input${index}`, spec);
    const at = values.push(value) - 1;
    if (spec.feed) {
      if (spec.feed.length !== elementCount(spec.shape)) throw new Error(`${name}: feed ${index}`);
      graphInputs.push(at);
      feeds.push({ shape: value.shape, dtype: value.dtype, data: spec.feed });
    }
    return at;
  });
  const outputIndices = outputs.map(
    (spec, index) => values.push(valueOf(`output${index}`, spec)) - 1,
  );
  const node = {
    name: op,
    op,
    attrs,
    inputs: inputIndices,
    outputs: outputIndices,
    layer: 0,
  } as unknown as NodeFor<K>;
  return {
    name,
    graph: {
      name,
      values,
      nodes: [node],
      inputs: graphInputs,
      outputs: outputIndices,
      layers: [{ name: op, type: op }],
      rounding,
    },
    feeds,
  };
}
