/**
 * Parameters of the activations. Values that an op forces to one scale form a class with one range.
 * As TFLite's converter does it (RemoveRedundantStatsOps): ops with one input hand their parameters
 * on; ops with several (CONCATENATION, MAXIMUM, …) impose those of their result on their inputs,
 * last op first. An input that is fixed by its producer or taken already, or that others read beyond
 * the imposed range, keeps its own, and convert rescales it on the way in.
 */
import { IntactError } from '../model/error';
import type { Graph, Node, Value } from '../model/graph';
import { activationParams, requireFinite, type ScalarParams } from './affine';
import { describeCalibration } from './observers';
import { isFloatActivation, isFloatConstant, tableOf, type NodeDecision } from './schemes';
import { padsBelowRange } from './padding';
import type { Target } from './targets';
import type { Int8Rule } from './targets/target';
import type { Stats, ValuePlan } from './types';

interface Class {
  /** The value whose range counts. */
  readonly source: number;
  readonly members: number[];
  fixed?: { readonly params: ScalarParams; readonly by: Node; readonly why: string };
  /** Its range comes from the result of an op with several inputs. */
  imposed?: Node;
}

export interface ActivationPlan {
  readonly params: ScalarParams;
  readonly plan: ValuePlan;
}

const fixedNames: ReadonlyMap<number, string> = new Map([
  [1 / 256, '1/256'],
  [1 / 128, '1/128'],
]);

/** True for an input that holds indices, in whatever type: on a grid it would name other rows. */
function isIndex(graph: Graph, input: number): boolean {
  const readers = graph.nodes.filter((node) => node.inputs.includes(input));
  return readers.length > 0 && readers.every(({ op }) => op === 'CAST');
}

/**
 * Values that have an int8 form: what int8 nodes read and make, and, where ranges are known, the
 * border of the model.
 */
function quantizedValues(
  graph: Graph,
  decisions: readonly NodeDecision[],
  stats: Stats | undefined,
): Set<number> {
  const found = new Set<number>();
  const add = (index: number) => {
    if (index >= 0 && isFloatActivation(graph.values[index])) found.add(index);
  };
  graph.nodes.forEach((node, index) => {
    if (decisions[index]!.scheme !== 'int8') return;
    node.inputs.forEach(add);
    node.outputs.forEach(add);
  });
  if (found.size > 0 && stats) {
    graph.inputs.filter((input) => !isIndex(graph, input)).forEach(add);
    graph.outputs.forEach(add);
  }
  return found;
}

/** By value index. Throws `usage` when int8 is planned without stats. */
export function planActivations(
  graph: Graph,
  decisions: readonly NodeDecision[],
  target: Target,
  stats: Stats | undefined,
): Map<number, ActivationPlan> {
  const quantized = quantizedValues(graph, decisions, stats);
  const classes = new Map<number, Class>();
  for (const index of quantized) classes.set(index, { source: index, members: [index] });
  const unite = (from: number, into: number) => {
    const [old, kept] = [classes.get(from)!, classes.get(into)!];
    if (old === kept) return;
    for (const member of old.members) {
      classes.set(member, kept);
      kept.members.push(member);
    }
  };
  const tied: { node: Node; data: number[] }[] = [];
  graph.nodes.forEach((node, index) => {
    const rule = target.int8[node.op];
    if (decisions[index]!.scheme !== 'int8' || !rule) return;
    const table = tableOf(graph, node, target);
    if (rule.output === 'fixed' || table) {
      classes.get(node.outputs[0]!)!.fixed = fixedBy(node, rule, table);
    }
    if (rule.output !== 'same' || table) return;
    const data = node.inputs.filter((input) => quantized.has(input));
    const alone =
      data.length === 1 &&
      (padsBelowRange(graph, node) ||
        !node.inputs.some((input) => isFloatConstant(graph.values[input])));
    if (alone) for (const output of node.outputs) unite(output, data[0]!);
    else tied.push({ node, data });
  });
  for (const { node, data } of tied.reverse()) {
    const [output, ...rest] = node.outputs as [number, ...number[]];
    for (const other of rest) unite(other, output);
    const own = classes.get(output)!;
    for (const input of data) {
      const theirs = classes.get(input)!;
      if (theirs === own || theirs.fixed || theirs.imposed) continue;
      if (isShared(graph, theirs, node) && isCut(graph, theirs, own, stats)) continue;
      own.imposed ??= node;
      unite(input, output);
    }
  }
  const made = new Map<Class, ActivationPlan>();
  const result = new Map<number, ActivationPlan>();
  for (const [index, entry] of classes) {
    let chosen = made.get(entry);
    if (!chosen) made.set(entry, (chosen = paramsOf(graph, entry, stats)));
    const source = graph.values[entry.source]!.name;
    const why =
      index === entry.source ||
      (entry.fixed && graph.nodes.some((n) => n === entry.fixed!.by && n.outputs.includes(index)))
        ? chosen.plan.why
        : `same as "${source}"${entry.imposed ? ` (one scale for ${entry.imposed.op} "${entry.imposed.name}")` : ''}`;
    result.set(index, { params: chosen.params, plan: { ...chosen.plan, why } });
  }
  return result;
}

/** True when something besides `node` reads a value of the class. */
function isShared(graph: Graph, { members }: Class, node: Node): boolean {
  const within = new Set(members);
  return (
    graph.outputs.some((output) => within.has(output)) ||
    graph.nodes.some(
      (reader) =>
        reader !== node &&
        !reader.outputs.every((output) => within.has(output)) &&
        reader.inputs.some((input) => within.has(input)),
    )
  );
}

/** True when the range of `other` misses more than a tenth of the range of `own`: min(x, 0) for x. */
function isCut(graph: Graph, own: Class, other: Class, stats: Stats | undefined): boolean {
  const rangeOfClass = (entry: Class) => {
    const { scale, zeroPoint } = paramsOf(graph, entry, stats).params;
    return { low: scale * (-128 - zeroPoint), high: scale * (127 - zeroPoint) };
  };
  const [mine, theirs] = [rangeOfClass(own), rangeOfClass(other)];
  const missed = Math.max(0, theirs.low - mine.low) + Math.max(0, mine.high - theirs.high);
  return missed > 0.1 * (mine.high - mine.low);
}

function fixedBy(node: Node, rule: Int8Rule, table: Value | undefined): Class['fixed'] {
  if (rule.output === 'fixed') {
    const scale = fixedNames.get(rule.scale) ?? String(rule.scale);
    const why = `fixed by ${node.op}: ${scale}, zero point ${rule.zeroPoint}`;
    return { params: rule, by: node, why };
  }
  const params = rangeOf(table!, `The table of layer "${node.name}"`);
  return { params, by: node, why: `range of the table of ${node.op} "${node.name}"` };
}

/** The value whose range serves: padding with minus infinity has its input's. */
function rangeSource(graph: Graph, value: number): number {
  const maker = graph.nodes.find((node) => node.outputs.includes(value));
  return maker && padsBelowRange(graph, maker) ? rangeSource(graph, maker.inputs[0]!) : value;
}

function paramsOf(graph: Graph, entry: Class, stats: Stats | undefined): ActivationPlan {
  const value = graph.values[entry.source]!;
  if (entry.fixed) {
    const { params, why } = entry.fixed;
    return { params, plan: valuePlan(params, why) };
  }
  if (!stats) {
    throw new IntactError(
      'usage',
      'An int8 recipe needs calibration: no activation ranges were given.',
    );
  }
  const { name } = graph.values[rangeSource(graph, entry.source)]!;
  const seen = Object.hasOwn(stats.values, name) ? stats.values[name] : undefined;
  if (!seen) {
    throw new IntactError(
      'internal',
      `Calibration saw nothing of "${value.name}". Calibrate the same graph that is planned.`,
    );
  }
  const params = activationParams(seen.min, seen.max, `Activation "${value.name}"`);
  const range = `[${short(seen.min)}, ${short(seen.max)}]`;
  const why = `${describeCalibration(stats.calibration, stats.samples)}: ${range}`;
  return { params, plan: valuePlan(params, why) };
}

const short = (x: number) => String(Number(x.toPrecision(4)));

/** Parameters of a constant by its own range. Throws `bad-data` for NaN or infinity in it. */
export function rangeOf(constant: Value, where: string): ScalarParams {
  let [min, max] = [0, 0];
  for (const x of constant.data as Float32Array) {
    requireFinite(x, where);
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return activationParams(min, max, where);
}

/** A per-tensor int8 plan of these parameters. */
export function valuePlan({ scale, zeroPoint }: ScalarParams, why: string): ValuePlan {
  return {
    dtype: 'int8',
    scale: Float32Array.of(scale),
    zeroPoint: Int32Array.of(zeroPoint),
    axis: 0,
    why,
  };
}
