/** What a recipe asks of a node: the last rule whose operation and pattern fit. */
import { IntactError } from '../model/error';
import type { Node } from '../model/graph';
import { tfliteName } from './operations';
import { patternOf } from './pattern';
import type { NodeScheme, Recipe, RecipeRule } from './types';
import type { ByRule } from './why';

export interface Request {
  readonly scheme: NodeScheme;
  readonly perChannel: boolean;
  readonly minWeightElements: number;
  /** undefined: no rule fits, and the node stays float. */
  readonly by: ByRule | undefined;
}

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

function matcherOf(regex: string, where: string): (name: string) => boolean {
  try {
    return patternOf(regex);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new IntactError(
      'usage',
      `${where} has a regular expression that Intact can't take: ${regex} (${reason}). Look-around and back-references are not supported, because they can take forever; write it without them.`,
    );
  }
}

const none: Request = {
  scheme: 'float32',
  perChannel: false,
  minWeightElements: 0,
  by: undefined,
};

/** Compiles a recipe: gives what it asks of a node. Later rules win; no rule means float. Throws `usage` on a bad regular expression, `unsupported` on what can't be made. */
export function requestsOf(recipe: Recipe): (node: Node) => Request {
  const compiled = recipe.rules.map((entry, index) => {
    const { regex, operation, op_config } = entry;
    const where = `Rule ${index + 1} of recipe "${recipe.name}"`;
    const request: Request = {
      scheme: schemeOf(entry, where),
      perChannel: op_config.weight_tensor_config?.granularity === 'CHANNELWISE',
      minWeightElements: op_config.min_weight_elements ?? 0,
      by: { rule: index + 1, regex, operation },
    };
    return { matches: matcherOf(regex, where), op: tfliteName(operation), request };
  });
  return (node) =>
    compiled.findLast(({ matches, op }) => (op === '*' || op === node.op) && matches(node.name))
      ?.request ?? none;
}
