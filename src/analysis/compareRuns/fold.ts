/** Runs that differ in the seed of a step alone become one, with mean and spread. */
import { recipeKey, samplesKey, subjectKey } from '../../run/keys';
import { canonical } from '../../run/keys';
import type { Recipe } from '../../quant/types';
import type { Comparable, ComparedRun, Contestant } from './types';

/** A step, or its options, as far as seeds go: they draw by one where they draw at random. */
type Seeded = { readonly seed?: unknown; readonly options?: { readonly seed?: unknown } };

/** Seeds that the recipe's steps draw by, in order. */
export const seedsOf = (recipe: Pick<Recipe, 'steps'> | undefined): readonly number[] =>
  (recipe?.steps ?? []).flatMap((step) => {
    const { seed, options } = step as Seeded;
    return [seed, options?.seed].filter((one) => typeof one === 'number');
  });

/** The recipe as if every seed were 0: equal for runs that differ in a seed alone. */
export function seedless(recipe: Recipe): Recipe {
  const blank = (part: object | undefined) =>
    part && { ...part, ...('seed' in part ? { seed: 0 } : {}) };
  const steps = recipe.steps.map((step) => {
    const { options } = step as Seeded;
    return { ...blank(step), ...(options ? { options: blank(options) } : {}) };
  });
  return { ...recipe, steps: steps as unknown as Recipe['steps'] };
}

const groupKey = ({ made }: Comparable): string =>
  canonical([
    subjectKey(made.subject),
    made.recipe ? recipeKey(seedless(made.recipe)) : 'as it is',
    samplesKey(made.samples),
    made.from ?? '',
  ]);

/** In the order given; a run with other seeds joins the first of its kind. Labels are made distinct. */
export function folded(contestants: readonly Contestant[]): readonly ComparedRun[] {
  const groups: Contestant[][] = [];
  const keys = new Map<string, Contestant[]>();
  for (const one of contestants) {
    const { recipe } = one.run.made;
    const seeds = seedsOf(recipe);
    const key = groupKey(one.run);
    const group = seeds.length > 0 ? keys.get(key) : undefined;
    const same = canonical(seeds);
    if (group?.every(({ run }) => canonical(seedsOf(run.made.recipe)) !== same)) {
      group.push(one);
      continue;
    }
    const own = [one];
    groups.push(own);
    if (!keys.has(key)) keys.set(key, own);
  }
  const labels = distinct(groups.map(([first]) => first!.label));
  return groups.map((group, at) => {
    const [first] = group;
    const several = group.length > 1;
    return {
      id: first!.run.id,
      label: several ? `${labels[at]!} (${group.length} seeds)` : labels[at]!,
      state:
        (['growing', 'stopped'] as const).find((state) =>
          group.some((one) => one.state === state),
        ) ?? 'finished',
      runs: group.map(({ run }) => run),
      seeds: several ? group.flatMap(({ run }) => seedsOf(run.made.recipe).slice(0, 1)) : [],
    };
  });
}

/** Place of each run in a comparison of these, by its id: folded ones share theirs. */
export function positionsOf(runs: readonly Comparable[]): ReadonlyMap<string, number> {
  const groups = folded(runs.map((run) => ({ run, label: '', state: 'finished' })));
  return new Map(groups.flatMap((group, at) => group.runs.map(({ id }) => [id, at] as const)));
}

/** "int8", "int8" → "int8 (1)", "int8 (2)". */
export function distinct(labels: readonly string[]): readonly string[] {
  const total = new Map<string, number>();
  for (const label of labels) total.set(label, (total.get(label) ?? 0) + 1);
  const seen = new Map<string, number>();
  return labels.map((label) => {
    if (total.get(label) === 1) return label;
    const at = (seen.get(label) ?? 0) + 1;
    seen.set(label, at);
    return `${label} (${at})`;
  });
}
