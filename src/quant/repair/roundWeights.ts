/** SQuant over the layers of a plan: integers for every weight that has a grid. */
import type { Graph } from '../../model/graph';
import { draftOf } from '../../model/passes/draft';
import { linearNode } from '../../model/passes/linearNode';
import { limits, roundHalfAway } from '../affine';
import { keyOfConstant, withRounded } from '../rounded';
import type { Plan } from '../types';
import { kernelsOf } from './kernels';
import { weightChannels } from './magnitudes';
import { squant } from './squant';

export interface RoundedWeights {
  readonly plan: Plan;
  readonly layers: number;
  /** Weights that aren't rounded to the nearest, of all. */
  readonly moved: number;
  readonly of: number;
}

/** @param border called after each layer, with the number done and their total */
export async function roundWeights(
  graph: Graph,
  plan: Plan,
  border: (done: number, total: number) => Promise<void>,
): Promise<RoundedWeights> {
  const draft = draftOf(graph);
  const integers = new Map<string, Int8Array>();
  let [moved, of, done] = [0, 0, 0];
  for (const node of graph.nodes) {
    done += 1;
    const linear = linearNode(draft, node);
    const value = linear && graph.values[node.inputs[linear.weights]!];
    const key = value ? keyOfConstant(plan, value, node) : undefined;
    const form = key === undefined ? undefined : plan.values[key];
    if (!linear || key === undefined || integers.has(key)) continue;
    if (form?.dtype !== 'int8' && form?.dtype !== 'int4') continue;
    const { output } = weightChannels(node, linear);
    const many = form.scale.length > 1;
    const steps = Float64Array.from(
      linear.kernel,
      (weight, flat) => weight / form.scale[many ? output(flat) : 0]!,
    );
    const levels = form.dtype === 'int4' ? limits.int4.max : limits.int8Weights.max;
    const rounded = squant({ steps, channels: kernelsOf(node, linear) }, levels);
    integers.set(key, rounded);
    of += rounded.length;
    rounded.forEach((q, at) => {
      const nearest = Math.max(-levels, Math.min(levels, roundHalfAway(steps[at]!)));
      if (q !== nearest) moved += 1;
    });
    await border(done, graph.nodes.length);
  }
  return { plan: withRounded(plan, integers), layers: integers.size, moved, of };
}
