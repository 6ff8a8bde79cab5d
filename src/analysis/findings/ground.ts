/** What all rules look at, worked out once: what the run has lost, and which layers make the noise of its outputs. */
import type { Graph, Node, Value } from '../../model/graph';
import type { Plan, Stats, ValuePlan, ValueStats } from '../../quant/types';
import type { LayerDetail } from '../../run/details';
import type { Evidence, LayerEvidence } from '../../run/findings';
import type { TensorError } from '../../run/figures';
import type { Figures, LayerRow, Made } from '../../run/types';
import { weightsOf } from '../details';
import { lossOf, type Loss } from './loss';

export interface Ground {
  readonly made: Made;
  readonly figures: Figures;
  readonly evidence: Evidence;
  readonly graph: Graph;
  readonly plan: Plan | undefined;
  readonly stats: Stats | undefined;
  readonly loss: Loss;
  /** All layers, in the order of execution. */
  readonly rows: readonly LayerRow[];
  /** Those that quantizing changed numbers in. */
  readonly measured: readonly Layer[];
  layer(id: string): Layer | undefined;
  /** Nodes that read a value. */
  readers(value: number): readonly Node[];
  maker(value: number): Node | undefined;
}

/** A layer with what the rules ask of it. */
export interface Layer {
  readonly id: string;
  readonly row: LayerRow;
  readonly node: Node;
  readonly evidence: LayerEvidence;
  readonly detail: LayerDetail | undefined;
  readonly output: Value;
  readonly stats: ValueStats | undefined;
  readonly grid: ValuePlan | undefined;
  readonly weights: Value | undefined;
  readonly weightGrid: ValuePlan | undefined;
  /** Part of the outputs' noise that this layer makes, of all layers; they sum to 1. */
  readonly share: number;
  /** The same by what each layer alone costs the score; undefined where that is nothing or not measured. */
  readonly scoreShare: number | undefined;
  /** Part of the layer's own noise that its weights make; the rest is its activations'. */
  readonly weightPart: number;
}

export function groundOf(made: Made, figures: Figures): Ground {
  const { graph, plan, stats } = made;
  const evidence = figures.evidence ?? { layers: {} };
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const readers = new Map<number, Node[]>();
  const makers = new Map<number, Node>();
  for (const node of graph.nodes) {
    for (const index of new Set(node.inputs))
      readers.set(index, [...(readers.get(index) ?? []), node]);
    for (const index of node.outputs) makers.set(index, node);
  }
  const rows = made.layers.map((facts) => ({ ...facts, ...figures.layers[facts.id] }));
  const loss = lossOf(figures, made.samples.synthetic);
  const shares = sharesOf(rows, evidence, loss);
  const all = new Map<string, Layer>();
  for (const row of rows) {
    const node = nodes.get(row.id);
    if (!node) continue;
    const weights = weightsOf(graph, node);
    const own = evidence.layers[row.id] ?? {};
    all.set(row.id, {
      ...{ id: row.id, row, node, evidence: own, detail: made.details[row.id], weights },
      output: graph.values[node.outputs[0]!]!,
      stats: stats?.values[row.output],
      grid: plan?.values[row.output],
      weightGrid:
        weights && (plan?.values[`${weights.name}@${row.id}`] ?? plan?.values[weights.name]),
      share: shares.noise.get(row.id) ?? 0,
      scoreShare: shares.score?.get(row.id),
      weightPart: weightPartOf(own, row.isolated, weights !== undefined),
    });
  }
  return {
    ...{ made, figures, evidence, graph, plan, stats, loss, rows },
    measured: [...all.values()].filter(
      ({ row }) => row.isolated !== undefined || row.sensitivity !== undefined,
    ),
    layer: (id) => all.get(id),
    readers: (value) => readers.get(value) ?? [],
    maker: (value) => makers.get(value),
  };
}

/** Of independent errors the powers add; what is cut off on other samples is the activations' too. */
function weightPartOf(
  { weightsOnly, activationsOnly }: LayerEvidence,
  isolated: TensorError | undefined,
  weighted: boolean,
): number {
  if (!weighted) return 0;
  if (!weightsOnly) return activationsOnly ? 0 : 0.5;
  const own = noiseOf(weightsOnly.sqnr);
  const all = Math.max(noiseOf(isolated?.sqnr), own + noiseOf(activationsOnly?.sqnr));
  return all > 0 ? own / all : 0;
}

/** Noise over signal; of a layer that isn't known at the output, at its own. */
export const noiseOf = (sqnr: number | undefined): number =>
  sqnr === undefined || Number.isNaN(sqnr) ? 0 : 10 ** (-sqnr / 10);

function sharesOf(rows: readonly LayerRow[], evidence: Evidence, loss: Loss) {
  const { outputs } = loss;
  const parts = new Map<string, number>();
  const weigh = outputs.map(({ deficit }) => deficit);
  const weights = weigh.some((weight) => weight > 0) ? weigh : outputs.map(() => 1);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const known = rows.some(({ id }) => evidence.layers[id]?.outputSqnr);
  const noise = (id: string, output: number) => noiseOf(evidence.layers[id]?.outputSqnr?.[output]);
  if (known)
    weights.forEach((weight, output) => {
      const sum = rows.reduce((all, { id }) => all + noise(id, output), 0);
      if (sum > 0)
        for (const { id } of rows)
          parts.set(id, (parts.get(id) ?? 0) + ((weight / whole) * noise(id, output)) / sum);
    });
  else {
    const sum = rows.reduce((all, { isolated }) => all + noiseOf(isolated?.sqnr), 0);
    if (sum > 0) for (const { id, isolated } of rows) parts.set(id, noiseOf(isolated?.sqnr) / sum);
  }
  return { noise: parts, score: scoreShares(rows, loss) };
}

/** By what each layer alone costs the score, where that is anything. */
function scoreShares(
  rows: readonly LayerRow[],
  { primary }: Loss,
): ReadonlyMap<string, number> | undefined {
  if (!primary || primary.kind === 'likeness') return undefined;
  const sign = primary.better === 'higher' ? -1 : 1;
  const costs = rows.map(
    ({ id, sensitivity }) => [id, Math.max(0, sign * (sensitivity ?? 0))] as const,
  );
  const sum = costs.reduce((all, [, cost]) => all + cost, 0);
  return sum > 0 ? new Map(costs.map(([id, cost]) => [id, cost / sum])) : undefined;
}
