/** Ranges of single layers by another method than the recipe's, or given: what to calibrate, and the statistics of it. */
import { IntactError } from '../model/error';
import type { Graph } from '../model/graph';
import { calibrationLabel } from './observers';
import type { Calibration, RangeChoice, Recipe, Stats, ValueStats } from './types';

/** The recipe's own calibration, and those that its layers ask for. */
export function calibrationsOf({ calibration, ranges = {} }: Recipe): Calibration[] {
  const all = new Map([[calibrationLabel(calibration), calibration]]);
  for (const choice of Object.values(ranges))
    if (choice.method !== 'given') all.set(calibrationLabel(choice), choice);
  return [...all.values()];
}

/** Names of the values that a layer's range is of. */
function valuesOf(graph: Graph): (layer: string) => readonly string[] {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const inputs = new Set(graph.inputs.map((index) => graph.values[index]!.name));
  return (layer) =>
    nodes.get(layer)?.outputs.map((index) => graph.values[index]!.name) ??
    (inputs.has(layer) ? [layer] : []);
}

/**
 * Statistics of the recipe from those of its calibrations, in calibrationsOf's order. Throws `usage` for a layer that
 * the graph doesn't have, or a given range that is empty or not finite.
 */
export function rangesOf(graph: Graph, recipe: Recipe, all: readonly Stats[]): Stats {
  const [own] = all as readonly [Stats, ...Stats[]];
  if (!recipe.ranges) return own;
  const values: Record<string, ValueStats> = { ...own.values };
  const namesOf = valuesOf(graph);
  for (const [layer, choice] of Object.entries(recipe.ranges)) {
    const names = namesOf(layer).filter((name) => Object.hasOwn(values, name));
    if (names.length === 0)
      throw new IntactError(
        'usage',
        `The recipe chooses a range for "${layer}", which is no layer of "${graph.name}" with activations.`,
      );
    for (const name of names) values[name] = chosen(layer, choice, own.values[name]!, all, name);
  }
  return { ...own, values };
}

function chosen(
  layer: string,
  choice: RangeChoice,
  seen: ValueStats,
  all: readonly Stats[],
  name: string,
): ValueStats {
  if (choice.method === 'given') {
    const { min, max } = choice;
    if (!Number.isFinite(min) || !Number.isFinite(max) || min >= max)
      throw new IntactError(
        'usage',
        `The range of "${layer}" is [${min}, ${max}], which holds nothing. Give its smaller end first.`,
      );
    const wide = { min, max };
    return { ...seen, min, max, wide, choice };
  }
  const label = calibrationLabel(choice);
  const stats = all.find(({ calibration }) => calibrationLabel(calibration) === label);
  if (!stats) throw new IntactError('internal', `"${layer}" was not calibrated by ${label}.`);
  return { ...stats.values[name]!, choice };
}
