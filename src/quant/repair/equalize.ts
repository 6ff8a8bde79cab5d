/**
 * Cross-layer equalization (arXiv 1906.04721 §4.1, eq. 11): the channels of a layer and what reads them get
 * weights of the same largest magnitude, over all joints until nothing changes. Scales are kept apart and
 * put into the weights once, so that these are rounded once.
 */
import type { Graph, Node } from '../../model/graph';
import { draftOf, finish, type Draft } from '../../model/passes/draft';
import { setWeights } from '../../model/passes/linearNode';
import { jointsOf, ownLinear, type Joint } from './joint';
import {
  columnMaxima,
  magnitudesOf,
  rowMaxima,
  weightChannels,
  type Magnitudes,
} from './magnitudes';

/** Smallest and largest number of each position of a value's last axis, over calibration. */
export interface SeenChannels {
  readonly min: Float32Array;
  readonly max: Float32Array;
}
/** By value name. */
export type Seen = ReadonlyMap<string, SeenChannels>;

/** A factor beyond this, either way, tells of a dead channel rather than of a wide one. */
const MOST_SCALE = 1e4;
/** Part of the cap that a scaled channel's maximum in calibration may reach; what was not seen may be larger. */
const HEADROOM = 0.9;
/** Relative change of every scale at which they have settled. */
const SETTLED = 1e-5;
const MOST_SWEEPS = 500;
/** Magnitudes looked at in all sweeps. */
const MOST_WORK = 2e9;

export interface EqualizeOptions {
  /** Of the values that cappedValues names; a joint whose values are missing here is left alone. */
  readonly seen: Seen;
  /** Names of values that must keep their unit. */
  readonly fixed?: ReadonlySet<string>;
  /** Scales are rounded to powers of two, which change no digit of a float result. */
  readonly powersOfTwo?: boolean;
}
export interface EqualizedJoint {
  /** Names of nodes. */
  readonly producer: string;
  readonly consumers: readonly string[];
  /** What each channel was divided by. */
  readonly scales: Float64Array;
  /** Channels that keep scale 1 because they reach the cap of an activation. */
  readonly atCap: number;
}
export interface Equalized {
  readonly graph: Graph;
  readonly joints: readonly EqualizedJoint[];
}

/** Names of the values whose channels' extremes decide how far a joint may be scaled. */
export function cappedValues(graph: Graph): string[] {
  const values = jointsOf(draftOf(graph)).flatMap(({ capped }) => capped.map(({ value }) => value));
  return [...new Set(values)].map((index) => graph.values[index]!.name);
}

/** One linear node: magnitudes as they were, and the joints whose scales divide its rows and multiply its columns. */
interface Layer {
  readonly magnitudes: Magnitudes;
  readonly divides?: Float64Array;
  readonly multiplies?: Float64Array;
}
interface Side {
  readonly joint: Joint;
  readonly scales: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The graph is the very one that was given where there is nothing to equalize. */
export function equalize(graph: Graph, options: EqualizeOptions): Equalized {
  const draft = draftOf(graph);
  const sides = jointsOf(draft)
    .filter((joint) => isFree(draft, joint, options))
    .map((joint): Side & { atCap: number } => ({
      joint,
      scales: new Float64Array(joint.channels).fill(1),
      ...bounds(draft, joint, options.seen),
    }));
  if (sides.length === 0) return { graph, joints: [] };
  const layers = layersOf(draft, sides);
  settle(sides, layers);
  if (options.powersOfTwo) for (const side of sides) roundToPowers(side);
  scaleWeights(draft, sides);
  return {
    graph: finish(draft),
    joints: sides.map(({ joint, scales, atCap }) => ({
      producer: graph.nodes[joint.producer]!.name,
      consumers: joint.consumers.map(({ node }) => graph.nodes[node]!.name),
      ...{ scales, atCap },
    })),
  };
}

function isFree({ values }: Draft, joint: Joint, { fixed, seen }: EqualizeOptions): boolean {
  const nameOf = (index: number) => values[index]!.name;
  return (
    joint.capped.every(({ value }) => seen.has(nameOf(value))) &&
    !joint.values.some((index) => fixed?.has(nameOf(index)))
  );
}

/** Scales that keep what was seen below the caps; 1 where it reaches them. */
function bounds({ values }: Draft, { channels, capped }: Joint, seen: Seen) {
  const low = new Float64Array(channels).fill(1 / MOST_SCALE);
  const high = new Float64Array(channels).fill(MOST_SCALE);
  const reaches = new Uint8Array(channels);
  for (const { value, cap, channelOf } of capped) {
    const { min, max } = seen.get(values[value]!.name)!;
    channelOf.forEach((channel, at) => {
      const largest = Math.max(Math.abs(max[at]!), cap === 1 ? Math.abs(min[at]!) : 0);
      // NaN too: nothing is known of such a channel.
      if (!(largest < cap * (1 - 1e-6))) reaches[channel] = 1;
      else low[channel] = Math.max(low[channel]!, Math.min(1, largest / (cap * HEADROOM)));
    });
  }
  reaches.forEach((isAt, channel) => {
    if (isAt) low[channel] = high[channel] = 1;
  });
  return { low, high, atCap: reaches.reduce((sum, isAt) => sum + isAt, 0) };
}

function layersOf(draft: Draft, sides: readonly Side[]): Map<number, Layer> {
  const made = new Map<number, Layer>();
  const nodes = new Set(
    sides.flatMap(({ joint }) => [joint.producer, ...joint.consumers.map(({ node }) => node)]),
  );
  for (const index of nodes) {
    const node = draft.nodes[index]!;
    const out = sides.find(({ joint }) => joint.producer === index);
    const into = sides.find(({ joint }) => joint.consumers.some((one) => one.node === index));
    const channelOf = into?.joint.consumers.find((one) => one.node === index)!.channelOf;
    const linear = ownLinear(draft, node)!;
    made.set(index, {
      magnitudes: magnitudesOf(node, linear, channelOf, into?.joint.channels ?? 1),
      ...(out ? { divides: out.scales } : {}),
      ...(into ? { multiplies: into.scales } : {}),
    });
  }
  return made;
}

/** Eq. 11 over all joints, again and again: a layer between two joints is moved by both. */
function settle(sides: readonly Side[], layers: ReadonlyMap<number, Layer>): void {
  const sweep = [...layers.values()].reduce(
    (sum, one) => sum + 2 * one.magnitudes.largest.length,
    0,
  );
  const sweeps = Math.max(1, Math.min(MOST_SWEEPS, Math.floor(MOST_WORK / Math.max(1, sweep))));
  for (let count = 0; count < sweeps; count += 1) {
    let moved = 0;
    for (const { joint, scales, low, high } of sides) {
      const made = new Float64Array(joint.channels);
      const read = new Float64Array(joint.channels);
      const producer = layers.get(joint.producer)!;
      rowMaxima(producer.magnitudes, producer.multiplies, made);
      for (const { node } of joint.consumers) {
        const { magnitudes, divides } = layers.get(node)!;
        columnMaxima(magnitudes, divides, read);
      }
      for (let channel = 0; channel < joint.channels; channel += 1) {
        // A channel without weights on one side is the same at any scale.
        if (!(made[channel]! > 0 && read[channel]! > 0)) continue;
        const old = scales[channel]!;
        // Eq. 11 with both sides as they are without this joint's own scale.
        const wanted = Math.sqrt(made[channel]! / read[channel]!);
        const bounded = Math.min(high[channel]!, Math.max(low[channel]!, wanted));
        moved = Math.max(moved, Math.abs(Math.log(bounded / old)));
        scales[channel] = bounded;
      }
    }
    if (moved < SETTLED) return;
  }
}

function roundToPowers({ scales, low, high }: Side): void {
  scales.forEach((scale, channel) => {
    const power = 2 ** Math.round(Math.log2(scale));
    const up = power < low[channel]! ? 2 * power : power;
    scales[channel] = up > high[channel]! ? up / 2 : up;
  });
}

function scaleWeights(draft: Draft, sides: readonly Side[]): void {
  const nodes = new Map<number, { divide?: Float64Array; multiply?: Float64Array }>();
  for (const { joint, scales } of sides) {
    nodes.set(joint.producer, { ...nodes.get(joint.producer), divide: scales });
    for (const { node, channelOf } of joint.consumers)
      nodes.set(node, {
        ...nodes.get(node),
        multiply: Float64Array.from(channelOf, (channel) => scales[channel]!),
      });
  }
  for (const [index, { divide, multiply }] of nodes) {
    const node: Node = draft.nodes[index]!;
    const linear = ownLinear(draft, node)!;
    const { output, input } = weightChannels(node, linear);
    setWeights(draft, index, linear, {
      kernel: linear.kernel.map(
        (weight, flat) => (weight * (multiply?.[input(flat)] ?? 1)) / (divide?.[output(flat)] ?? 1),
      ),
      bias: linear.offsets && linear.offsets.map((x, channel) => x / (divide?.[channel] ?? 1)),
    });
  }
}
