/**
 * What differs between two runs, and what of the measured difference belongs to which setting. The whole
 * difference is said once; a setting gets a number of its own only where two runs of the set differ in
 * it alone. Nothing is attributed that wasn't measured.
 */
import { stockRecipe } from '../../quant/recipe';
import type { Recipe, SchemeId, Step } from '../../quant/types';
import { settingsOfRun, type Setting } from './settings';
import type { Comparable, ComparedRun } from './types';

export interface SettingDifference {
  readonly id: string;
  /** "per-channel weights instead of per-tensor weights" */
  readonly words: string;
  /** Two runs of the set, positions `[without, with]`, that differ in this alone; absent: not separated. */
  readonly measured?: readonly [number, number];
  /** The run that would separate it: the baseline's with this one setting changed; absent: no single run does. */
  readonly separating?: Separating;
}

/** A run that could be made: a recipe, and whose model and samples it is made on, by position in the set. */
export interface Separating {
  readonly recipe: Recipe;
  readonly model: number;
  readonly calibration: number;
  readonly evaluation: number;
}

export interface Differences {
  readonly settings: readonly SettingDifference[];
  /** What differs is one setting alone: the whole difference is its own. */
  readonly alone: boolean;
}

interface Pair {
  readonly id: string;
  readonly from: Setting;
  readonly to: Setting;
}

/**
 * Settings of which both runs have one, and not the same. Where one has none (there is no calibration
 * without quantized activations), the reason is another setting that differs, and what comes with it is
 * said with that one.
 */
function pairs(from: Comparable, to: Comparable): readonly Pair[] {
  const before = settingsOfRun(from);
  const after = new Map(settingsOfRun(to).map((setting) => [setting.id, setting]));
  return before.flatMap((one) => {
    const other = after.get(one.id);
    return other && other.key !== one.key ? [{ id: one.id, from: one, to: other }] : [];
  });
}

export function differencesOf(runs: readonly ComparedRun[], from: number, to: number): Differences {
  const first = runs.map(({ runs: [run] }) => run!);
  const found = pairs(first[from]!, first[to]!);
  const alone = found.length === 1;
  const settings = found.map((pair): SettingDifference => {
    const words = insteadOf(pair, withIt(pair, first[from]!, first[to]!));
    const measured = alone ? ([from, to] as const) : separated(first, from, to, pair);
    const separating = measured ? undefined : separatingRun(first, from, to, pair.id, found);
    return {
      ...{ id: pair.id, words },
      ...(measured ? { measured } : {}),
      ...(separating ? { separating } : {}),
    };
  });
  return { settings, alone };
}

/** "per-channel weights instead of per-tensor": what both have in common is said once. */
function insteadOf({ id, from, to }: Pair, brought: string): string {
  if (from.words === to.words) return `${to.words}, not the same`;
  const [after, before] = [to.words.split(' '), from.words.split(' ')];
  let [start, end] = [0, before.length];
  while (end > 1 && before[end - 1] === after[after.length - (before.length - end) - 1]) end--;
  if (id.includes('.')) while (start < end - 1 && before[start] === after[start]) start++;
  return `${to.words}${brought} instead of ${before.slice(start, end).join(' ')}`;
}

/** What only the new precision brings along: its granularity, its calibration, its steps. */
function withIt({ id }: Pair, from: Comparable, to: Comparable): string {
  if (id !== 'precision') return '';
  const had = new Set(settingsOfRun(from).map((setting) => setting.id));
  const words = settingsOfRun(to)
    .filter((setting) => !had.has(setting.id) && brought.has(setting.id) && setting.key !== '[]')
    .map((setting) => setting.words);
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}
const brought: ReadonlySet<string> = new Set(['weights', 'calibration', 'exceptions', 'steps']);

/** Two runs that differ in the setting alone, in the very same way; one of the two compared where possible. */
function separated(
  runs: readonly Comparable[],
  from: number,
  to: number,
  { id, from: before, to: after }: Pair,
): readonly [number, number] | undefined {
  const alike = (a: number, b: number) => {
    const [only, ...more] = pairs(runs[a]!, runs[b]!);
    return (
      more.length === 0 &&
      only?.id === id &&
      only.from.key === before.key &&
      only.to.key === after.key
    );
  };
  const all = runs.map((_, at) => at);
  for (const other of all) {
    if (other !== from && alike(from, other)) return [from, other];
    if (other !== to && alike(other, to)) return [other, to];
  }
  for (const a of all) for (const b of all) if (a !== b && alike(a, b)) return [a, b];
  return undefined;
}

/** The baseline with one setting of the other; undefined where no single run changes it alone. */
function separatingRun(
  runs: readonly Comparable[],
  from: number,
  to: number,
  id: string,
  found: readonly Pair[],
): Separating | undefined {
  const [before, after] = [runs[from]!, runs[to]!];
  const { recipe } = before.made;
  const own = { model: from, calibration: from, evaluation: from };
  if (!recipe) return undefined;
  switch (id) {
    case 'model':
      return { ...own, recipe, model: to };
    case 'samples':
    case 'calibrated': {
      const both = ['samples', 'calibrated'].every((one) => found.some((pair) => pair.id === one));
      // Drawn from one pool, samples that calibrate are missing from evaluation: one can't change alone.
      if (both && !(apart(before) && apart(after))) return undefined;
      return { ...own, recipe, [id === 'samples' ? 'evaluation' : 'calibration']: to };
    }
    default: {
      const changed = separatingRecipe(before, after, id);
      return changed && { ...own, recipe: changed };
    }
  }
}

/** Its files keep training and evaluation apart. */
const apart = ({ made: { samples } }: Comparable): boolean =>
  samples.checks.some((check) => check.id === 'parts');

/** The baseline's recipe with one setting of the other; undefined where no recipe changes it alone. */
export function separatingRecipe(
  { made: { recipe: from } }: Comparable,
  { made: { recipe: to } }: Comparable,
  id: string,
): Recipe | undefined {
  if (!from || !to) return undefined;
  const [setting = ''] = id.split('.');
  switch (setting) {
    case 'calibration':
      return { ...from, calibration: to.calibration };
    case 'border':
      return { ...from, io: to.io };
    case 'target':
      return retargeted(from, to);
    case 'weights':
    case 'precision':
      return withRules(from, to.scheme, stockRulesOf(to), addedRules(from));
    case 'exceptions':
      return withRules(from, from.scheme, stockRulesOf(from), addedRules(to));
    case 'steps':
      return { ...from, steps: to.steps };
    default:
      return setting in stepOptions(from, to) ? stepOption(from, to, id) : undefined;
  }
}

const stockRulesOf = ({ scheme, target, rules }: Recipe): Recipe['rules'] =>
  scheme === 'custom' ? rules : stockRecipe(scheme, { target }).rules;

const addedRules = (recipe: Recipe): Recipe['rules'] =>
  recipe.rules.slice(stockRulesOf(recipe).length);

const withRules = (
  recipe: Recipe,
  scheme: Recipe['scheme'],
  stock: Recipe['rules'],
  added: Recipe['rules'],
): Recipe => ({
  ...recipe,
  ...{ scheme, name: scheme === 'custom' ? recipe.name : scheme },
  rules: [...stock, ...added],
});

/** Stock rules follow the target. */
function retargeted(from: Recipe, { target }: Recipe): Recipe | undefined {
  if (from.scheme === 'custom') return undefined;
  const { rules } = stockRecipe(from.scheme as SchemeId, { target });
  return { ...from, target, rules: [...rules, ...addedRules(from)] };
}

const stepOptions = (from: Recipe, to: Recipe) =>
  Object.fromEntries([...from.steps, ...to.steps].map(({ kind }) => [kind, true]));

/** "train.1.epochs": the option of the first training. */
function stepOption(from: Recipe, to: Recipe, id: string): Recipe | undefined {
  const [kind, time, option] = id.split('.');
  const nth = (recipe: Recipe) =>
    recipe.steps.filter((step) => step.kind === kind)[Number(time) - 1];
  const [own, other] = [nth(from), nth(to)];
  if (!own || !other || option === undefined) return undefined;
  const optionsOf = (step: Step): Readonly<Record<string, unknown>> =>
    'options' in step ? step.options : {};
  const nested = option in optionsOf(other);
  const value = nested
    ? optionsOf(other)[option]
    : (other as unknown as Readonly<Record<string, unknown>>)[option];
  const changed = (
    nested
      ? { ...own, options: { ...optionsOf(own), [option]: value } }
      : { ...own, [option]: value }
  ) as Step;
  return { ...from, steps: from.steps.map((step) => (step === own ? changed : step)) };
}
