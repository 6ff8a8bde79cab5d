/**
 * What must be run again of a changed graph where another like it was run before: the nodes that compute
 * something else, or on something else. Equal numbers are found by what makes them, not by their names.
 */
import type { Graph, QuantParams, Value } from '../model/graph';

export interface ChangedPart {
  /** Those nodes alone; its inputs are values that the graph before has. */
  readonly graph: Graph;
  /** Of each of its inputs: the value in the graph before. */
  readonly feeds: readonly number[];
  /** Of each output of the changed graph: its position among the part's outputs, or the value of the graph before that it equals. */
  readonly outputs: readonly ({ readonly part: number } | { readonly before: number })[];
}

const sameList = (a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

const sameQuant = (a: QuantParams | undefined, b: QuantParams | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.axis === b.axis &&
    sameList(a.scale, b.scale) &&
    sameList(a.zeroPoint, b.zeroPoint));

const sameForm = (a: Value, b: Value): boolean =>
  a.dtype === b.dtype && sameList(a.shape, b.shape) && sameQuant(a.quant, b.quant);

/** Both run in topological order; `before` computes all of its values. */
export function changedPart(before: Graph, changed: Graph): ChangedPart {
  const equal = new Map<number, number>();
  const isKnown = (index: number) => index < 0 || equal.has(index);
  changed.inputs.forEach((index, position) => {
    const own = before.inputs[position];
    if (own !== undefined && sameForm(before.values[own]!, changed.values[index]!))
      equal.set(index, own);
  });
  matchConstants(before, changed, equal);
  const sameRounding = before.rounding === changed.rounding;
  const known = nodesByWork(before);
  for (const node of changed.nodes) {
    if (!sameRounding || !node.inputs.every(isKnown)) continue;
    const key = workKey(
      node,
      node.inputs.map((index) => equal.get(index) ?? -1),
    );
    const twin = known
      .get(key)
      ?.find(({ outputs }) =>
        outputs.every((output, at) =>
          sameForm(before.values[output]!, changed.values[node.outputs[at]!]!),
        ),
      );
    twin?.outputs.forEach((output, at) => equal.set(node.outputs[at]!, output));
  }
  const needed = new Set(changed.outputs.filter((index) => !equal.has(index)));
  const nodes = changed.nodes
    .toReversed()
    .filter(({ inputs, outputs }) => {
      if (!outputs.some((index) => needed.has(index))) return false;
      for (const index of inputs) if (!isKnown(index)) needed.add(index);
      return true;
    })
    .reverse();
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const inputs = [...read].filter(
    (index) => index >= 0 && equal.has(index) && changed.values[index]!.data === undefined,
  );
  // Values that nothing here computes must be inputs, whatever they equal.
  const outputs = [...new Set(changed.outputs.filter((index) => !equal.has(index)))];
  return {
    graph: { ...changed, nodes, inputs, outputs },
    feeds: inputs.map((index) => equal.get(index)!),
    outputs: changed.outputs.map((index) => {
      const own = equal.get(index);
      return own === undefined ? { part: outputs.indexOf(index) } : { before: own };
    }),
  };
}

/** Constants of equal form and numbers: the very same array, or the same name and content. */
function matchConstants(before: Graph, changed: Graph, equal: Map<number, number>): void {
  const byData = new Map<Value['data'], number[]>();
  const byName = new Map<string, number>();
  before.values.forEach(({ name, data }, index) => {
    if (data === undefined) return;
    byData.set(data, [...(byData.get(data) ?? []), index]);
    byName.set(name, index);
  });
  changed.values.forEach((value, index) => {
    const { name, data } = value;
    if (data === undefined) return;
    const own = byData.get(data)?.find((one) => sameForm(before.values[one]!, value));
    if (own !== undefined) {
      equal.set(index, own);
      return;
    }
    const named = byName.get(name);
    const other = named === undefined ? undefined : before.values[named]!;
    if (other?.data && sameForm(other, value) && sameList(other.data, data))
      equal.set(index, named!);
  });
}

type Work = Pick<Graph['nodes'][number], 'op' | 'attrs'>;
const workKey = ({ op, attrs }: Work, inputs: readonly number[]) =>
  `${op} ${JSON.stringify(attrs)} ${inputs.join()}`;

function nodesByWork(graph: Graph): ReadonlyMap<string, Graph['nodes'][number][]> {
  const found = new Map<string, Graph['nodes'][number][]>();
  for (const node of graph.nodes) {
    const key = workKey(node, node.inputs);
    found.set(key, [...(found.get(key) ?? []), node]);
  }
  return found;
}
