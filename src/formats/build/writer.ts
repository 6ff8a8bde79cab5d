/**
 * Collects values, nodes, layers and issues of the Graph that a format builds: names are unique, shapes
 * inferred, equal constants shared, and what was written since a mark can be taken back.
 */
import { IntactError } from '../../model/error';
import type { DType, Graph, Issue, Layer, Moments, Node, Value } from '../../model/graph';
import { inferShapes } from '../../model/infer';
import { createNames } from '../../model/names';
import type { OpAttrs, OpName } from '../../model/ops';
import { constantPool, type ConstantData } from './constants';

/** Shared sub-models multiply: a small config can ask for 2^depth calls. */
const mostNodes = 20_000;

/** How long the lists were; see `rollback`. */
export interface Mark {
  readonly values: number;
  readonly nodes: number;
  readonly layers: number;
  readonly issues: number;
}

/** Where a node belongs: the layer's unique path, and its type in the words of the format. */
export interface LayerName {
  readonly path: string;
  readonly type: string;
}

export interface Writer {
  readonly issues: Issue[];
  value(index: number): Value;
  /** Adds an input of the graph; `signature` with −1 where the file leaves a size open. */
  input(
    name: string,
    shape: readonly number[],
    dtype: DType,
    signature?: readonly number[],
  ): number;
  /** A constant; the same name with the same content gives the same value (shared layers). */
  constant(name: string, shape: readonly number[], data: ConstantData, moving?: Moments): number;
  /**
   * Adds a node with inferred outputs and gives their indices; `shapes` only for UNSUPPORTED, where
   * nothing can be inferred. Throws IntactError `malformed`, `unsupported` (see inferShapes), `limit`.
   */
  node<K extends OpName>(
    layer: LayerName,
    name: string,
    op: K,
    attrs: OpAttrs[K],
    from: readonly number[],
    shapes?: readonly (readonly number[])[],
  ): number[];
  mark(): Mark;
  /** Forgets what came after the mark. */
  rollback(mark: Mark): void;
  finish(name: string, outputs: readonly number[]): Graph;
}

export interface WriterOptions {
  /** The first size of every tensor is the batch: where it is 1 here, it is open in the file. */
  readonly batchFirst?: boolean;
}

export function createWriter({ batchFirst = false }: WriterOptions = {}): Writer {
  const values: Value[] = [];
  const nodes: Node[] = [];
  const issues: Issue[] = [];
  const inputs: number[] = [];
  const valueNames = createNames();
  const nodeNames = createNames();
  const layers = layerList();
  const constants = constantPool(values, addValue);

  function addValue(value: Value): number {
    values.push({ ...value, name: valueNames.claim(value.name) });
    return values.length - 1;
  }

  function addTensor(name: string, shape: readonly number[], dtype: DType): number {
    const isOpen = batchFirst && shape[0] === 1;
    const signature = isOpen ? { signature: [-1, ...shape.slice(1)] } : {};
    return addValue({ name, shape, dtype, ...signature });
  }

  return {
    issues,
    value(index) {
      const value = values[index];
      if (value === undefined) throw new IntactError('internal', `no value ${index}`);
      return value;
    },
    input(name, shape, dtype, signature) {
      const index = signature
        ? addValue({ name, shape, dtype, signature })
        : addTensor(name, shape, dtype);
      inputs.push(index);
      return index;
    },
    constant: constants.find,
    node(layer, name, op, attrs, from, shapes) {
      if (nodes.length >= mostNodes)
        throw new IntactError('limit', `The model has more than ${mostNodes} operations.`);
      const operands = from.map((index) => (index < 0 ? undefined : values[index]));
      const results =
        shapes?.map((shape) => ({ shape, dtype: 'float32' as const })) ??
        inferShapes(op, attrs, operands);
      const unique = nodeNames.claim(name);
      const outputs = results.map(({ shape, dtype }, index) =>
        addTensor(index === 0 ? unique : `${unique}:${index}`, shape, dtype),
      );
      const node = { name: unique, op, attrs, inputs: from, outputs };
      nodes.push({ ...node, layer: layers.indexOf(layer) } as unknown as Node);
      return outputs;
    },
    mark: () => ({
      values: values.length,
      nodes: nodes.length,
      layers: layers.list.length,
      issues: issues.length,
    }),
    rollback(mark) {
      for (const { name } of values.splice(mark.values)) valueNames.release(name);
      for (const { name } of nodes.splice(mark.nodes)) nodeNames.release(name);
      layers.keep(mark.layers);
      issues.splice(mark.issues);
      constants.keep(mark.values);
    },
    finish: (name, outputs) => ({ name, values, nodes, inputs, outputs, layers: layers.list }),
  };
}

/** Layers in the order of their first node. */
function layerList() {
  const list: Layer[] = [];
  const places = new Map<string, number>();
  return {
    list,
    indexOf({ path, type }: LayerName): number {
      const known = places.get(path);
      if (known !== undefined) return known;
      places.set(path, list.push({ name: path, type }) - 1);
      return list.length - 1;
    },
    keep(count: number): void {
      for (const { name } of list.splice(count)) places.delete(name);
    },
  };
}
