/** Small float graphs for tests, and their results in the TFLite runtime. */
import { writeTflite } from '../formats/tflite/write';
import { elementCount, type Graph, type Node, type Tensor, type Value } from '../model/graph';
import type { OpAttrs, OpName } from '../model/ops';
import { addBias } from '../model/passes/addBias';
import { runOracle } from './oracle';

/** Repeatable numbers in [−1, 1). */
export function numbers(count: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2147483648;
  });
}

export function builder() {
  const values: Value[] = [];
  const nodes: Node[] = [];
  const inputs: number[] = [];
  const push = (value: Value) => values.push(value) - 1;
  return {
    input(name: string, shape: number[]) {
      const index = push({ name, shape, dtype: 'float32' });
      inputs.push(index);
      return index;
    },
    constant(
      name: string,
      shape: number[],
      data: ArrayLike<number> = numbers(elementCount(shape)),
    ) {
      return push({ name, shape, dtype: 'float32', data: Float32Array.from(data) });
    },
    integers(name: string, shape: number[], data: number[]) {
      return push({ name, shape, dtype: 'int32', data: Int32Array.from(data) });
    },
    /** The node's output value has the name `${name}:0`. */
    node<K extends OpName>(
      op: K,
      name: string,
      attrs: OpAttrs[K],
      ins: number[],
      shape: number[],
    ): number {
      const output = push({ name: `${name}:0`, shape, dtype: 'float32' });
      nodes.push({ name, op, attrs, inputs: ins, outputs: [output], layer: nodes.length } as Node);
      return output;
    },
    graph(outputs: number[]): Graph {
      const layers = nodes.map(({ name, op }) => ({ name, type: op }));
      return { name: 'test', values, nodes, inputs, outputs, layers };
    },
  };
}

export const conv = (more: Partial<OpAttrs['CONV_2D']> = {}): OpAttrs['CONV_2D'] => ({
  padding: 'VALID',
  strideW: 1,
  strideH: 1,
  dilationW: 1,
  dilationH: 1,
  activation: 'NONE',
  ...more,
});
export const plain = { activation: 'NONE' } as const;
export const dense: OpAttrs['FULLY_CONNECTED'] = {
  activation: 'NONE',
  keepNumDims: false,
  asymmetricQuantizeInputs: false,
};

/** Outputs of the graph for repeatable inputs; the runtime takes no CONV_2D without a bias. */
export async function results(graph: Graph): Promise<Float32Array[]> {
  const feeds = graph.inputs.map((index, position): Tensor => {
    const { shape, dtype } = graph.values[index]!;
    return { shape, dtype, data: numbers(elementCount(shape), position + 7) };
  });
  const outputs = await runOracle(writeTflite(addBias(graph)), feeds);
  return outputs.map(({ data }) => Float32Array.from(data));
}

/** Largest difference relative to the largest number. */
export function distance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let worst = a.length === b.length ? 0 : Infinity;
  a.forEach((left, n) => {
    const right = b[n]!;
    if (left.length !== right.length) worst = Infinity;
    const size = left.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-9);
    left.forEach((x, i) => {
      worst = Math.max(worst, Math.abs(x - right[i]!) / size);
    });
  });
  return worst;
}
