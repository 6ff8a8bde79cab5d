/**
 * Bias absorption (arXiv 1906.04721 §4.1.3): what a channel never falls below is taken out of its bias and
 * added, through the weights, to the bias of what reads it, so that its range is smaller. The paper takes
 * β − 3γ of BatchNorm; here it is what calibration saw.
 */
import type { Graph, Node } from '../../model/graph';
import { draftOf, finish, type Draft } from '../../model/passes/draft';
import { setWeights } from '../../model/passes/linearNode';
import type { Seen } from './equalize';
import { jointsOf, ownLinear, type Joint } from './joint';
import { weightChannels } from './magnitudes';

/** Part of the seen range that stays below the smallest number seen: others may be smaller. */
const MARGIN = 0.05;

export interface Absorbed {
  readonly graph: Graph;
  /** Channels whose bias was absorbed, and all that the joints have. */
  readonly channels: number;
  readonly of: number;
}

/** Names of the values whose channels' extremes are needed. */
export function absorbableValues(graph: Graph): string[] {
  return jointsOf(draftOf(graph))
    .filter(({ shifts }) => shifts)
    .map(({ producer }) => graph.values[graph.nodes[producer]!.outputs[0]!]!.name);
}

/** @param fixed names of values that must keep their numbers */
export function absorbBias(graph: Graph, seen: Seen, fixed?: ReadonlySet<string>): Absorbed {
  const draft = draftOf(graph);
  let [channels, of] = [0, 0];
  for (const joint of jointsOf(draft)) {
    const name = graph.values[graph.nodes[joint.producer]!.outputs[0]!]!.name;
    const range = seen.get(name);
    if (!joint.shifts || !range) continue;
    if (joint.values.some((index) => fixed?.has(graph.values[index]!.name))) continue;
    of += joint.channels;
    const taken = takenFrom(joint, range);
    const count = taken.reduce((sum, x) => sum + (x > 0 ? 1 : 0), 0);
    if (count === 0) continue;
    channels += count;
    move(draft, joint, taken);
  }
  return channels === 0 ? { graph, channels, of } : { graph: finish(draft), channels, of };
}

function takenFrom(
  { capped, channels }: Joint,
  { min, max }: { min: Float32Array; max: Float32Array },
) {
  const cap = Math.min(Infinity, ...capped.map((one) => one.cap));
  return Float64Array.from({ length: channels }, (_, channel) => {
    const [low, high] = [min[channel]!, max[channel]!];
    // At the cap, what is taken out below would come in above.
    if (!(low > 0 && high < cap)) return 0;
    return Math.max(0, low - MARGIN * (high - low));
  });
}

function move(draft: Draft, { producer, consumers }: Joint, taken: Float64Array): void {
  const made = ownLinear(draft, draft.nodes[producer]!)!;
  setWeights(draft, producer, made, {
    kernel: made.kernel,
    bias: Float32Array.from(taken, (x, channel) => (made.offsets?.[channel] ?? 0) - x),
  });
  for (const { node: index, channelOf } of consumers) {
    const node: Node = draft.nodes[index]!;
    const linear = ownLinear(draft, node)!;
    const { output, input } = weightChannels(node, linear);
    const added = Float64Array.from(
      { length: linear.channels },
      (_, channel) => linear.offsets?.[channel] ?? 0,
    );
    linear.kernel.forEach((weight, flat) => {
      added[output(flat)]! += weight * taken[channelOf[input(flat)]!]!;
    });
    setWeights(draft, index, linear, { kernel: linear.kernel, bias: Float32Array.from(added) });
  }
}
