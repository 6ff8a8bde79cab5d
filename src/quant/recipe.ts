/** Stock recipes, overrides per layer, and which rule a node falls under. */
import { IntactError } from '../model/error';
import type { Node } from '../model/graph';
import type {
  Calibration,
  NodeScheme,
  OpConfig,
  Recipe,
  RecipeRule,
  SchemeId,
  TensorConfig,
} from './types';

const activations: TensorConfig = {
  num_bits: 8,
  symmetric: false,
  granularity: 'TENSORWISE',
  dtype: 'INT',
};
const weights = (granularity: TensorConfig['granularity']): TensorConfig => ({
  num_bits: 8,
  symmetric: true,
  granularity,
  dtype: 'INT',
});

const staticConfig = (granularity: TensorConfig['granularity']): OpConfig => ({
  activation_tensor_config: activations,
  weight_tensor_config: weights(granularity),
  compute_precision: 'INTEGER',
  explicit_dequantize: false,
  skip_checks: false,
  min_weight_elements: 0,
});

/** Smaller weights stay float with dynamic range, as in TFLite's converter (minimum_elements_for_weights). */
const DYNAMIC_MIN_ELEMENTS = 1024;

const dynamicConfig = (granularity: TensorConfig['granularity']): OpConfig => ({
  weight_tensor_config: weights(granularity),
  compute_precision: 'INTEGER',
  explicit_dequantize: false,
  skip_checks: false,
  min_weight_elements: DYNAMIC_MIN_ELEMENTS,
});

const rule = (
  op_config: OpConfig,
  algorithm_key: RecipeRule['algorithm_key'] = 'min_max_uniform_quantize',
  operation = '*',
  regex = '.*',
): RecipeRule => ({ regex, operation, algorithm_key, op_config });

const stock: Record<SchemeId, readonly RecipeRule[]> = {
  float16: [
    rule(
      {
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
      },
      'float_casting',
    ),
  ],
  // FULLY_CONNECTED and TRANSPOSE_CONV per-tensor: see targets/litert.ts.
  int8: [
    rule(staticConfig('CHANNELWISE')),
    rule(staticConfig('TENSORWISE'), 'min_max_uniform_quantize', 'FULLY_CONNECTED'),
    rule(staticConfig('TENSORWISE'), 'min_max_uniform_quantize', 'CONV_2D_TRANSPOSE'),
  ],
  dynamic: [
    rule(dynamicConfig('CHANNELWISE')),
    rule(dynamicConfig('TENSORWISE'), 'min_max_uniform_quantize', 'FULLY_CONNECTED'),
  ],
  'int8-per-tensor': [rule(staticConfig('TENSORWISE'))],
};

/** True when a rule quantizes activations ahead of time, so that calibration is needed. */
export function isStatic(config: OpConfig): boolean {
  return config.activation_tensor_config?.dtype === 'INT';
}

/**
 * A stock recipe. Defaults: min-max calibration, seed 0, int8 tensors at the border where the scheme
 * quantizes activations (float16 and dynamic always have float32 there).
 */
export function stockRecipe(
  scheme: SchemeId,
  options: { calibration?: Calibration; io?: 'int8' | 'float32'; seed?: number } = {},
): Recipe {
  const rules = stock[scheme];
  const integer = rules.some(({ op_config }) => isStatic(op_config));
  return {
    name: scheme,
    scheme,
    rules,
    calibration: options.calibration ?? { method: 'minmax' },
    io: integer ? (options.io ?? 'int8') : 'float32',
    seed: options.seed ?? 0,
  };
}

/**
 * The recipe with one more rule for each named node: 'float' leaves it alone, 'int8' quantizes weights
 * and activations, by the recipe's own static rules where it has some.
 */
export function withOverrides(
  recipe: Recipe,
  overrides: Readonly<Record<string, 'int8' | 'float'>>,
): Recipe {
  const entries = Object.entries(overrides);
  if (entries.length === 0) return recipe;
  const own = recipe.rules.filter(({ op_config }) => isStatic(op_config));
  const int8 = own.length > 0 ? own : stock.int8;
  const float: OpConfig = { compute_precision: 'FLOAT', explicit_dequantize: false };
  const rules = entries.flatMap(([name, choice]): RecipeRule[] => {
    const regex = `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
    return choice === 'float'
      ? [rule(float, 'no_quantize', '*', regex)]
      : int8.map((one) => ({ ...one, regex }));
  });
  return { ...recipe, rules: [...recipe.rules, ...rules] };
}

/** What the recipe asks of a node. */
export interface Request {
  readonly scheme: NodeScheme;
  readonly perChannel: boolean;
  readonly minWeightElements: number;
  /** "rule 2 (^conv_1$ × CONV_2D)" */
  readonly rule: string;
}

/** LiteRT Quantizer's names of ops that differ from TFLite's. */
const aliases: Readonly<Record<string, string>> = { CONV_2D_TRANSPOSE: 'TRANSPOSE_CONV' };

function schemeOf({ algorithm_key, op_config }: RecipeRule, where: string): NodeScheme {
  if (algorithm_key === 'no_quantize') return 'float32';
  if (algorithm_key === 'float_casting') return 'float16';
  const { activation_tensor_config: act, weight_tensor_config: weight } = op_config;
  if (!weight || weight.dtype !== 'INT' || weight.num_bits !== 8 || !weight.symmetric) {
    throw new IntactError(
      'unsupported',
      `${where} asks for weights that are not symmetric 8-bit integers, which Intact can't make yet. Set num_bits to 8, symmetric to true and dtype to INT.`,
    );
  }
  if (act) {
    if (act.dtype !== 'INT' || act.num_bits !== 8 || act.granularity !== 'TENSORWISE') {
      throw new IntactError(
        'unsupported',
        `${where} asks for activations that are not 8-bit integers per tensor, which Intact can't make yet. Set num_bits to 8, dtype to INT and granularity to TENSORWISE.`,
      );
    }
    return 'int8';
  }
  return op_config.compute_precision === 'INTEGER' && !op_config.explicit_dequantize
    ? 'dynamic'
    : 'weight-only';
}

/** Compiles a recipe: gives what it asks of a node. Later rules win; no rule means float. Throws `usage` on a bad regular expression, `unsupported` on what can't be made. */
export function requestsOf(recipe: Recipe): (node: Node) => Request {
  const compiled = recipe.rules.map((entry, index) => {
    const where = `Rule ${index + 1} of recipe "${recipe.name}"`;
    let pattern: RegExp;
    try {
      pattern = new RegExp(entry.regex);
    } catch {
      throw new IntactError(
        'usage',
        `${where} has a regular expression that can't be read: ${entry.regex}`,
      );
    }
    const { op_config } = entry;
    const request: Request = {
      scheme: schemeOf(entry, where),
      perChannel: op_config.weight_tensor_config?.granularity === 'CHANNELWISE',
      minWeightElements: op_config.min_weight_elements ?? 0,
      rule: `rule ${index + 1} (${entry.regex} × ${entry.operation})`,
    };
    return { pattern, operation: aliases[entry.operation] ?? entry.operation, request };
  });
  const none: Request = {
    scheme: 'float32',
    perChannel: false,
    minWeightElements: 0,
    rule: 'no rule',
  };
  return (node) =>
    compiled.findLast(
      ({ pattern, operation }) =>
        (operation === '*' || operation === node.op) && pattern.test(node.name),
    )?.request ?? none;
}

export { readRecipeJson, writeRecipeJson } from './recipeJson';
