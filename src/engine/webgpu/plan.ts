/**
 * Graph → programs in order, and which values share bytes; or every reason why the graph doesn't run on
 * WebGPU. Pure: tests read it without a GPU.
 */
import { IntactError } from '../../model/error';
import { valueAt, type Graph } from '../../model/graph';
import { kernelSites } from '../refusals';
import { gpuKernels } from './kernels';
import type { Abilities, GpuSite } from './kernels/site';
import { layoutOf, sameBytes, type Layout } from './layout';
import type { Alternatives, Family } from './program';

export interface PlannedStep {
  /** Index of the graph's node. */
  readonly node: number;
  readonly alternatives: Alternatives;
}

export interface GpuPlan {
  readonly graph: Graph;
  readonly batch: number;
  readonly steps: readonly PlannedStep[];
  /** The value whose buffer a value lies in; itself but for those that are another's bytes. */
  rootOf(value: number): number;
  layoutAt(value: number): Layout;
}

export interface PlanOptions {
  readonly batch: number;
  readonly abilities: Abilities;
  /** Families that fail here, and how. */
  readonly failing?: ReadonlyMap<Family, string>;
  readonly shapes?: GpuSite['shapes'];
}

const views: ReadonlySet<string> = new Set(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);

/** A plan, or the reasons against one: at least one sentence. */
export function planGraph(graph: Graph, options: PlanOptions): GpuPlan | readonly string[] {
  const reasons = new Set<string>();
  const roots = new Map<number, number>();
  const rootOf = (value: number): number => {
    const root = roots.get(value);
    return root === undefined ? value : rootOf(root);
  };
  const layouts = graph.values.map((value) => layoutOf(value));
  const steps: PlannedStep[] = [];
  const outputs = new Set(graph.outputs);
  if (graph.outputs.some((index) => graph.inputs.includes(index) || graph.values[index]!.data))
    reasons.add('The graph hands an input or a constant through.');
  for (const index of graph.inputs)
    if (!layouts[index])
      reasons.add(`Input "${graph.values[index]!.name}" ${unlaid(graph, index)}.`);
  kernelSites(graph).forEach((site, at) => {
    const { node } = site;
    const named = `${node.op} "${node.name}"`;
    const active = [...node.inputs, ...node.outputs].filter(
      (index) => index >= 0 && valueAt(graph, index)!.data === undefined,
    );
    const odd = active.find((index) => !layouts[index]);
    if (odd !== undefined) {
      reasons.add(`${named} has a tensor that ${unlaid(graph, odd)}.`);
      return;
    }
    const [from] = node.inputs;
    const [to] = node.outputs;
    const isView =
      views.has(node.op) &&
      sameBytes(layouts[from!]!, layouts[to!]!) &&
      graph.values[from!]!.data === undefined &&
      !(outputs.has(to!) && (outputs.has(rootOf(from!)) || graph.inputs.includes(rootOf(from!))));
    if (isView) {
      roots.set(to!, rootOf(from!));
      return;
    }
    const factory = gpuKernels[node.op];
    if (!factory) {
      reasons.add(`${named} has no WebGPU kernel.`);
      return;
    }
    const kernel = made(() =>
      factory({
        ...site,
        inputIndices: node.inputs,
        outputIndices: node.outputs,
        batch: options.batch,
        abilities: options.abilities,
        shapes: options.shapes,
      }),
    );
    if (typeof kernel === 'string') {
      reasons.add(`${named} ${kernel}, which has no WebGPU kernel.`);
      return;
    }
    for (const alternatives of kernel) {
      const failing = options.failing?.get(alternatives[0]!.family);
      if (failing !== undefined) reasons.add(`${named}: ${failing}`);
      steps.push({ node: at, alternatives });
    }
  });
  if (steps.length === 0 && reasons.size === 0) reasons.add('The graph computes nothing.');
  if (reasons.size > 0) return [...reasons];
  return {
    graph,
    batch: options.batch,
    steps,
    rootOf,
    layoutAt: (value) => layouts[value]!,
  };
}

function unlaid(graph: Graph, index: number): string {
  const { dtype, shape } = graph.values[index]!;
  return shape.includes(0)
    ? `is empty, [${shape.join(', ')}]`
    : `is ${dtype}; only int8 and float32 lie on the GPU`;
}

/** What a damaged file makes a factory throw is a reason too: WASM says it in its own words. */
function made<T>(make: () => T): T | string {
  try {
    return make();
  } catch (thrown) {
    if (thrown instanceof IntactError) return `is refused (${thrown.message})`;
    throw thrown;
  }
}
