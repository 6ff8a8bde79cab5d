/**
 * How many samples a measurement takes, by the work that they are: the same on every machine, so that
 * two runs of one model are measured on the same samples wherever they are made.
 */
import { macs } from '../../analysis/cost';
import { elementCount, type Graph } from '../../model/graph';

/** Tapping and comparing one number costs about as much as this many multiply-accumulates. */
const PER_ELEMENT = 10;

/** Work of one inference whose every value is looked at, in multiply-accumulates. */
export function workOf(graph: Graph): number {
  const computed = graph.nodes.reduce((sum, node) => sum + macs(graph, node), 0);
  return computed + PER_ELEMENT * activationElements(graph);
}

export function activationElements(graph: Graph): number {
  return graph.values.reduce((sum, value) => sum + (value.data ? 0 : elementCount(value.shape)), 0);
}

/** Bytes of all activations, each in memory of its own. */
export const activationBytes = (graph: Graph): number => 4 * activationElements(graph);

/** Bytes of a graph's constants, those that several values share counted once. */
export function constantBytes(graph: Graph): number {
  const arrays = new Set(graph.values.flatMap(({ data }) => data ?? []));
  return [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Samples that a budget pays for, between the least that say something and the most that are needed. */
export function affordable(
  budget: number,
  each: number,
  bounds: { readonly least: number; readonly most: number },
): number {
  const count = Math.floor(budget / Math.max(1, each));
  return Math.min(bounds.most, Math.max(bounds.least, count));
}
