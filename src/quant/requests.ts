/** What a recipe asks of a node: the last rule whose operation and pattern fit. */
import { IntactError } from '../model/error';
import type { Node } from '../model/graph';
import type { OpName } from '../model/ops';
import { tfliteName } from './operations';
import { literalOf, patternOf } from './pattern';
import type { NodeScheme, Recipe, RecipeRule } from './types';
import type { ByRule } from './why';

/** How scales of weights are chosen: from their largest magnitude, or at least squared error. */
export type WeightRange = 'min-max' | 'mse' | 'octav';

export interface Request {
  readonly scheme: NodeScheme;
  readonly perChannel: boolean;
  /** Of the weights. */
  readonly bits: 4 | 8;
  readonly weightRange: WeightRange;
  readonly minWeightElements: number;
  /** undefined: no rule fits, and the node stays float. */
  readonly by: ByRule | undefined;
}

function schemeOf({ algorithm_key, op_config }: RecipeRule, where: string): NodeScheme {
  if (algorithm_key === 'no_quantize') return 'float32';
  if (algorithm_key === 'float_casting') return 'float16';
  const { activation_tensor_config: act, weight_tensor_config: weight } = op_config;
  const bits = weight?.num_bits;
  if (weight?.dtype !== 'INT' || (bits !== 8 && bits !== 4) || !weight.symmetric) {
    throw new IntactError(
      'unsupported',
      `${where} asks for weights that are not symmetric 8-bit or 4-bit integers, which Intact can't make. Set num_bits to 8 or 4, symmetric to true and dtype to INT.`,
    );
  }
  if (act) {
    const taken = act.num_bits === 8 || (act.num_bits === 16 && act.symmetric);
    if (act.dtype !== 'INT' || !taken || act.granularity !== 'TENSORWISE') {
      throw new IntactError(
        'unsupported',
        `${where} asks for activations that are neither 8-bit integers nor symmetric 16-bit integers per tensor, which no kernel takes. Set num_bits to 8 (or to 16, and symmetric to true), dtype to INT and granularity to TENSORWISE.`,
      );
    }
    return act.num_bits === 16 ? 'int16' : 'int8';
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
      'unsupported',
      `${where} has a regular expression that Intact can't take: ${regex} (${reason}). Look-around and back-references are not supported, because they can take forever; write it without them.`,
    );
  }
}

const weightRanges: Readonly<Partial<Record<RecipeRule['algorithm_key'], WeightRange>>> = {
  MSE: 'mse',
  OCTAV: 'octav',
};

/** True where a rule asks for 4-bit weights. */
export const isFourBit = ({ algorithm_key, op_config }: RecipeRule): boolean =>
  algorithm_key !== 'no_quantize' &&
  algorithm_key !== 'float_casting' &&
  op_config.weight_tensor_config?.num_bits === 4;

/**
 * Ops that "*" stands for with 4-bit weights between float activations: those that LiteRT Quantizer's
 * policy lists (default_policy.py, dynamic_wi4_afp32 and weightonly_wi4_afp32, 0.10). Others are left to
 * the rules before.
 */
const fourBitFloat: ReadonlySet<OpName> = new Set<OpName>([
  'CONV_2D',
  'FULLY_CONNECTED',
  'EMBEDDING_LOOKUP',
]);

const isSupported = ({ scheme, bits }: Request, op: OpName): boolean =>
  bits === 8 || (scheme !== 'dynamic' && scheme !== 'weight-only') || fourBitFloat.has(op);

const none: Request = {
  scheme: 'float32',
  perChannel: false,
  bits: 8,
  weightRange: 'min-max',
  minWeightElements: 0,
  by: undefined,
};

/** Compiles a recipe: gives what it asks of a node. Later rules win; no rule means float. Throws `unsupported` on a pattern that RE2 doesn't take and on what can't be made. */
export function requestsOf(recipe: Recipe): (node: Node) => Request {
  const known = requests.get(recipe) ?? compiledOf(recipe);
  requests.set(recipe, known);
  return known;
}

/** Asked of the same recipe for each layer alone. */
const requests = new WeakMap<Recipe, (node: Node) => Request>();

function compiledOf(recipe: Recipe): (node: Node) => Request {
  const compiled = recipe.rules.map((entry, index) => {
    const { regex, operation, op_config } = entry;
    const where = `Rule ${index + 1} of recipe "${recipe.name}"`;
    const request: Request = {
      scheme: schemeOf(entry, where),
      perChannel: op_config.weight_tensor_config?.granularity === 'CHANNELWISE',
      bits: isFourBit(entry) ? 4 : 8,
      weightRange: weightRanges[entry.algorithm_key] ?? 'min-max',
      minWeightElements: op_config.min_weight_elements ?? 0,
      by: { rule: index + 1, regex, operation },
    };
    return { index, matches: matcherOf(regex, where), op: tfliteName(operation), request };
  });
  const takes = ({ op, request }: (typeof compiled)[number], node: Node) =>
    op === node.op || (op === '*' && isSupported(request, node.op));
  // Rules of single nodes by their name: there may be as many as nodes.
  const named = new Map<string, typeof compiled>();
  const general: typeof compiled = [];
  for (const entry of compiled) {
    const name = literalOf(recipe.rules[entry.index]!.regex);
    const list = name === undefined ? general : (named.get(name) ?? []);
    list.push(entry);
    if (name !== undefined) named.set(name, list);
  }
  return (node) => {
    const own = named.get(node.name)?.findLast((entry) => takes(entry, node));
    const other = general.findLast((entry) => takes(entry, node) && entry.matches(node.name));
    const last = own && (!other || own.index > other.index) ? own : other;
    return last?.request ?? none;
  };
}
