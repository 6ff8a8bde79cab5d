/** The layers of a plan whose weights can be rounded by what they do, and why others can't. */
import type { Graph, Node, Value } from '../../../model/graph';
import type { Activation } from '../../../model/ops';
import type { ActivationName } from '../../../quant/adaround';
import { keyOfConstant } from '../../../quant/rounded';
import { targetOf } from '../../../quant/targets';
import type { Plan, ValuePlan } from '../../../quant/types';

/** Positions of a linear node's operands. */
export interface Use {
  readonly node: Node;
  /** Position of its activation among the node's inputs. */
  readonly data: number;
  readonly bias?: Value;
  readonly after: After;
}
/** The function behind a layer, fused or the only reader of its output. */
export interface After {
  readonly activation: ActivationName;
  /** Value behind it. */
  readonly output: number;
  readonly alpha?: number;
}
/** Weights, and every node that uses them in this form, in the graph's order. */
export interface Site {
  readonly key: string;
  readonly weights: Value;
  readonly form: ValuePlan;
  readonly levels: number;
  readonly uses: readonly Use[];
}
export interface Left {
  readonly node: string;
  readonly why: string;
}

const linear: ReadonlySet<Node['op']> = new Set<Node['op']>([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'TRANSPOSE_CONV',
]);

export function sitesOf(graph: Graph, plan: Plan): { sites: Site[]; left: Left[] } {
  const target = targetOf(plan.target);
  const found = new Map<string, Site>();
  const left: Left[] = [];
  for (const node of graph.nodes) {
    const layout = target.weights[node.op];
    const scheme = plan.nodes[node.name]?.scheme ?? 'float32';
    if (!layout || scheme === 'float32' || scheme === 'float16') continue;
    const weights = graph.values[node.inputs[layout.weights] ?? -1];
    const key = weights?.data && keyOfConstant(plan, weights, node);
    const form = key === undefined ? undefined : plan.values[key];
    if (!weights || key === undefined || !form) continue;
    if (!linear.has(node.op)) {
      left.push({ node: node.name, why: `${node.op} isn't reconstructed` });
      continue;
    }
    const bias = graph.values[node.inputs[layout.bias] ?? -1];
    const use: Use = {
      node,
      data: layout.data,
      after: afterOf(graph, node),
      ...(bias?.data ? { bias } : {}),
    };
    const site = found.get(key);
    const levels = form.dtype === 'int4' ? 7 : 127;
    if (!site) found.set(key, { key, weights, form, levels, uses: [use] });
    else if (site.uses[0]!.node.op === node.op)
      found.set(key, { ...site, uses: [...site.uses, use] });
  }
  return { sites: [...found.values()], left };
}

const fused: Readonly<Record<Activation, ActivationName | undefined>> = {
  NONE: 'NONE',
  RELU: 'RELU',
  RELU6: 'RELU6',
  RELU_N1_TO_1: 'RELU_N1_TO_1',
  TANH: 'TANH',
  SIGN_BIT: undefined,
};

function afterOf(graph: Graph, node: Node): After {
  const own = 'activation' in node.attrs ? fused[node.attrs.activation] : 'NONE';
  const output = node.outputs[0]!;
  const none: After = { activation: own ?? 'NONE', output };
  if (own !== 'NONE' || graph.outputs.includes(output)) return none;
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(output));
  const [reader, other] = readers;
  if (readers.length === 2 && isSwish(graph, output, reader!, other!)) {
    const product = reader!.op === 'MUL' ? reader! : other!;
    return { activation: 'SWISH', output: product.outputs[0]! };
  }
  if (readers.length !== 1) return none;
  const behind = reader!.outputs[0]!;
  switch (reader!.op) {
    case 'RELU':
    case 'RELU6':
    case 'RELU_N1_TO_1':
    case 'HARD_SWISH':
    case 'LOGISTIC':
    case 'TANH':
    case 'ELU':
    case 'GELU':
      return { activation: reader!.op, output: behind };
    case 'LEAKY_RELU':
      return { activation: 'LEAKY_RELU', alpha: reader!.attrs.alpha, output: behind };
    default:
      return none;
  }
}

/** x · σ(x), the two readers of x. */
function isSwish(graph: Graph, x: number, a: Node, b: Node): boolean {
  const [gate, product] = a.op === 'LOGISTIC' ? [a, b] : [b, a];
  if (gate.op !== 'LOGISTIC' || product.op !== 'MUL') return false;
  const readers = graph.nodes.filter(({ inputs }) => inputs.includes(gate.outputs[0]!));
  return readers.length === 1 && readers[0] === product && product.inputs.includes(x);
}
