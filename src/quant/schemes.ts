/** Which scheme each node gets: what the recipe asks, as far as the target and the node allow it. */
import { elementCount, type Graph, type Node, type Value } from '../model/graph';
import { IntactError } from '../model/error';
import { requestsOf, type Request } from './recipe';
import type { Target } from './targets';
import type { NodeScheme, Recipe } from './types';

export interface NodeDecision {
  readonly scheme: NodeScheme;
  readonly perChannel: boolean;
  readonly why: string;
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

/** Why a node can't be int8 on this target, or null. */
function int8Refusal(graph: Graph, node: Node, target: Target): string | null {
  const rule = target.int8[node.op];
  if (!rule) return `${target.label} has no int8 kernel for ${node.op} that Intact reproduces`;
  const inputs = node.inputs.map((input) => valueOf(graph, input));
  const outputs = node.outputs.map((output) => valueOf(graph, output)!);
  if (!inputs.some(isFloatActivation) && !tableOf(graph, node, target)) {
    return 'it computes on integers or constants only, so there is nothing to quantize';
  }
  if (outputs.some((output) => output.dtype !== 'float32')) {
    return `its output is ${outputs[0]!.dtype}, so there is nothing to quantize`;
  }
  const activation = 'activation' in node.attrs ? node.attrs.activation : 'NONE';
  if (activation === 'TANH' || activation === 'SIGN_BIT') {
    return `int8 kernels can't end in ${activation}`;
  }
  if (node.op === 'CONCATENATION' && activation !== 'NONE') {
    return `int8 CONCATENATION can't end in ${activation}`;
  }
  const layout = target.weights[node.op];
  if (!layout) return null;
  if (!isFloatConstant(inputs[layout.weights])) return 'its weights are not constant';
  if (inputs[layout.bias] && !isFloatConstant(inputs[layout.bias])) {
    return 'its bias is not constant';
  }
  return null;
}

function weightElements(graph: Graph, node: Node, target: Target): number {
  const layout = target.weights[node.op];
  const weights = layout && valueOf(graph, node.inputs[layout.weights]);
  return weights && isFloatConstant(weights) ? elementCount(weights.shape) : 0;
}

function decide(graph: Graph, node: Node, target: Target, request: Request): NodeDecision {
  const { rule, perChannel } = request;
  const float = (why: string): NodeDecision => ({ scheme: 'float32', perChannel: false, why });
  const as = (scheme: NodeScheme, why: string): NodeDecision => ({ scheme, perChannel, why });
  const grain = perChannel ? 'per-channel' : 'per-tensor';
  switch (request.scheme) {
    case 'float32':
      return float(`float by ${rule}`);
    case 'float16':
      return node.inputs.some((input) => isFloatConstant(valueOf(graph, input)))
        ? as('float16', `float16 constants by ${rule}`)
        : float('it has no float constants to store in float16');
    case 'int8': {
      const refusal = int8Refusal(graph, node, target);
      if (refusal) return float(`stays float: ${refusal}`);
      const elements = weightElements(graph, node, target);
      if (target.weights[node.op] && elements < request.minWeightElements) {
        return float(
          `stays float: ${elements} weights are fewer than the ${request.minWeightElements} of ${rule}`,
        );
      }
      return as(
        'int8',
        target.weights[node.op] ? `int8, ${grain} weights, by ${rule}` : `int8 by ${rule}`,
      );
    }
    case 'dynamic':
    case 'weight-only': {
      const table = tableOf(graph, node, target);
      const elements = table ? elementCount(table.shape) : weightElements(graph, node, target);
      if (elements === 0) return float('stays float: it has no constant weights');
      if (elements < request.minWeightElements) {
        return float(
          `stays float: ${elements} weights are fewer than the ${request.minWeightElements} of ${rule}`,
        );
      }
      if (table) return as('int8', `int8 table, whose rows become float after, by ${rule}`);
      if (request.scheme === 'weight-only')
        return as('weight-only', `int8 ${grain} weights, float arithmetic, by ${rule}`);
      return target.dynamic.has(node.op)
        ? as('dynamic', `dynamic range, ${grain} weights, by ${rule}`)
        : as(
            'weight-only',
            `int8 ${grain} weights, float arithmetic: ${target.label} has no dynamic-range kernel for ${node.op}`,
          );
    }
    default:
      return request.scheme satisfies never;
  }
}

/** By node index. */
export function decideSchemes(graph: Graph, recipe: Recipe, target: Target): NodeDecision[] {
  const request = requestsOf(recipe);
  return graph.nodes.map((node) => decide(graph, node, target, request(node)));
}
