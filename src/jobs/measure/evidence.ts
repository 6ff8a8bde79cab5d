/**
 * What findings stand on besides the errors, measured in the same passes: where the float activations
 * lie against their grids, the mean error of each channel, and each layer with one half of it quantized.
 */
import { ErrorAccumulator } from '../../analysis/compare';
import { elementCount, type Graph, type Tensor, type Value } from '../../model/graph';
import { sizeOfSums, sumInto } from '../../numbers/comparison';
import { summarize } from '../../numbers/summary';
import type { LayerEvidence } from '../../run/findings';
import type { Halved } from './halves';
import type { Joined, Pair } from './joined';
import type { Watched } from './watched';

/** Numbers of one watched activation: least, largest, how many lie beyond. */
const perWatched = 3;

/** One sample's evidence. */
export interface SampleEvidence {
  /** `perWatched` numbers for each watched activation. */
  readonly seen: Float64Array;
  /** Σ(x − x̂) of every channel of every layer alone, and sums of the halves; of the first samples alone. */
  readonly shifts?: Float64Array;
  readonly halves?: Float64Array;
}

export const emptySeen = ({ watched }: Pick<Joined, 'watched'>) =>
  new Float64Array(perWatched * watched.length);

/** Looks at one watched activation. @param seen of `emptySeen` */
export function see(seen: Float64Array, position: number, watched: Watched, data: Float32Array) {
  const { min, max } = summarize(data);
  const { low, high } = watched;
  let beyond = 0;
  if (min < low || max > high) for (const x of data) if (x < low || x > high) beyond++;
  seen.set([min, max, beyond], perWatched * position);
}

const channelsOf = (graph: Graph, { float }: Pair) => graph.values[float]!.shape.at(-1) ?? 1;

/** Where each pair's channels begin; of layers alone only. The last: how many there are. */
export function shiftPlaces({ graph, pairs }: Joined): readonly number[] {
  let next = 0;
  const places = pairs.map((pair) => {
    const at = next;
    if (pair.figure === 'isolated') next += channelsOf(graph, pair);
    return at;
  });
  return [...places, next];
}

/** Adds the differences of each channel (last axis). */
export function addShift(
  sums: Float64Array,
  float: Float32Array,
  { data }: Tensor,
  { quant }: Value,
): void {
  const channels = sums.length;
  const grid = quant && !(data instanceof Float32Array);
  const scale = grid ? quant.scale[0]! : 1;
  const zeroPoint = grid ? quant.zeroPoint[0]! : 0;
  for (let at = 0; at < float.length; at += channels)
    for (let channel = 0; channel < channels; channel++)
      sums[channel]! += float[at + channel]! - scale * (Number(data[at + channel]) - zeroPoint);
}

/** Compares while the graph runs: pairs by their values. @param sums `sizeOfSums` zeros for each pair */
export function comparing(graph: Graph, pairs: readonly Pick<Pair, 'float' | 'twin'>[]) {
  const waiting = new Map<number, number[]>();
  pairs.forEach(({ float, twin }, position) => {
    for (const index of new Set([float, twin]))
      waiting.set(index, [...(waiting.get(index) ?? []), position]);
  });
  return (
    sums: Float64Array,
    compared?: (position: number, float: Float32Array, twin: Tensor) => void,
  ) => {
    const seen = new Map<number, Tensor>();
    return (index: number, tensor: Tensor) => {
      seen.set(index, tensor);
      for (const position of waiting.get(index) ?? []) {
        const { float, twin } = pairs[position]!;
        const [x, y] = [seen.get(float), seen.get(twin)];
        if (!x || !y) continue;
        const state = sums.subarray(position * sizeOfSums, (position + 1) * sizeOfSums);
        sumInto(state, x.data as Float32Array, y.data, graph.values[twin]!.quant);
        compared?.(position, x.data as Float32Array, y);
      }
    };
  };
}

/** Evidence of all samples, added in their order. */
export function layerEvidence(together: Joined, halved?: Halved) {
  const { graph, pairs, watched } = together;
  const seen = emptySeen(together);
  let samples = 0;
  const places = shiftPlaces(together);
  const shifts = new Float64Array(places.at(-1)!);
  /** Σ(x − x̂)² of each pair, of the same samples. */
  const noise = new Float64Array(pairs.length);
  let deep = 0;
  const halves = (halved?.pairs ?? []).map((pair) => ({
    ...pair,
    errors: new ErrorAccumulator(),
    count: elementCount(halved!.graph.values[pair.float]!.shape),
    scale: halved!.graph.values[pair.twin]!.quant?.scale[0],
  }));
  return {
    /** @param sums of the pairs, of the same sample */
    add(one: SampleEvidence | undefined, sums: Float64Array) {
      if (!one) return;
      for (let at = 0; at < seen.length; at += perWatched) {
        const first = samples === 0;
        seen[at] = first ? one.seen[at]! : Math.min(seen[at]!, one.seen[at]!);
        seen[at + 1] = first ? one.seen[at + 1]! : Math.max(seen[at + 1]!, one.seen[at + 1]!);
        seen[at + 2]! += one.seen[at + 2]!;
      }
      samples++;
      if (one.shifts) {
        deep++;
        for (let at = 0; at < shifts.length; at++) shifts[at]! += one.shifts[at]!;
        for (let pair = 0; pair < noise.length; pair++)
          for (let chain = 4; chain < 8; chain++) noise[pair]! += sums[pair * sizeOfSums + chain]!;
      }
      halves.forEach(({ errors, count }, position) => {
        const sums = one.halves?.subarray(position * sizeOfSums, (position + 1) * sizeOfSums);
        if (sums && sums.length > 0) errors.addSums(sums, count);
      });
    },
    /** By layer. */
    results(): Record<string, LayerEvidence> {
      const found: Record<string, LayerEvidence> = {};
      const add = (layer: string, more: LayerEvidence) => {
        found[layer] = { ...found[layer], ...more };
      };
      if (samples > 0)
        watched.forEach(({ layer, value, low }, position) => {
          const [min, max, beyond] = seen.subarray(perWatched * position);
          const numbers = samples * elementCount(graph.values[value]!.shape);
          add(layer, {
            seen: { min: min!, max: max! },
            ...(low === -Infinity ? {} : { beyond: beyond! / numbers }),
          });
        });
      pairs.forEach((pair, position) => {
        const scale = graph.values[pair.twin]!.quant?.scale[0];
        if (pair.figure !== 'isolated' || scale === undefined || deep === 0) return;
        const own = shifts.subarray(places[position]!, places[position + 1]!);
        const each = (deep * elementCount(graph.values[pair.float]!.shape)) / own.length;
        const largest = own.reduce((most, sum) => Math.max(most, Math.abs(sum)), 0);
        const squares = own.reduce((all, sum) => all + (sum * sum) / each, 0);
        add(pair.layer, {
          shift: largest / each / scale,
          shiftPart: noise[position]! > 0 ? squares / noise[position]! : 0,
        });
      });
      for (const { layer, half, errors, scale } of halves) {
        const result = errors.result(scale);
        if (result) add(layer, { [half]: result });
      }
      return found;
    },
  };
}
