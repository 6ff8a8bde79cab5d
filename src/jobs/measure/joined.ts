/**
 * The float model, the quantized one and every layer alone as one graph: a node of the float graph is
 * followed by its twins, so that a number is compared while it lies in the arena, and nothing is kept.
 */
import type { Graph, Node, Value } from '../../model/graph';
import { outputsByNode } from '../prepared';
import type { AloneLayer } from './isolated';
import { endsOfGrid, type Watched } from './watched';

/** A value of the joined graph and the float one that it stands for. */
export interface Pair {
  readonly layer: string;
  readonly figure: 'accumulated' | 'isolated';
  readonly float: number;
  readonly twin: number;
}

export interface Joined {
  readonly graph: Graph;
  /** Of each input: its position among a sample's inputs. */
  readonly inputs: readonly number[];
  /** Values of the joined graph that are the outputs of the two models, in their order; all are outputs of `graph`. */
  readonly float: readonly number[];
  readonly quantized: readonly number[];
  readonly pairs: readonly Pair[];
  /** Float activations whose numbers are held against their grids: inputs, and first outputs of nodes. */
  readonly watched: readonly Watched[];
}

/** Adds nodes of other graphs to one. @param once a value that is quantized to one grid twice is so once */
export function joiner(once: boolean) {
  const values: Value[] = [];
  const nodes: Node[] = [];
  const conversions = new Map<string, number>();
  const constants = new Map<Value['data'], number>();
  /** Where it was quantized before, to the same grid: that value. */
  const known = (node: Node, inputs: readonly number[], output: Value) => {
    if (!once || (node.op !== 'QUANTIZE' && node.op !== 'DEQUANTIZE')) return undefined;
    const { scale, zeroPoint } = output.quant ?? {};
    const key = [inputs[0], output.dtype, scale?.join(), zeroPoint?.join()].join('|');
    return { key, index: conversions.get(key) };
  };
  return {
    values,
    nodes,
    /** A graph's values as they come in here, and its nodes one by one. `places`: of those that are here already. */
    part(graph: Graph, prefix: string, places: Map<number, number>) {
      const at = (index: number): number => {
        if (index < 0) return index;
        const place = places.get(index);
        if (place !== undefined) return place;
        const value = graph.values[index]!;
        const { data } = value;
        const shared = data && constants.get(data);
        if (shared !== undefined && sameConstant(values[shared]!, value)) {
          places.set(index, shared);
          return shared;
        }
        const to = values.push({ ...value, name: prefix + value.name }) - 1;
        if (data) constants.set(data, to);
        places.set(index, to);
        return to;
      };
      return {
        at,
        push(node: Node): void {
          const inputs = node.inputs.map(at);
          const before = known(node, inputs, graph.values[node.outputs[0]!]!);
          if (before?.index !== undefined) {
            places.set(node.outputs[0]!, before.index);
            return;
          }
          const outputs = node.outputs.map(at);
          if (before) conversions.set(before.key, outputs[0]!);
          nodes.push({ ...node, name: prefix + node.name, inputs, outputs } as Node);
        },
      };
    },
  };
}

const sameConstant = (a: Value, b: Value) =>
  a.dtype === b.dtype &&
  a.shape.join() === b.shape.join() &&
  a.quant?.scale.join() === b.quant?.scale.join() &&
  a.quant?.zeroPoint.join() === b.quant?.zeroPoint.join();

export function joined(float: Graph, quantized: Graph, layersAlone: readonly AloneLayer[]): Joined {
  const { values, nodes, part } = joiner(true);
  const main = part(float, '', new Map());
  const inputs = float.inputs.map((index, position) => ({ index: main.at(index), position }));
  const twins = new Map<number, number>();
  quantized.inputs.forEach((index, position) => {
    const { dtype, quant } = quantized.values[index]!;
    const own = float.values[float.inputs[position]!]!;
    if (dtype === own.dtype && !quant) twins.set(index, main.at(float.inputs[position]!));
  });
  const whole = part(quantized, 'int8 ', twins);
  quantized.inputs.forEach((index, position) => {
    if (!twins.has(index)) inputs.push({ index: whole.at(index), position });
  });
  const byValue = new Map(float.values.map(({ name }, index) => [name, index]));
  const alone = new Map(layersAlone.map((layer, number) => [layer.name, { ...layer, number }]));
  const pairs: Pair[] = [];
  const compare = (layer: string, figure: Pair['figure'], index: number, twin: number) => {
    if (float.values[index]!.dtype === 'float32')
      pairs.push({ layer, figure, float: main.at(index), twin });
  };
  const positions = new Map(quantized.nodes.map(({ name }, position) => [name, position]));
  let next = 0;
  const upTo = (end: number) => {
    for (; next < end; next++) whole.push(quantized.nodes[next]!);
  };
  for (const node of float.nodes) {
    main.push(node);
    upTo((positions.get(node.name) ?? -1) + 1);
    const layer = alone.get(node.name);
    if (!layer) continue;
    const { graph, number } = layer;
    const given = new Map(
      graph.inputs.map((index) => [index, main.at(byValue.get(graph.values[index]!.name)!)]),
    );
    const own = part(graph, `alone ${number} `, given);
    const last = graph.nodes.findIndex(({ name }) => name === node.name);
    for (const one of graph.nodes.slice(0, last + 1)) own.push(one);
    compare(node.name, 'isolated', node.outputs[0]!, own.at(graph.nodes[last]!.outputs[0]!));
  }
  upTo(quantized.nodes.length);
  const byNode = outputsByNode(quantized);
  for (const [name, index] of outputsByNode(float)) {
    const twin = byNode.get(name);
    if (twin !== undefined) compare(name, 'accumulated', index, whole.at(twin));
  }
  const watched: Watched[] = [];
  const watch = (layer: string, index: number, twin: Value | undefined) => {
    if (float.values[index]!.dtype !== 'float32') return;
    const ends = twin ? endsOfGrid(twin) : { low: -Infinity, high: Infinity };
    watched.push({ layer, value: main.at(index), ...ends });
  };
  const forms = new Map(quantized.values.map((value) => [value.name, value]));
  for (const index of float.inputs) {
    const { name } = float.values[index]!;
    const form = forms.get(name);
    watch(name, index, form?.quant ? form : forms.get(`${name}/quantize`));
  }
  for (const [name, index] of outputsByNode(float)) {
    const twin = byNode.get(name);
    watch(name, index, twin === undefined ? undefined : quantized.values[twin]);
  }
  const outputs = {
    float: float.outputs.map(main.at),
    quantized: quantized.outputs.map(whole.at),
  };
  const graph: Graph = {
    ...quantized,
    values,
    nodes,
    inputs: inputs.map(({ index }) => index),
    outputs: [...new Set([...outputs.float, ...outputs.quantized])],
  };
  return {
    graph: { ...graph, outputs: [...new Set([...graph.outputs, ...freedTooSoon(graph, pairs)])] },
    inputs: inputs.map(({ position }) => position),
    ...outputs,
    pairs,
    watched,
  };
}

/** Values that nobody reads any more when the other one of their pair is made: as outputs they are kept. */
export function freedTooSoon(
  graph: Graph,
  pairs: readonly Pick<Pair, 'float' | 'twin'>[],
): number[] {
  const made = new Map<number, number>();
  const read = new Map<number, number>();
  graph.nodes.forEach((node, position) => {
    for (const index of node.outputs) made.set(index, position);
    for (const index of node.inputs) read.set(index, position);
  });
  const at = (index: number) => made.get(index) ?? -1;
  return pairs.flatMap(({ float, twin }) => {
    const [earlier, later] = at(float) < at(twin) ? [float, at(twin)] : [twin, at(float)];
    return (read.get(earlier) ?? at(earlier)) < later ? [earlier] : [];
  });
}
