/** A change of recipe, as data: what a fix does, said by findings and carried out by the page and the shell. */
import { stockRecipe, withOverrides, type Override } from './recipe';
import { repairOrder } from './repairSteps';
import type { Calibration, RangeChoice, Recipe, SchemeId, Step } from './types';

export interface RecipeChange {
  /** A stock scheme instead of the recipe's rules; overrides of single layers are kept by the caller's `overrides`. */
  readonly scheme?: SchemeId;
  /** By layer: another type. */
  readonly overrides?: Readonly<Record<string, Override>>;
  /** By layer or input: another range. */
  readonly ranges?: Readonly<Record<string, RangeChoice>>;
  readonly calibration?: Calibration;
  /** Added to the recipe's steps, in the order that works. */
  readonly steps?: readonly Step[];
  /** Keys of calibration samples that are left out. */
  readonly leaveOut?: readonly string[];
}

const place = ({ kind }: Step): number =>
  kind === 'train' ? repairOrder.length : repairOrder.indexOf(kind);

/** The recipe with the change made; a step of a kind that the recipe has takes that one's place. */
export function changed(recipe: Recipe, change: RecipeChange): Recipe {
  const { target, calibration, ranges, io, steps, leaveOut } = recipe;
  const base: Recipe = change.scheme
    ? stockRecipe(change.scheme, { target, calibration, io, steps })
    : recipe;
  const added = change.steps ?? [];
  const kept = steps.filter(({ kind }) => added.every((step) => step.kind !== kind));
  const left = [...new Set([...(leaveOut ?? []), ...(change.leaveOut ?? [])])];
  const allRanges = { ...ranges, ...change.ranges };
  return withOverrides(
    {
      ...base,
      calibration: change.calibration ?? calibration,
      steps: [...kept, ...added].sort((a, b) => place(a) - place(b)),
      ...(Object.keys(allRanges).length > 0 ? { ranges: allRanges } : {}),
      ...(left.length > 0 ? { leaveOut: left } : {}),
    },
    change.overrides ?? {},
  );
}
