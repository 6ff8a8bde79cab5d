/** Scale and zero point of every activation that has an integer form anywhere: one per class (activationClasses.ts) and type. */
import { IntactError } from '../model/error';
import { elementCount, type Graph } from '../model/graph';
import { linksOf } from '../model/links';
import { classesOf, type Class } from './activationClasses';
import { paramsIn, type ScalarParams } from './affine';
import { formKey } from './forms';
import { parameterOf } from './observers';
import { padsBelowRange } from './padding';
import { valuePlan } from './ranges';
import { isFloatActivation, type NodeDecision } from './schemes';
import { integerTypes, isIntegerType, type IntegerType, type Target } from './targets/target';
import type { Stats, ValuePlan, ValueStats } from './types';
import { why, type Why } from './why';

export interface ActivationPlan {
  readonly params: ScalarParams;
  readonly plan: ValuePlan;
}

/** True for an input that holds indices, in whatever type: on a grid it would name other rows. */
function isIndex(graph: Graph, input: number): boolean {
  const readers = linksOf(graph).readers(input);
  return readers.length > 0 && readers.every((index) => graph.nodes[index]!.op === 'CAST');
}

/** Values of each type: what its nodes read and make, and, where ranges are known, the border of the model. */
function quantizedValues(
  graph: Graph,
  decisions: readonly NodeDecision[],
  stats: Stats | undefined,
): Record<IntegerType, Set<number>> {
  const found = { int8: new Set<number>(), int16: new Set<number>() };
  const takes = (index: number) => index >= 0 && isFloatActivation(graph.values[index]);
  graph.nodes.forEach((node, at) => {
    const { scheme } = decisions[at]!;
    if (!isIntegerType(scheme)) return;
    for (const index of [...node.inputs, ...node.outputs].filter(takes)) found[scheme].add(index);
  });
  if (!stats || found.int8.size + found.int16.size === 0) return found;
  const inputs = graph.inputs.filter((input) => !isIndex(graph, input));
  const border = [...inputs, ...graph.outputs].filter(takes);
  const usual = found.int8.size > 0 ? 'int8' : 'int16';
  const types = border.map((index) => madeIn(graph, decisions, index) ?? readIn(found, index));
  // Where they differ, the border is of one type all the same, whichever is chosen.
  const all = new Set(types.map((type) => type ?? usual));
  for (const type of all) for (const index of border) found[type].add(index);
  return found;
}

/** The integer type of the node that makes the value. */
function madeIn(
  graph: Graph,
  decisions: readonly NodeDecision[],
  value: number,
): IntegerType | undefined {
  const maker = linksOf(graph).maker(value);
  const scheme = maker === undefined ? undefined : decisions[maker]!.scheme;
  return isIntegerType(scheme) ? scheme : undefined;
}

const readIn = (found: Record<IntegerType, ReadonlySet<number>>, value: number) =>
  integerTypes.find((type) => found[type].has(value));

/** By type and value index. */
export type ActivationPlans = Readonly<Record<IntegerType, ReadonlyMap<number, ActivationPlan>>>;

/** Throws `usage` when integers are planned without stats. */
export function planActivations(
  graph: Graph,
  decisions: readonly NodeDecision[],
  target: Target,
  stats: Stats | undefined,
): ActivationPlans {
  const quantized = quantizedValues(graph, decisions, stats);
  const planIn = (type: IntegerType) => {
    const paramsOf = (entry: Class) => chosenOf(graph, entry, stats, type).params;
    const classes = classesOf(graph, decisions, target, type, quantized[type], paramsOf);
    const made = new Map<Class, Chosen>();
    const result = new Map<number, ActivationPlan>();
    for (const [index, entry] of classes) {
      let chosen = made.get(entry);
      if (!chosen) made.set(entry, (chosen = chosenOf(graph, entry, stats, type)));
      const { params } = chosen;
      const reason = isOwn(index, entry) ? chosen.why : sameAs(graph, entry);
      result.set(index, { params, plan: valuePlan(params, reason, type) });
    }
    return result;
  };
  return { int8: planIn('int8'), int16: planIn('int16') };
}

/**
 * The plans by the keys of Plan.values: under the value's name its form in the type that it is made in,
 * or, made in float, int8 before int16; under formKey the other.
 */
export function keyed(
  graph: Graph,
  decisions: readonly NodeDecision[],
  plans: ActivationPlans,
): [string, ValuePlan][] {
  return integerTypes.flatMap((type) =>
    [...plans[type]].map(([index, { plan }]): [string, ValuePlan] => {
      const { name } = graph.values[index]!;
      const first = madeIn(graph, decisions, index) ?? (plans.int8.has(index) ? 'int8' : 'int16');
      return [type === first ? name : formKey(name, type), plan];
    }),
  );
}

/** True for the value that the class has its parameters from. */
function isOwn(index: number, { source, fixed }: Class): boolean {
  return index === source || fixed?.by.outputs.includes(index) === true;
}

function sameAs(graph: Graph, { source, imposed }: Class): Why {
  const value = graph.values[source]!.name;
  return imposed
    ? why('same-as-imposed', { value, op: imposed.op, node: imposed.name })
    : why('same-as', { value });
}

/** The value whose range serves: padding with minus infinity has its input's. */
function rangeSource(graph: Graph, value: number): number {
  const maker = graph.nodes[linksOf(graph).maker(value) ?? -1];
  return maker && padsBelowRange(graph, maker) ? rangeSource(graph, maker.inputs[0]!) : value;
}

type Seen = Pick<ValueStats, 'min' | 'max'> & Pick<Partial<ValueStats>, 'wide' | 'choice'>;

interface Chosen {
  readonly params: ScalarParams;
  readonly why: Why;
}

function chosenOf(
  graph: Graph,
  { source, fixed }: Class,
  stats: Stats | undefined,
  type: IntegerType,
): Chosen {
  if (fixed) return fixed;
  if (!stats) {
    throw new IntactError(
      'usage',
      'A recipe with integer activations needs calibration: no activation ranges were given.',
    );
  }
  const value = graph.values[source]!;
  const { name } = graph.values[rangeSource(graph, source)]!;
  const nothing = elementCount(value.shape) === 0 ? { min: 0, max: 0 } : undefined;
  const seen: Seen | undefined =
    (Object.hasOwn(stats.values, name) ? stats.values[name] : undefined) ?? nothing;
  if (!seen) {
    throw new IntactError(
      'internal',
      `Calibration saw nothing of "${value.name}". Calibrate the same graph that is planned.`,
    );
  }
  const { min, max } = type === 'int16' && seen.wide ? seen.wide : seen;
  const choice = seen.choice ?? stats.calibration;
  const params = paramsIn(type, min, max, `Activation "${value.name}"`);
  if (choice.method === 'given') return { params, why: why('given-range', { min, max }) };
  const parameter = parameterOf(choice);
  return {
    params,
    why: why('calibrated', {
      method: choice.method,
      ...(parameter === undefined ? {} : { parameter }),
      samples: stats.samples,
      min,
      max,
    }),
  };
}
