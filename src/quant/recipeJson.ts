/**
 * LiteRT Quantizer's recipe files (github.com/google-ai-edge/ai-edge-quantizer, recipes/*.json): a
 * list of rules. Whatever is not understood is refused, because a setting that is silently dropped
 * would make another model than the one asked for.
 */
import { IntactError } from '../model/error';
import { recipeOf, type RecipeOptions } from './newRecipe';
import type { OpConfig, Recipe, RecipeRule, TensorConfig } from './types';

type Json = Readonly<Record<string, unknown>>;

const refuse = (message: string): never => {
  throw new IntactError('unsupported', message);
};

function fields(value: unknown, known: readonly string[], where: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`${where} of the recipe is not an object.`);
  }
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    refuse(
      `${where} of the recipe has ${unknown.map((key) => `"${key}"`).join(', ')}, which Intact doesn't know. Remove it, or use LiteRT Quantizer itself for this recipe.`,
    );
  }
  return value as Json;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], where: string): T {
  const found = allowed.find((entry) => entry === value);
  return (
    found ??
    refuse(
      `${where} of the recipe is ${JSON.stringify(value)}; Intact knows ${allowed.join(', ')}.`,
    )
  );
}

function boolean(value: unknown, fallback: boolean, where: string): boolean {
  if (value === undefined) return fallback;
  return typeof value === 'boolean'
    ? value
    : refuse(`${where} of the recipe is not true or false.`);
}

function count(value: unknown, fallback: number, where: string): number {
  if (value === undefined) return fallback;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? value
    : refuse(`${where} of the recipe is not a whole number.`);
}

function tensorConfig(value: unknown, where: string): TensorConfig {
  const known = ['num_bits', 'symmetric', 'granularity', 'dtype', 'block_size'];
  const json = fields(value, known, where);
  if (count(json['block_size'], 0, `${where}, block_size`) !== 0) {
    refuse(
      `${where} of the recipe asks for blockwise quantization, which Intact can't do. Use CHANNELWISE.`,
    );
  }
  return {
    num_bits: count(json['num_bits'], 8, `${where}, num_bits`),
    symmetric: boolean(json['symmetric'], true, `${where}, symmetric`),
    granularity: oneOf(
      json['granularity'] ?? 'TENSORWISE',
      ['TENSORWISE', 'CHANNELWISE'],
      `${where}, granularity`,
    ),
    dtype: oneOf(json['dtype'] ?? 'INT', ['INT', 'FLOAT'], `${where}, dtype`),
  };
}

function opConfig(value: unknown, where: string): OpConfig {
  const json = fields(
    value,
    [
      'activation_tensor_config',
      'weight_tensor_config',
      'compute_precision',
      'explicit_dequantize',
      'skip_checks',
      'min_weight_elements',
    ],
    where,
  );
  const { activation_tensor_config: act, weight_tensor_config: weight } = json;
  return {
    ...(act === undefined || act === null
      ? {}
      : { activation_tensor_config: tensorConfig(act, `${where}, activation_tensor_config`) }),
    ...(weight === undefined || weight === null
      ? {}
      : { weight_tensor_config: tensorConfig(weight, `${where}, weight_tensor_config`) }),
    compute_precision: oneOf(
      json['compute_precision'] ?? 'FLOAT',
      ['INTEGER', 'FLOAT'],
      `${where}, compute_precision`,
    ),
    explicit_dequantize: boolean(
      json['explicit_dequantize'],
      false,
      `${where}, explicit_dequantize`,
    ),
    skip_checks: boolean(json['skip_checks'], false, `${where}, skip_checks`),
    min_weight_elements: count(json['min_weight_elements'], 0, `${where}, min_weight_elements`),
  };
}

const text = (value: unknown, where: string): string =>
  typeof value === 'string' ? value : refuse(`${where} of the recipe is not a text.`);

function readRule(value: unknown, index: number): RecipeRule {
  const where = `Rule ${index + 1}`;
  const known = ['regex', 'operation', 'algorithm_key', 'op_config', 'made_with'];
  const json = fields(value, known, where);
  const algorithm_key = oneOf(
    json['algorithm_key'] ?? 'min_max_uniform_quantize',
    ['min_max_uniform_quantize', 'MSE', 'OCTAV', 'float_casting', 'no_quantize'],
    `${where}, algorithm_key`,
  );
  return {
    regex: text(json['regex'], `${where}, regex`),
    operation: text(json['operation'] ?? '*', `${where}, operation`),
    algorithm_key,
    op_config: opConfig(json['op_config'] ?? {}, `${where}, op_config`),
  };
}

/**
 * Reads a recipe file. It holds rules only; the rest is in `options`, with recipeOf's defaults.
 * Throws `malformed` when it is no JSON list, `unsupported` naming the rule and field.
 */
export function readRecipeJson(json: string, name = 'recipe', options: RecipeOptions = {}): Recipe {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    parsed = undefined;
  }
  if (!Array.isArray(parsed)) {
    throw new IntactError(
      'malformed',
      'The recipe is not a JSON list of rules, which is what LiteRT Quantizer writes.',
    );
  }
  return recipeOf(name, 'custom', parsed.map(readRule), options);
}

/**
 * LiteRT Quantizer's file of the recipe's rules. no_quantize rules go without op_config, as there.
 * @param madeWith what its figures stand on: written into the first rule, where LiteRT Quantizer and
 *   Intact pass over it (recipe_manager.load_quantization_recipe takes four fields of a rule)
 */
export function writeRecipeJson(recipe: Recipe, madeWith?: Json): string {
  const rules = recipe.rules.map(({ regex, operation, algorithm_key, op_config }, at) => ({
    regex,
    operation,
    algorithm_key,
    ...(algorithm_key === 'no_quantize' ? {} : { op_config }),
    ...(at === 0 && madeWith ? { made_with: madeWith } : {}),
  }));
  return `${JSON.stringify(rules, null, 2)}\n`;
}
