/**
 * What the float model itself says of candidates without any label: how the first normalized layer's
 * input compares with its training, and whether the answers react to the samples.
 */
import type { Look, LookAt, ModelNeeds } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph, Moments, Node } from '../../model/graph';
import { elementCount } from '../../model/graph';
import { prepare } from '../prepared';
import { withInputShapes } from '../resized';

export interface LookedAt {
  /** As imported, with its normalizations. */
  readonly graph: Graph;
  readonly optimized: Graph;
}

export function lookAt(
  backend: () => Promise<Backend>,
  { graph, optimized }: LookedAt,
  needs: ModelNeeds,
): LookAt {
  return async (candidates, indices, inputShapes, what) => {
    const looks: Look[] = candidates.map(() => ({}));
    const head = normalizedHead(graph);
    const add = (at: number, more: Look) => (looks[at] = { ...looks[at], ...more });
    if (head) {
      const prepared = await prepare(await backend(), withInputShapes(head.graph, inputShapes));
      try {
        for (const [at, { read }] of candidates.entries()) {
          const moments = channelMoments(head.moving.mean.length);
          for (const index of indices) moments.add((await prepared.run(await read(index)))[0]!);
          const seen = moments.result();
          add(at, {
            statistics: {
              layer: head.layer,
              divergence: divergence(seen, head.moving),
              unsettled: unsettled(seen, head.moving),
            },
          });
        }
      } finally {
        prepared.dispose();
      }
    }
    const output = needs.outputs.findIndex(
      ({ ends, shape }) => ends === 'softmax' && elementCount(shape.slice(1, -1)) === 1,
    );
    if (output < 0 || what === 'statistics') return looks;
    const prepared = await prepare(await backend(), withInputShapes(optimized, inputShapes));
    try {
      for (const [at, { read }] of candidates.entries()) {
        const answers: Float32Array[] = [];
        for (const index of indices) answers.push((await prepared.run(await read(index)))[output]!);
        add(at, { spread: spread(answers) });
      }
    } finally {
      prepared.dispose();
    }
    return looks;
  };
}

interface Head {
  /** Ends in what the layer normalizes. */
  readonly graph: Graph;
  readonly moving: Moments;
  readonly layer: string;
}

/** The model up to its first BatchNormalization; undefined: it has none whose statistics are known. */
export function normalizedHead(graph: Graph): Head | undefined {
  for (const node of graph.nodes) {
    if (node.op !== 'MUL') continue;
    const constant = node.inputs.find((index) => graph.values[index]?.moving);
    const value = node.inputs.find((index) => index !== constant);
    const moving = constant === undefined ? undefined : graph.values[constant]!.moving;
    // Channels last, so that a number's channel is its place modulo their count.
    if (!moving || value === undefined) continue;
    if (graph.values[constant!]!.shape.length !== 1) return undefined;
    const nodes = before(graph, value);
    if (!nodes || nodes.some(({ op }) => op === 'UNSUPPORTED')) return undefined;
    return {
      graph: { ...graph, nodes, outputs: [value] },
      moving,
      layer: graph.layers[node.layer]?.name ?? node.name,
    };
  }
  return undefined;
}

/** Nodes that a value is computed by, in their order; undefined where it does not depend on the first input. */
function before(graph: Graph, value: number): Node[] | undefined {
  const wanted = new Set([value]);
  const kept: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((index) => wanted.has(index))) continue;
    kept.push(node);
    for (const index of node.inputs) wanted.add(index);
  }
  return wanted.has(graph.inputs[0]!) ? kept.reverse() : undefined;
}

function channelMoments(channels: number) {
  const sum = new Float64Array(channels);
  const square = new Float64Array(channels);
  let count = 0;
  return {
    add(values: Float32Array): void {
      values.forEach((value, at) => {
        sum[at % channels]! += value;
        square[at % channels]! += value * value;
      });
      count += values.length / channels;
    },
    result: (): Moments => {
      const mean = Float32Array.from(sum, (total) => total / count);
      return {
        mean,
        variance: Float32Array.from(square, (total, c) =>
          Math.max(0, total / count - mean[c]! ** 2),
        ),
      };
    },
  };
}

/** Median over channels of the divergence of two normal distributions (Kullback & Leibler 1951), in nats. */
export function divergence(seen: Moments, trained: Moments): number {
  const each = Array.from(trained.mean, (mean, c) => {
    const variance = trained.variance[c]! + 1e-12;
    const own = seen.variance[c]! + 1e-12;
    const shift = (seen.mean[c]! - mean) ** 2;
    return 0.5 * (Math.log(variance / own) + (own + shift) / variance - 1);
  }).sort((a, b) => a - b);
  return each[Math.floor(each.length / 2)] ?? NaN;
}

/** Shares of the initial values that a moving average may have kept; momentum 0.99 keeps 0.37 after 100 steps. */
const shares = [...Array.from({ length: 19 }, (_, at) => 0.05 * (at + 1)), 0.98, 0.99];

/** The least divergence where `trained` keeps a share of a moving average's initial mean 0 and variance 1. */
export function unsettled(seen: Moments, trained: Moments): number {
  return Math.min(
    ...shares.map((share) =>
      divergence(
        {
          mean: seen.mean.map((mean) => (1 - share) * mean),
          variance: seen.variance.map((variance) => share + (1 - share) * variance),
        },
        trained,
      ),
    ),
  );
}

/** Deviation over samples of ln p of each class, the mean over classes; p no less than 1e-9. */
export function spread(answers: readonly Float32Array[]): number {
  const classes = answers[0]?.length ?? 0;
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const logs = answers.map((answer) => Math.log(Math.max(1e-9, answer[k]!)));
    const mean = logs.reduce((total, log) => total + log, 0) / logs.length;
    sum += Math.sqrt(logs.reduce((total, log) => total + (log - mean) ** 2, 0) / logs.length);
  }
  return sum / classes;
}
