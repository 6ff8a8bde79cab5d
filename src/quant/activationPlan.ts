/** Scale and zero point of every activation that has an int8 form anywhere: one per class (activationClasses.ts). */
import { IntactError } from '../model/error';
import type { Graph } from '../model/graph';
import { classesOf, type Class } from './activationClasses';
import { activationParams, type ScalarParams } from './affine';
import { parameterOf } from './observers';
import { padsBelowRange } from './padding';
import { valuePlan } from './ranges';
import { isFloatActivation, type NodeDecision } from './schemes';
import type { Target } from './targets';
import type { Stats, ValuePlan } from './types';
import { why, type Why } from './why';

export interface ActivationPlan {
  readonly params: ScalarParams;
  readonly plan: ValuePlan;
}

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
  const paramsOf = (entry: Class) => chosenOf(graph, entry, stats).params;
  const classes = classesOf(graph, decisions, target, quantized, paramsOf);
  const made = new Map<Class, Chosen>();
  const result = new Map<number, ActivationPlan>();
  for (const [index, entry] of classes) {
    let chosen = made.get(entry);
    if (!chosen) made.set(entry, (chosen = chosenOf(graph, entry, stats)));
    const { params } = chosen;
    const reason = isOwn(index, entry) ? chosen.why : sameAs(graph, entry);
    result.set(index, { params, plan: valuePlan(params, reason) });
  }
  return result;
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
  const maker = graph.nodes.find((node) => node.outputs.includes(value));
  return maker && padsBelowRange(graph, maker) ? rangeSource(graph, maker.inputs[0]!) : value;
}

interface Chosen {
  readonly params: ScalarParams;
  readonly why: Why;
}

function chosenOf(graph: Graph, { source, fixed }: Class, stats: Stats | undefined): Chosen {
  if (fixed) return fixed;
  if (!stats) {
    throw new IntactError(
      'usage',
      'An int8 recipe needs calibration: no activation ranges were given.',
    );
  }
  const value = graph.values[source]!;
  const { name } = graph.values[rangeSource(graph, source)]!;
  const seen = Object.hasOwn(stats.values, name) ? stats.values[name] : undefined;
  if (!seen) {
    throw new IntactError(
      'internal',
      `Calibration saw nothing of "${value.name}". Calibrate the same graph that is planned.`,
    );
  }
  const { min, max } = seen;
  const parameter = parameterOf(stats.calibration);
  return {
    params: activationParams(min, max, `Activation "${value.name}"`),
    why: why('calibrated', {
      method: stats.calibration.method,
      ...(parameter === undefined ? {} : { parameter }),
      samples: stats.samples,
      min,
      max,
    }),
  };
}
