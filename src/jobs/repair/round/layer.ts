/** One site's patches from both models, and its rounding by parts of its channels. */
import { IntactError } from '../../../model/error';
import type { Graph, Tensor } from '../../../model/graph';
import {
  adaround,
  streamOf,
  type AdaRoundOptions,
  type Problem,
  type Rounder,
} from '../../../quant/adaround';
import { realsOf } from '../../prepared';
import { positionsFor } from './positions';
import { patchesOf, type Patches } from './patches';
import type { Site, Use } from './sites';

/** A node's input in one model, sample by sample. */
export interface Input {
  readonly graph: Graph;
  /** In that graph. */
  readonly value: number;
  readonly tensors: readonly Tensor[];
}
export interface UseInputs {
  readonly use: Use;
  readonly float: Input;
  readonly quantized: Input;
}
/** Samples at the end are held: they judge and don't train. */
export interface Shares {
  readonly positions: number;
  readonly training: number;
  readonly held: number;
}
export interface SiteRounding {
  readonly integers: Int8Array;
  readonly changed: number;
  /** Sums of squared errors on held positions. */
  readonly nearest: number;
  readonly rounded: number;
}

/** Weights of one part: what is worked on at once. */
const PART = 2 ** 22;

/** undefined: the layer's form isn't known. */
export async function roundedSite(
  rounder: Rounder,
  graph: Graph,
  site: Site,
  inputs: readonly UseInputs[],
  shares: Shares,
  options: AdaRoundOptions,
  between: () => Promise<void>,
): Promise<SiteRounding | undefined> {
  const groups = patchesOf(graph, site.uses[0]!.node);
  if (!groups) return undefined;
  const integers = new Int8Array(site.weights.data!.length);
  let [changed, nearest, rounded] = [0, 0, 0];
  for (const [group, form] of groups.entries()) {
    const forms = inputs.map(({ use }) => patchesOf(graph, use.node)![group]!);
    const sampled = sample(inputs, forms, shares, options.seed);
    const each =
      form.kind === 'full' ? Math.max(8, Math.floor(PART / form.k / 8) * 8) : form.channels;
    for (let from = 0; from < form.channels; from += each) {
      const count = Math.min(each, form.channels - from);
      const problem = problemOf(site, form, from, count, sampled);
      const result = await adaround(rounder, problem, options, between);
      // A depthwise layer is one part, whose weights lie as they do there.
      integers.set(result.integers, form.kind === 'full' ? (form.first + from) * form.k : 0);
      changed += result.changed;
      nearest += result.nearest * count;
      rounded += result.rounded * count;
    }
  }
  return { integers, changed, nearest, rounded };
}

/** What is read for one output position, of each use. */
export type Gatherer = Pick<Patches, 'length' | 'positions' | 'gather'>;
interface Sampled extends Pick<Problem, 'float' | 'quantized' | 'training' | 'held'> {
  readonly use: Use;
  /** Output position of each row. */
  readonly at: readonly number[];
}

/** Positions drawn anew for each layer and sample, those of training samples first. */
export function sample(
  inputs: readonly UseInputs[],
  forms: readonly Gatherer[],
  { positions, training, held }: Shares,
  seed: number,
): Sampled {
  const { length } = forms[0]!;
  const all = positionsFor(positions, length);
  const parts = [
    { first: 0, samples: training, wanted: all },
    { first: training, samples: held, wanted: Math.ceil(all / 4) },
  ];
  const chosen = parts.map(({ first, samples, wanted }) =>
    inputs.flatMap((_, use) => {
      const { positions: of } = forms[use]!;
      const each = Math.min(of, Math.ceil(wanted / Math.max(1, samples * inputs.length)));
      return Array.from({ length: samples }, (__, at) => first + at).flatMap((index) =>
        some(of, each, streamOf(seed, 3, use, index)).map((at) => ({ use, index, at })),
      );
    }),
  );
  const rows = chosen.flat();
  const float = new Float32Array(rows.length * length);
  const quantized = new Float32Array(rows.length * length);
  for (const [model, to] of [
    ['float', float],
    ['quantized', quantized],
  ] as const) {
    let open: { use: number; index: number; reals: Float32Array } | undefined;
    rows.forEach(({ use, index, at }, row) => {
      if (open?.use !== use || open.index !== index) {
        const { graph: own, value, tensors } = inputs[use]![model];
        open = {
          use,
          index,
          reals: finite(realsOf(own, value, tensors[index]!), inputs[use]!.use),
        };
      }
      forms[use]!.gather(open.reals, at, to, row * length);
    });
  }
  return {
    ...{ float, quantized, use: inputs[0]!.use },
    at: rows.map((row) => row.at),
    ...{ training: chosen[0]!.length, held: chosen[1]!.length },
  };
}

/** `count` of `of` positions, in order. */
function some(of: number, count: number, draw: () => number): number[] {
  if (count >= of) return Array.from({ length: of }, (_, at) => at);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(draw() * of));
  return [...chosen].sort((a, b) => a - b);
}

function finite(numbers: Float32Array, { node }: Use): Float32Array {
  const bad = numbers.find((x) => !Number.isFinite(x));
  if (bad === undefined) return numbers;
  throw new IntactError(
    'bad-data',
    `Layer "${node.name}" gets ${bad} from a calibration sample, so nothing can be learned of how to round it. Check the samples and their preprocessing.`,
    { node: node.name },
  );
}

function problemOf(
  { weights, form, levels }: Site,
  { kind, first, k }: Patches,
  from: number,
  channels: number,
  { use, float, quantized, training, held }: Sampled,
): Problem {
  const start = first + from;
  const data = weights.data as Float32Array;
  const bias = use.bias?.data as Float32Array | undefined;
  const scale = scalesOf(form.scale, start, channels);
  return {
    ...{ kind, channels, k, scale, levels, float, quantized, training, held },
    activation: use.after.activation,
    ...(use.after.alpha === undefined ? {} : { alpha: use.after.alpha }),
    weights: kind === 'full' ? data.subarray(start * k, (start + channels) * k) : data,
    ...(bias ? { bias: bias.subarray(start, start + channels) } : {}),
  };
}

/** One for each of `count` channels, also where the tensor has one for all. */
export function scalesOf(scales: Float32Array, first: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => scales[scales.length > 1 ? first + i : 0]!);
}
