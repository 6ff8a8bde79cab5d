/**
 * Recipes: the stock ones, one of the user's own rules, overrides per layer. A recipe says by itself
 * what is done to every layer, whatever the target: its rules are LiteRT Quantizer's and are exported
 * as they stand.
 */
import { isStatic, recipeOf, type RecipeOptions } from './newRecipe';
import {
  DYNAMIC_MIN_ELEMENTS,
  dynamicConfig,
  rule,
  staticConfig,
  weightOnlyConfig,
  type Granularity,
} from './opConfigs';
import { quantizerName } from './operations';
import { literalOf } from './pattern';
import { isFourBit } from './requests';
import { defaultTarget, targetOf, type Target } from './targets';
import type { IntegerType } from './targets/target';
import type { OpConfig, Recipe, RecipeRule, SchemeId } from './types';

const float16Config: OpConfig = {
  weight_tensor_config: {
    num_bits: 16,
    symmetric: true,
    granularity: 'TENSORWISE',
    dtype: 'FLOAT',
  },
  compute_precision: 'FLOAT',
  explicit_dequantize: true,
  skip_checks: false,
  min_weight_elements: 0,
};

/** Per-channel everywhere, but for the ops where the target's stock form is per-tensor. */
function perChannelRules(
  target: Target,
  kind: IntegerType | 'dynamic',
  config: (granularity: Granularity) => OpConfig,
): RecipeRule[] {
  const takes = kind === 'dynamic' ? [...target.dynamic] : Object.keys(target.weights);
  const perTensor = (Object.keys(target.weights) as (keyof typeof target.weights)[]).filter(
    (op) => takes.includes(op) && target.perChannel[kind][op] !== 'stock',
  );
  return [
    rule(config('CHANNELWISE')),
    ...perTensor.map((op) =>
      rule(config('TENSORWISE'), 'min_max_uniform_quantize', quantizerName(op)),
    ),
  ];
}

/** Ops that LiteRT Quantizer's policy takes in static_wi4_ai8; other weights stay 8-bit in its stock form. */
const FOUR_BIT_OPS = ['CONV_2D', 'FULLY_CONNECTED'] as const;

/** As int8 (or int16), with 4-bit weights at least squared error where LiteRT Quantizer makes them. */
function fourBitRules(target: Target, type: IntegerType): RecipeRule[] {
  const granularity = (op: (typeof FOUR_BIT_OPS)[number]): Granularity =>
    target.perChannel[type][op] === 'stock' ? 'CHANNELWISE' : 'TENSORWISE';
  return [
    ...staticRules(target, type),
    ...FOUR_BIT_OPS.map((op) => rule(staticConfig(granularity(op), 4, type), 'MSE', op)),
  ];
}

const staticRules = (target: Target, type: IntegerType): RecipeRule[] =>
  perChannelRules(target, type, (granularity) => staticConfig(granularity, 8, type));

const weightOnlyRules = (): RecipeRule[] => [rule(weightOnlyConfig('CHANNELWISE'))];

const stock: Record<SchemeId, (target: Target) => readonly RecipeRule[]> = {
  float16: () => [rule(float16Config, 'float_casting')],
  dynamic: (target) =>
    perChannelRules(target, 'dynamic', (granularity) =>
      dynamicConfig(granularity, 8, DYNAMIC_MIN_ELEMENTS),
    ),
  int8: (target) => staticRules(target, 'int8'),
  'int8-per-tensor': () => [rule(staticConfig('TENSORWISE'))],
  int4: (target) => fourBitRules(target, 'int8'),
  int16x8: (target) => staticRules(target, 'int16'),
  int16x4: (target) => fourBitRules(target, 'int16'),
  'weight-only': weightOnlyRules,
  'weight-only-int4': () => [
    ...weightOnlyRules(),
    ...FOUR_BIT_OPS.map((op) => rule(weightOnlyConfig('CHANNELWISE', 4), 'MSE', op)),
  ],
};

/** A stock recipe: its rules ask for what the target's runtime computes best. */
export function stockRecipe(scheme: SchemeId, options: RecipeOptions = {}): Recipe {
  const rules = stock[scheme](targetOf(options.target ?? defaultTarget));
  return recipeOf(scheme, scheme, rules, options);
}

/** What a layer can be set to, whatever the recipe says of the others. */
export const overrideChoices = [
  { id: 'int8', label: 'int8' },
  { id: 'int16', label: 'int16' },
  { id: 'int4', label: 'int4 weights' },
  { id: 'int16-int4', label: 'int16, int4 weights' },
  { id: 'int8-channel', label: 'int8, a scale per channel' },
  { id: 'int8-tensor', label: 'int8, one scale' },
  { id: 'float', label: 'float' },
] as const;
export type Override = (typeof overrideChoices)[number]['id'];

/** The stock scheme whose rules an override takes where the recipe has none of its kind. */
const overrideSchemes = {
  int8: 'int8',
  int16: 'int16x8',
  int4: 'int4',
  'int16-int4': 'int16x4',
  'int8-channel': 'int8',
  'int8-tensor': 'int8-per-tensor',
} as const satisfies Record<Exclude<Override, 'float'>, SchemeId>;

/** The override that these rules of one node stand for. */
function overrideOf(rules: readonly RecipeRule[]): Override {
  if (rules.some(({ algorithm_key }) => algorithm_key === 'no_quantize')) return 'float';
  const four = rules.some(isFourBit);
  if (rules.some(isWide)) return four ? 'int16-int4' : 'int16';
  if (four) return 'int4';
  return rules.some(isStatic) && rules.every(isOneScale) ? 'int8-tensor' : 'int8';
}

const isOneScale = ({ op_config }: RecipeRule) =>
  op_config.weight_tensor_config?.granularity === 'TENSORWISE';

/** What rules that were added to a stock recipe say of the nodes that they name, in the order they name them. */
export function overridesOf(rules: readonly RecipeRule[]): Record<string, Override> {
  const byName = new Map<string, RecipeRule[]>();
  for (const one of rules) {
    const name = literalOf(one.regex) ?? one.regex;
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return Object.fromEntries([...byName].map(([name, own]) => [name, overrideOf(own)]));
}

const isWide = (one: RecipeRule) =>
  isStatic(one) && one.op_config.activation_tensor_config?.num_bits === 16;

/** The recipe's own static rules, where they make just what the override asks. */
function ownRules(recipe: Recipe, choice: Exclude<Override, 'float'>): readonly RecipeRule[] {
  // What names its granularity takes the stock rules of it.
  if (choice === 'int8-channel' || choice === 'int8-tensor') return [];
  const general = recipe.rules.filter((one) => isStatic(one) && literalOf(one.regex) === undefined);
  const wide = general.filter((one) => isWide(one) === choice.startsWith('int16'));
  if (choice === 'int8' || choice === 'int16') return wide.filter((one) => !isFourBit(one));
  return wide.some(isFourBit) ? wide : [];
}

/**
 * The recipe with more rules for each named node: 'float' leaves it alone, the others quantize weights
 * and activations as their name says, by the recipe's own rules of that kind where it has some.
 */
export function withOverrides(
  recipe: Recipe,
  overrides: Readonly<Record<string, Override>>,
): Recipe {
  const float: OpConfig = { compute_precision: 'FLOAT', explicit_dequantize: false };
  const rules = Object.entries(overrides).flatMap(([name, choice]): RecipeRule[] => {
    const regex = `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
    if (choice === 'float') return [rule(float, 'no_quantize', '*', regex)];
    const own = ownRules(recipe, choice);
    const taken = own.length > 0 ? own : stock[overrideSchemes[choice]](targetOf(recipe.target));
    return taken.map((one) => ({ ...one, regex }));
  });
  return rules.length === 0 ? recipe : { ...recipe, rules: [...recipe.rules, ...rules] };
}

export { needsCalibration, recipeOf, type RecipeOptions } from './newRecipe';
export { readRecipeJson, writeRecipeJson } from './recipeJson';
