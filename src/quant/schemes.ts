/** Which scheme each node gets: what the recipe asks, as far as the target and the node allow it. */
import { elementCount, type Graph, type Node, type Value } from '../model/graph';
import { IntactError } from '../model/error';
import { isFourBit, requestsOf, type Request, type WeightRange } from './requests';
import type { IntegerType, Target } from './targets/target';
import type { NodeScheme, Recipe } from './types';
import { why, type Why, type ByRule } from './why';

export interface NodeDecision {
  readonly scheme: NodeScheme;
  readonly perChannel: boolean;
  /** Of the weights. Default: 8. */
  readonly bits?: 4;
  /** Of the weights. Default: min-max. */
  readonly weightRange?: WeightRange;
  readonly why: Why;
}

const valueOf = (graph: Graph, index: number | undefined): Value | undefined =>
  index === undefined || index < 0 ? undefined : graph.values[index];

export const isFloatConstant = (value: Value | undefined): boolean =>
  value?.dtype === 'float32' && value.data !== undefined;
export const isFloatActivation = (value: Value | undefined): boolean =>
  value?.dtype === 'float32' && value.data === undefined;

/** The constant whose rows the node hands out, an embedding's table; undefined for other nodes. */
export function tableOf(graph: Graph, node: Node, target: Target): Value | undefined {
  const position = target.tables[node.op];
  const value = position === undefined ? undefined : valueOf(graph, node.inputs[position]);
  return isFloatConstant(value) ? value : undefined;
}

/** Throws `unsupported`: nodes that can't run (`data.list` names them all), or a graph that is quantized already. */
export function requireQuantizable(graph: Graph): void {
  const unsupported = graph.nodes.flatMap((node) =>
    node.op === 'UNSUPPORTED' ? [`${node.name} (${node.attrs.kind}: ${node.attrs.reason})`] : [],
  );
  if (unsupported.length > 0) {
    throw new IntactError(
      'unsupported',
      `"${graph.name}" can't be quantized, because Intact can't compute ${unsupported.join(', ')}. Remove ${unsupported.length === 1 ? 'this layer' : 'these layers'} from the model, or replace ${unsupported.length === 1 ? 'it' : 'them'}.`,
      { list: unsupported },
    );
  }
  const quantized = graph.values.find(
    (value) => value.quant !== undefined && value.dtype !== 'float32',
  );
  if (quantized) {
    throw new IntactError(
      'unsupported',
      `"${graph.name}" is already ${quantized.dtype}: there is nothing to quantize. Open the float model that it was made from.`,
      { value: quantized.name },
    );
  }
}

/** Why a node can't compute in this type on this target, or null. */
function refusalOf(graph: Graph, node: Node, target: Target, type: IntegerType): Why | null {
  const rule = target[type][node.op];
  const code = type === 'int8' ? 'no-int8-kernel' : 'no-int16-kernel';
  if (!rule) return why(code, { target: target.label, op: node.op });
  const inputs = node.inputs.map((input) => valueOf(graph, input));
  const outputs = node.outputs.map((output) => valueOf(graph, output)!);
  if (!inputs.some(isFloatActivation) && !tableOf(graph, node, target)) {
    return why('no-float-input', {});
  }
  if (outputs.some((output) => output.dtype !== 'float32')) {
    return why('output-not-float', { dtype: outputs[0]!.dtype });
  }
  const activation = 'activation' in node.attrs ? node.attrs.activation : 'NONE';
  if (activation === 'TANH' || activation === 'SIGN_BIT') {
    return why('activation-not-int8', { activation, ...wide(type) });
  }
  if (node.op === 'CONCATENATION' && activation !== 'NONE') {
    return why('activation-not-int8-of', { op: node.op, activation, ...wide(type) });
  }
  const layout = target.weights[node.op];
  if (!layout) return null;
  if (!isFloatConstant(inputs[layout.weights])) return why('weights-not-constant', {});
  if (inputs[layout.bias] && !isFloatConstant(inputs[layout.bias])) {
    return why('bias-not-constant', {});
  }
  return null;
}

function weightElements(graph: Graph, node: Node, target: Target): number {
  const layout = target.weights[node.op];
  const weights = layout && valueOf(graph, node.inputs[layout.weights]);
  return weights && isFloatConstant(weights) ? elementCount(weights.shape) : 0;
}

const float = (reason: Why): NodeDecision => ({
  scheme: 'float32',
  perChannel: false,
  why: reason,
});

const grain = (perChannel: boolean) => (perChannel ? 'per-channel' : 'per-tensor');
const wide = (type: IntegerType) => (type === 'int16' ? { activations: type } : {});

function decideInteger(
  graph: Graph,
  node: Node,
  target: Target,
  request: Asked,
  type: IntegerType,
): NodeDecision {
  const { by, minWeightElements: least } = request;
  const refusal = refusalOf(graph, node, target, type);
  if (refusal) return float(refusal);
  if (!target.weights[node.op]) {
    return { scheme: type, perChannel: request.perChannel, why: why(type, by) };
  }
  const elements = weightElements(graph, node, target);
  if (elements < least) return float(why('too-few-weights', { ...by, elements, least }));
  const decision = withWeights(type, node, target, request);
  const { op } = node;
  const granularity = grain(decision.perChannel);
  if (request.bits === 4 && target.int4[type].has(op)) {
    const reason = why('int4-weights', { ...by, granularity, ...wide(type) });
    return { ...decision, bits: 4, why: reason };
  }
  if (!request.recipeHasFourBits || target.int4[type].has(op)) return decision;
  const reason = why('no-int4-kernel', {
    ...{ ...by, granularity, target: target.label, op },
    ...wide(type),
  });
  return { ...decision, why: reason };
}

function decideWeights(
  graph: Graph,
  node: Node,
  target: Target,
  request: Asked,
  scheme: 'dynamic' | 'weight-only',
): NodeDecision {
  const { by, perChannel, weightRange, minWeightElements: least } = request;
  const table = tableOf(graph, node, target);
  const elements = table ? elementCount(table.shape) : weightElements(graph, node, target);
  if (elements === 0) return float(why('no-weights', {}));
  if (elements < least) return float(why('too-few-weights', { ...by, elements, least }));
  if (table) return { scheme: 'int8', perChannel, why: why('int8-table', by) };
  const { op } = node;
  const granularity = grain(perChannel);
  const isFour = request.bits === 4 && target.int4['weight-only'].has(op);
  const bits = isFour ? { bits: 4 as const } : {};
  const stored: NodeDecision = {
    ...{ scheme: 'weight-only', perChannel, weightRange, ...bits },
    why: why('weight-only', { ...by, granularity, ...bits }),
  };
  if (scheme === 'weight-only') return stored;
  const hasKernel = target.dynamic.has(op) && (!isFour || target.int4.dynamic.has(op));
  if (hasKernel) {
    const decision = withWeights('dynamic', node, target, request);
    if (!isFour) return decision;
    return { ...decision, ...bits, why: why('dynamic', { ...by, granularity, ...bits }) };
  }
  const reason = why('no-dynamic-kernel', { granularity, target: target.label, op, ...bits });
  return { ...stored, why: reason };
}

/** Per-channel where the rule asks for it and the target takes it. */
function withWeights(
  scheme: IntegerType | 'dynamic',
  { op }: Node,
  target: Target,
  { by, perChannel, weightRange }: Asked,
): NodeDecision {
  if (perChannel && !target.perChannel[scheme][op]) {
    const reason = why('per-tensor-only', { ...by, scheme, target: target.label, op });
    return { scheme, perChannel: false, weightRange, why: reason };
  }
  const granularity = grain(perChannel);
  const reason =
    scheme === 'dynamic'
      ? why('dynamic', { ...by, granularity })
      : why('int8-weights', { ...by, granularity, ...wide(scheme) });
  return { scheme, perChannel, weightRange, why: reason };
}

/** A request that a rule made. */
type Asked = Request & { readonly by: ByRule; readonly recipeHasFourBits: boolean };

function decide(
  graph: Graph,
  node: Node,
  target: Target,
  asked: Request,
  recipeHasFourBits: boolean,
): NodeDecision {
  const { by, scheme } = asked;
  if (!by) return float(why('no-rule', {}));
  const request = { ...asked, by, recipeHasFourBits };
  switch (scheme) {
    case 'float32':
      return float(why('float-by-rule', by));
    case 'float16':
      return node.inputs.some((input) => isFloatConstant(valueOf(graph, input)))
        ? { scheme, perChannel: asked.perChannel, why: why('float16-constants', by) }
        : float(why('no-float-constants', {}));
    case 'int8':
    case 'int16':
      return decideInteger(graph, node, target, request, scheme);
    case 'dynamic':
    case 'weight-only':
      return decideWeights(graph, node, target, request, scheme);
    default:
      return scheme satisfies never;
  }
}

/** By node index. */
export function decideSchemes(graph: Graph, recipe: Recipe, target: Target): NodeDecision[] {
  const request = requestsOf(recipe);
  const fourBits = recipe.rules.some(isFourBit);
  return graph.nodes.map((node) => decide(graph, node, target, request(node), fourBits));
}
