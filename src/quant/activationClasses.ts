/**
 * Which activations share one scale. Values that an op forces to one scale form a class with one range.
 * As TFLite's converter does it (RemoveRedundantStatsOps): ops with one input hand their parameters
 * on; ops with several (CONCATENATION, MAXIMUM, …) impose those of their result on their inputs,
 * last op first. An input that is fixed by its producer or taken already, or that others read beyond
 * the imposed range, keeps its own, and convert rescales it on the way in.
 */
import type { Graph, Node, Value } from '../model/graph';
import { linksOf } from '../model/links';
import { limits, type ScalarParams } from './affine';
import { padsBelowRange } from './padding';
import { rangeOf } from './ranges';
import { isFloatConstant, tableOf, type NodeDecision } from './schemes';
import type { IntegerRule, IntegerType, Target } from './targets/target';
import { why, type Why } from './why';

export interface Class {
  /** The value whose range counts. */
  readonly source: number;
  readonly members: number[];
  fixed?: { readonly params: ScalarParams; readonly by: Node; readonly why: Why };
  /** Its range comes from the result of an op with several inputs. */
  imposed?: Node;
}

/** Scale and zero point that a class would get. */
type ParamsOf = (entry: Class) => ScalarParams;

/** An op with several inputs on one scale; `data`: those inputs. */
interface Tie {
  readonly node: Node;
  readonly data: readonly number[];
}

/** An input that others read leaves its tie where the imposed range misses more than this part of its own: min(x, 0) misses half of x. */
const MOST_CUT = 0.1;

/** Of the nodes that compute in `type`, by value index, of the values in `quantized`. */
export function classesOf(
  graph: Graph,
  decisions: readonly NodeDecision[],
  target: Target,
  type: IntegerType,
  quantized: ReadonlySet<number>,
  paramsOf: ParamsOf,
): Map<number, Class> {
  const classes = new Map<number, Class>();
  for (const index of quantized) classes.set(index, { source: index, members: [index] });
  const ties: Tie[] = [];
  graph.nodes.forEach((node, index) => {
    const rule = target[type][node.op];
    if (decisions[index]!.scheme !== type || !rule) return;
    const table = tableOf(graph, node, target);
    if (rule.output === 'fixed' || table) {
      classes.get(node.outputs[0]!)!.fixed = fixedBy(node, rule, table, type);
    }
    if (rule.output !== 'same' || table) return;
    const data = node.inputs.filter((input) => quantized.has(input));
    const alone =
      data.length === 1 &&
      (padsBelowRange(graph, node) ||
        !node.inputs.some((input) => isFloatConstant(graph.values[input])));
    if (alone) for (const output of node.outputs) unite(classes, output, data[0]!);
    else ties.push({ node, data });
  });
  for (const tie of ties.reverse()) impose(graph, classes, tie, type, paramsOf);
  return classes;
}

function unite(classes: Map<number, Class>, from: number, into: number): void {
  const [old, kept] = [classes.get(from)!, classes.get(into)!];
  if (old === kept) return;
  for (const member of old.members) {
    classes.set(member, kept);
    kept.members.push(member);
  }
}

/** Puts the inputs of an op on the scale of its result, where they can take it. */
function impose(
  graph: Graph,
  classes: Map<number, Class>,
  { node, data }: Tie,
  type: IntegerType,
  paramsOf: ParamsOf,
): void {
  const [output, ...rest] = node.outputs as [number, ...number[]];
  for (const other of rest) unite(classes, other, output);
  const own = classes.get(output)!;
  for (const input of data) {
    const theirs = classes.get(input)!;
    if (theirs === own || theirs.fixed || theirs.imposed) continue;
    if (isShared(graph, theirs, node) && isCut(paramsOf(theirs), paramsOf(own), type)) continue;
    own.imposed ??= node;
    unite(classes, input, output);
  }
}

/** True when something besides `node` reads a value of the class. */
function isShared(graph: Graph, { members }: Class, node: Node): boolean {
  const within = new Set(members);
  return (
    graph.outputs.some((output) => within.has(output)) ||
    members.some((member) =>
      linksOf(graph)
        .readers(member)
        .some((index) => {
          const reader = graph.nodes[index]!;
          return reader !== node && !reader.outputs.every((output) => within.has(output));
        }),
    )
  );
}

/** True when the range of `other` misses much of the range of `own`: min(x, 0) for x. */
function isCut(own: ScalarParams, other: ScalarParams, type: IntegerType): boolean {
  const range = ({ scale, zeroPoint }: ScalarParams) => ({
    low: scale * (limits[type].min - zeroPoint),
    high: scale * (limits[type].max - zeroPoint),
  });
  const [mine, theirs] = [range(own), range(other)];
  const missed = Math.max(0, theirs.low - mine.low) + Math.max(0, mine.high - theirs.high);
  return missed > MOST_CUT * (mine.high - mine.low);
}

function fixedBy(
  node: Node,
  rule: IntegerRule,
  table: Value | undefined,
  type: IntegerType,
): Class['fixed'] {
  const { op, name } = node;
  if (rule.output === 'fixed') {
    const { scale, zeroPoint } = rule;
    return { params: rule, by: node, why: why('fixed-by-op', { op, scale, zeroPoint }) };
  }
  const params = rangeOf(table!, `The table of layer "${name}"`, type);
  return { params, by: node, why: why('range-of-table', { op, node: name }) };
}
