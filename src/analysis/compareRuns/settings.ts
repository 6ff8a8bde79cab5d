/**
 * What a run's settings are, one by one and in words, so that two runs can be told apart by what was
 * chosen and not by the JSON of their recipes.
 */
import { calibrationLabel } from '../../quant/observers';
import { needsCalibration, overrideChoices, overridesOf, stockRecipe } from '../../quant/recipe';
import { targetOf } from '../../quant/targets';
import type { Recipe, RecipeRule, SchemeId, Step } from '../../quant/types';
import { canonical } from '../../run/keys';
import type { Comparable } from './types';

export interface Setting {
  /** "weights", "calibration", "train.1.epochs" */
  readonly id: string;
  /** Equal keys are the same choice. */
  readonly key: string;
  /** As it stands in "… instead of …": "per-channel weights". */
  readonly words: string;
}

/** By id, in the order in which they are said. Settings that have no meaning for the run are absent. */
export function settingsOfRun({ made }: Comparable): readonly Setting[] {
  const { recipe, subject, samples } = made;
  const evaluation = samples.roles.find(({ role }) => role === 'evaluation');
  return [
    setting('model', subject.key, `model ${subject.name}`),
    setting(
      'samples',
      canonical([samples.synthetic, evaluation?.key ?? samples.key]),
      `evaluated on ${count(evaluation?.count ?? 0)} samples of ${samples.name}`,
    ),
    ...(recipe
      ? recipeSettings(recipe, made.samples)
      : [setting('precision', 'float', 'float32, the model as it is')]),
  ];
}

const setting = (id: string, key: string, words: string): Setting => ({ id, key, words });
const count = (value: number) => value.toLocaleString('en-US');

function recipeSettings(recipe: Recipe, samples: Comparable['made']['samples']): Setting[] {
  const { calibration, target, io } = recipe;
  const calibrates = needsCalibration(recipe);
  const role = samples.roles.find((one) => one.role === 'calibration');
  return [
    ...ruleSettings(recipe),
    ...(calibrates
      ? [
          setting(
            'calibration',
            canonical(calibration),
            `${calibrationLabel(calibration)} calibration`,
          ),
          setting(
            'calibrated',
            role?.key ?? '',
            `ranges from ${count(role?.count ?? 0)} samples of ${samples.name}`,
          ),
          setting('border', io, `${io} inputs and outputs`),
        ]
      : []),
    setting('target', target, `made for ${targetOf(target).label}`),
    ...stepSettings(recipe.steps),
  ];
}

/** What a stock scheme says, in words; granularity only where the weights have one. */
const precisions = {
  float16: { precision: 'float16', words: 'float16 weights' },
  dynamic: {
    precision: 'dynamic',
    words: 'int8 weights with dynamic range',
    granularity: 'per-channel',
  },
  int8: { precision: 'int8', words: 'int8 weights and activations', granularity: 'per-channel' },
  'int8-per-tensor': {
    precision: 'int8',
    words: 'int8 weights and activations',
    granularity: 'per-tensor',
  },
  int4: {
    precision: 'int4',
    words: 'int4 weights and int8 activations',
    granularity: 'per-channel',
  },
  int16x8: {
    precision: 'int16x8',
    words: 'int8 weights and int16 activations',
    granularity: 'per-channel',
  },
  int16x4: {
    precision: 'int16x4',
    words: 'int4 weights and int16 activations',
    granularity: 'per-channel',
  },
  'weight-only': {
    precision: 'weight-only int8',
    words: 'int8 weights and float arithmetic',
    granularity: 'per-channel',
  },
  'weight-only-int4': {
    precision: 'weight-only int4',
    words: 'int4 weights and float arithmetic',
    granularity: 'per-channel',
  },
} as const satisfies Record<
  SchemeId,
  { readonly precision: string; readonly words: string; readonly granularity?: string }
>;

/** Rules of a stock recipe say precision and granularity; what is added to them, exceptions for layers. */
function ruleSettings(recipe: Recipe): Setting[] {
  const { scheme, target, rules } = recipe;
  const stock = scheme === 'custom' ? undefined : stockRecipe(scheme, { target }).rules;
  const begins = stock && stock.every((rule, at) => canonical(rule) === canonical(rules[at]));
  if (!begins) return [setting('precision', canonical(rules), `the rules of “${recipe.name}”`)];
  const added = rules.slice(stock.length);
  const said: {
    readonly precision: string;
    readonly words: string;
    readonly granularity?: string;
  } = precisions[scheme as SchemeId];
  return [
    setting('precision', said.precision, said.words),
    ...(said.granularity
      ? [setting('weights', said.granularity, `${said.granularity} weights`)]
      : []),
    setting('exceptions', canonical(added), exceptionWords(added)),
  ];
}

/** How many names are said before the rest is counted. */
const namesSaid = 3;

function exceptionWords(rules: readonly RecipeRule[]): string {
  if (rules.length === 0) return 'no exceptions for layers';
  const overrides = Object.entries(overridesOf(rules));
  const said = (list: readonly string[], how: string) => {
    if (list.length === 0) return [];
    const more = list.length - namesSaid;
    const shown = list.slice(0, namesSaid).join(', ');
    return [`${shown}${more > 0 ? ` and ${more} more` : ''} ${how}`];
  };
  return [...overrideChoices]
    .toSorted((a, b) => Number(b.id === 'float') - Number(a.id === 'float'))
    .flatMap(({ id, label }) => {
      const names = overrides.filter(([, choice]) => choice === id).map(([name]) => name);
      return said(names, id === 'float' ? 'left in float' : `in ${label}`);
    })
    .join('; ');
}

/** What is done before or while rounding; a seed is no setting, it is what runs are repeated with. */
const stepWords: Readonly<Record<string, string>> = {
  train: 'training (QAT)',
  equalize: 'cross-layer equalization',
  'tie-ranges': 'ranges tied',
  'split-head': 'head split',
  round: 'weights rounded',
  'correct-bias': 'bias correction',
};
export const stepName = (kind: string): string => stepWords[kind] ?? kind;

function stepSettings(steps: readonly Step[]): Setting[] {
  const kinds = steps.map(({ kind }) => kind);
  const said = kinds.length === 0 ? 'no training or repair' : kinds.map(stepName).join(', then ');
  return [
    setting('steps', canonical(kinds), said),
    ...steps.flatMap((step, at) =>
      optionSettings(step, kinds.slice(0, at).filter((kind) => kind === step.kind).length + 1),
    ),
  ];
}

function optionSettings(step: Step, time: number): Setting[] {
  const { kind, ...rest } = step as Step & Readonly<Record<string, unknown>>;
  const { options, ...flat } = rest as Readonly<Record<string, unknown>>;
  const { seed, ...all } = { ...flat, ...(typeof options === 'object' ? options : {}) } as Readonly<
    Record<string, unknown>
  >;
  void seed;
  return Object.entries(all).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [setting(`${kind}.${time}.${name}`, canonical(value), optionWords(kind, name, value))],
  );
}

function optionWords(kind: string, name: string, value: unknown): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const said = Array.isArray(value)
    ? value.length === 0
      ? 'none'
      : value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return `${stepName(kind)}: ${words} ${said}`;
}
