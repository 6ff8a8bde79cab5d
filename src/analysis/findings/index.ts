/** Findings of a run: why a layer is bad, what it costs, what to do; worst first. Pure: from what was measured alone. */
import type { Finding } from '../../run/findings';
import type { Figures, Made } from '../../run/types';
import { groundOf, type Ground } from './ground';
import { inOrder, type Found } from './merge';
import { findingOf } from './finding';
import type { Rule } from './rule';
import { biasShift } from './rules/biasShift';
import { beyondRange } from './rules/beyondRange';
import { calibrationSmall } from './rules/calibrationSmall';
import { calibrationUnlike } from './rules/calibrationUnlike';
import { channelRanges } from './rules/channelRanges';
import { coarseGrid } from './rules/coarseGrid';
import { floatIslands } from './rules/floatIslands';
import { moreThanNeeded } from './rules/moreThanNeeded';
import { slower } from './rules/slower';
import { firstDivergence } from './rules/firstDivergence';
import { negativeTail } from './rules/negativeTail';
import { flattenedOutput } from './rules/flattenedOutput';
import { inputRange } from './rules/inputRange';
import { vanishedClasses } from './rules/vanishedClasses';
import { outliers } from './rules/outliers';
import { unlikeThings } from './rules/unlikeThings';
import { wideHead } from './rules/wideHead';

/** Order decides only between findings of equal weight. */
export const rules = [
  inputRange,
  channelRanges,
  unlikeThings,
  calibrationUnlike,
  calibrationSmall,
  outliers,
  beyondRange,
  wideHead,
  negativeTail,
  biasShift,
  coarseGrid,
  firstDivergence,
  vanishedClasses,
  flattenedOutput,
  floatIslands,
  slower,
  moreThanNeeded,
] as const satisfies readonly Rule[];

/** Shown at most; the rest is either a consequence or not worth the reading. */
const MOST = 5;

/**
 * Needs a recipe, its plan, and the errors of every layer; what else was measured makes the findings
 * sharper. Empty: nothing to repair.
 */
export function findingsOf({
  made,
  figures,
}: {
  readonly made: Made;
  readonly figures: Figures;
}): readonly Finding[] {
  if (!made.recipe || !made.plan) return [];
  const ground = groundOf(made, figures);
  const found = rules.flatMap((rule) => foundBy(rule, ground));
  return inOrder(found, ground)
    .slice(0, MOST)
    .map((one) => findingOf(one, ground));
}

/** A sentence where rules were silent for want of real samples. */
export function findingsNote({ samples }: Pick<Made, 'samples'>): string | undefined {
  const silent = rules.filter(({ needsRealSamples }) => needsRealSamples);
  return samples.synthetic
    ? `These samples are made up: ${silent.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1)).join(', ')} can't be told from them.`
    : undefined;
}

/** What a rule says of the run; nothing where its samples can't tell, or nothing is lost. */
function foundBy(rule: Rule, ground: Ground): readonly Found[] {
  if (rule.needsRealSamples && ground.made.samples.synthetic) return [];
  return rule
    .find(ground)
    .filter(({ lost }) => rule.kind === 'cost' || lost !== undefined || ground.loss.any)
    .map((draft) => ({ rule, draft }));
}
