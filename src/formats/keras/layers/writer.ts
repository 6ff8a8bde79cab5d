/** Collects values and nodes of the Graph that is being built; names are unique, shapes inferred. */
import { IntactError } from '../../../model/error';
import type { DType, Graph, Issue, Layer, Node, TensorData, Value } from '../../../model/graph';
import { elementCount } from '../../../model/graph';
import { inferShapes } from '../../../model/infer';
import type { OpAttrs, OpName } from '../../../model/ops';

/** Shared sub-models multiply: a small config can ask for 2^depth calls. */
const mostNodes = 20_000;

/** Makes names unique: a taken one gets "_1", "_2", … */
function naming() {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return {
    claim(wanted: string): string {
      let name = wanted;
      while (taken.has(name)) {
        const count = (next.get(wanted) ?? 0) + 1;
        next.set(wanted, count);
        name = `${wanted}_${count}`;
      }
      taken.add(name);
      return name;
    },
    release: (name: string) => taken.delete(name),
  };
}

function equal(a: Value, shape: readonly number[], data: TensorData): boolean {
  const other = a.data;
  return (
    other !== undefined &&
    other.constructor === data.constructor &&
    other.length === data.length &&
    a.shape.length === shape.length &&
    a.shape.every((size, axis) => size === shape[axis]) &&
    (other === data || other.every((item, index) => Object.is(item, data[index])))
  );
}

export interface Mark {
  readonly values: number;
  readonly nodes: number;
  readonly layers: number;
  readonly issues: number;
}

export function createWriter() {
  const values: Value[] = [];
  const nodes: Node[] = [];
  const layers: Layer[] = [];
  const issues: Issue[] = [];
  const inputs: number[] = [];
  const valueNames = naming();
  const nodeNames = naming();
  const layerIndex = new Map<string, number>();
  const constants = new Map<string, number[]>();

  function addValue(value: Value): number {
    values.push({ ...value, name: valueNames.claim(value.name) });
    return values.length - 1;
  }

  /** The batch comes first in every tensor of Keras; it is 1 here and open in the file. */
  function addTensor(name: string, shape: readonly number[], dtype: DType): number {
    const signature = shape[0] === 1 ? { signature: [-1, ...shape.slice(1)] } : {};
    return addValue({ name, shape, dtype, ...signature });
  }

  function layerOf(path: string, type: string): number {
    const known = layerIndex.get(path);
    if (known !== undefined) return known;
    layers.push({ name: path, type });
    layerIndex.set(path, layers.length - 1);
    return layers.length - 1;
  }

  return {
    issues,

    value(index: number): Value {
      const value = values[index];
      if (value === undefined) throw new IntactError('internal', `no value ${index}`);
      return value;
    },

    input(name: string, shape: readonly number[], dtype: DType): number {
      const index = addTensor(name, shape, dtype);
      inputs.push(index);
      return index;
    },

    /** A constant; the same name with the same content gives the same value (shared layers). */
    constant(name: string, shape: readonly number[], data: Float32Array | Int32Array): number {
      if (elementCount(shape) !== data.length)
        throw new IntactError(
          'malformed',
          `the array "${name}" has ${data.length} numbers, but the shape [${shape.join(', ')}].`,
        );
      const known = constants.get(name) ?? [];
      const same = known.find((index) => equal(values[index]!, shape, data));
      if (same !== undefined) return same;
      const dtype = data instanceof Int32Array ? 'int32' : 'float32';
      const index = addValue({ name, shape, dtype, data });
      constants.set(name, [...known, index]);
      return index;
    },

    /** Adds a node with inferred outputs; `shapes` only for UNSUPPORTED, where nothing can be inferred. */
    node<K extends OpName>(
      layer: { readonly path: string; readonly type: string },
      name: string,
      op: K,
      attrs: OpAttrs[K],
      from: readonly number[],
      shapes?: readonly (readonly number[])[],
    ): number[] {
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
      nodes.push({ ...node, layer: layerOf(layer.path, layer.type) } as unknown as Node);
      return outputs;
    },

    mark: (): Mark => ({
      values: values.length,
      nodes: nodes.length,
      layers: layers.length,
      issues: issues.length,
    }),

    /** Forgets what came after the mark. */
    rollback(mark: Mark): void {
      for (const { name } of values.splice(mark.values)) {
        valueNames.release(name);
        constants.delete(name);
      }
      for (const { name } of nodes.splice(mark.nodes)) nodeNames.release(name);
      for (const { name } of layers.splice(mark.layers)) layerIndex.delete(name);
      issues.splice(mark.issues);
      for (const [name, known] of constants) {
        const kept = known.filter((index) => index < mark.values);
        if (kept.length === 0) constants.delete(name);
        else if (kept.length < known.length) constants.set(name, kept);
      }
    },

    finish(name: string, outputs: readonly number[]): Graph {
      return { name, values, nodes, inputs, outputs, layers };
    },
  };
}

export type Writer = ReturnType<typeof createWriter>;
