/**
 * Runs side by side: layers matched by name, each figure's value and difference, what differs in the
 * settings, and whether it is real. Numbers only; nothing is run.
 */
import { folded } from './fold';
import { matchedLayers } from './layers';
import type { Comparison, Contestant } from './types';

export type {
  Comparable,
  ComparedLayer,
  ComparedRun,
  Comparison,
  Contestant,
  Measure,
  RunState,
} from './types';
export {
  across,
  comparedFigures,
  worstFirst,
  type Cell,
  type FigureAcross,
  type FigureLine,
} from './across';
export {
  differencesOf,
  type Differences,
  type Separating,
  type SettingDifference,
} from './attribute';
export { comparisonMarks, markedLabel, totalMarks, type ComparisonMark } from './marks';
export { differenceOf, measureOf } from './measure';
export { paretoFront } from './pareto';
export { realityOf, type Reality } from './real';
export { comparedSamples, type ComparedSample } from './samples';
export { sameSamples } from './same';
export { settingsOfRun, stepName } from './settings';
export { wholeLines, type WholeCell, type WholeLine } from './whole';
export { differenceText, everyTotal, measureText, totalText, valueText } from './words';
export { distinct, positionsOf, seedsOf } from './fold';
export { labelOfRun } from './label';
export { weightsMoved, type WeightsMoved } from './weights';

/** As many as can be told apart at a glance. */
export const mostCompared = 6;

/**
 * @param contestants in the order in which they are to be shown
 * @param baseline id of the run that differences are against; default: the first
 */
export function compareRuns(contestants: readonly Contestant[], baseline?: string): Comparison {
  const runs = folded(contestants);
  const found = runs.findIndex(({ runs: seeds }) => seeds.some(({ id }) => id === baseline));
  const at = Math.max(0, found);
  return { runs, baseline: at, layers: runs.length === 0 ? [] : matchedLayers(runs, at) };
}
