/**
 * One range for the inputs of a CONCATENATION or ADD, the union of theirs, so that they need not be put on another grid
 * there. Where one is much wider the others would lose their steps: those are left as they are.
 */
import type { Graph, Node } from '../../model/graph';
import { targetOf } from '../targets';
import type { TargetId } from '../targets';
import type { Plan, Stats, ValueStats } from '../types';
import { isIntegerType } from '../targets/target';

/** Widest range of an input to the narrowest, up to which they are alike. */
export const MOST_UNLIKE = 4;

export interface Tied {
  readonly node: Node;
  readonly min: number;
  readonly max: number;
  /** Names of the values that have the range now: inputs, and what they only hand on. */
  readonly values: readonly string[];
}
export interface TiedRanges {
  readonly stats: Stats;
  readonly tied: readonly Tied[];
  /** Nodes left as they are, and why. */
  readonly left: readonly { readonly node: string; readonly why: 'unlike' | 'fixed' | 'same' }[];
}

/** @param names nodes to tie whatever their ranges; default: all whose ranges are alike */
export function tieRanges(
  graph: Graph,
  plan: Plan,
  stats: Stats,
  names?: readonly string[],
): TiedRanges {
  const values: Record<string, ValueStats> = { ...stats.values };
  const tied: Tied[] = [];
  const left: { node: string; why: 'unlike' | 'fixed' | 'same' }[] = [];
  for (const node of graph.nodes) {
    if (node.op !== 'CONCATENATION' && node.op !== 'ADD') continue;
    if (names && !names.includes(node.name)) continue;
    if (!isIntegerType(plan.nodes[node.name]?.scheme)) continue;
    const paths = node.inputs.flatMap((input) => pathOf(graph, plan, input, stats));
    if (paths.length < 2) {
      if (names || node.op === 'CONCATENATION') left.push({ node: node.name, why: 'fixed' });
      continue;
    }
    const ranges = paths.map(({ source }) => values[source]!);
    const widths = ranges.map(({ min, max }) => Math.max(max, 0) - Math.min(min, 0));
    const [min, max] = [
      Math.min(...ranges.map((one) => one.min)),
      Math.max(...ranges.map((one) => one.max)),
    ];
    if (ranges.every((one) => one.min === min && one.max === max)) {
      left.push({ node: node.name, why: 'same' });
      continue;
    }
    if (!names && Math.max(...widths) > MOST_UNLIKE * Math.min(...widths)) {
      left.push({ node: node.name, why: 'unlike' });
      continue;
    }
    const all = [...new Set(paths.flatMap((path) => path.values))];
    for (const name of all) {
      const { wide, ...own } = values[name]!;
      void wide;
      values[name] = { ...own, min, max };
    }
    tied.push({ node, min, max, values: all });
  }
  return { stats: { ...stats, values }, tied, left };
}

interface Path {
  /** Name of the value whose range counts. */
  readonly source: string;
  readonly values: readonly string[];
}

/** The input, and what it is handed on from on the same grid; nothing of constants and of outputs that the kernel fixes. */
function pathOf(graph: Graph, plan: Plan, input: number, stats: Stats): readonly Path[] {
  const target = targetOf(plan.target satisfies TargetId);
  const values: string[] = [];
  let index = input;
  for (;;) {
    const value = graph.values[index];
    if (!value || value.data || value.dtype !== 'float32' || !stats.values[value.name]) return [];
    values.push(value.name);
    const maker = graph.nodes.find((node) => node.outputs.includes(index));
    const scheme = maker && plan.nodes[maker.name]?.scheme;
    const rule = maker && isIntegerType(scheme) ? target[scheme][maker.op] : undefined;
    if (rule?.output === 'fixed') return [];
    const from = maker?.inputs.filter((at) => at >= 0 && !graph.values[at]!.data) ?? [];
    if (rule?.output !== 'same' || from.length !== 1) return [{ source: value.name, values }];
    index = from[0]!;
  }
}
