/** How far the evaluation samples reach beyond the ranges that calibration chose, layer by layer. */
import type { RangeChoice } from '../../quant/types';
import type { Ground, Layer } from './ground';

export interface Reach {
  /** A layer, or an input of the model by its own name. */
  readonly id: string;
  readonly layer: Layer | undefined;
  readonly min: number;
  readonly max: number;
  /** What evaluation saw. */
  readonly seen: { readonly min: number; readonly max: number };
  /** Part of the numbers beyond the range, and how far, as a part of it. */
  readonly beyond: number;
  readonly over: number;
  /** What evaluation saw as a part of the range. */
  readonly used: number;
  /** Calibration saw as much, and its method cut it off. */
  readonly cut: boolean;
}

/** What calibration saw over the range that its method chose, from where on the method has cut it off. */
const CUT = 1.2;

/** Of every activation with a calibrated range, the model's inputs first. */
export function reachesOf({ graph, evidence, plan, stats, measured }: Ground): readonly Reach[] {
  const inputs = graph.inputs.map((index) => graph.values[index]!.name);
  const places = [
    ...inputs.map((name) => ({ id: name, output: name, layer: undefined })),
    ...measured.map((layer) => ({ id: layer.id, output: layer.output.name, layer })),
  ];
  return places.flatMap(({ id, output, layer }): Reach[] => {
    const { seen, beyond = 0 } = evidence.layers[id] ?? {};
    const [own, grid] = [stats?.values[output], plan?.values[output]];
    if (!seen || !own || grid?.scale.length !== 1) return [];
    if (grid.why.code !== 'calibrated' && grid.why.code !== 'given-range') return [];
    const range = ends(own.min, own.max);
    const span = range.max - range.min;
    if (!(span > 0)) return [];
    const over = Math.max(range.min - seen.min, seen.max - range.max) / span;
    const whole = ends(own.seenMin, own.seenMax);
    const cut = whole.max - whole.min >= CUT * span;
    const used = (Math.max(seen.max, 0) - Math.min(seen.min, 0)) / span;
    return [{ id, layer, ...range, seen, beyond, over, used, cut }];
  });
}

const ends = (min: number, max: number) => ({ min: Math.min(min, 0), max: Math.max(max, 0) });

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;

/** Coarse on purpose: the exact range of the samples that a model is judged by isn't to be taken from them. */
const factors = [0.125, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32] as const;

/** The calibrated range times the least factor that holds what evaluation saw. */
export function widened({ min, max, seen }: Reach): { choice: RangeChoice; factor: number } {
  const need = Math.max(
    min < 0 ? seen.min / min : seen.min < 0 ? -seen.min / max : 0,
    max > 0 ? seen.max / max : seen.max > 0 ? -seen.max / min : 0,
  );
  const factor = factors.find((one) => one >= 0.98 * need) ?? need;
  const low = min < 0 || seen.min >= 0 ? factor * min : -factor * max;
  const high = max > 0 || seen.max <= 0 ? factor * max : -factor * min;
  return { choice: { method: 'given', min: low, max: high }, factor };
}

/** What is left of a layer's noise on a grid whose steps are `factor` times as wide and cut nothing off. */
export function widenedLeft({ layer }: Reach, factor: number): number {
  if (!layer?.grid) return 1;
  const steps = activationSteps(layer);
  const activations = steps > 0 ? Math.min(1, (factor * factor) / 12 / (steps * steps)) : 1;
  return layer.weightPart + (1 - layer.weightPart) * activations;
}

/** Root mean square error that its activations' grids make, in steps of the output. */
export const activationSteps = ({ evidence, row }: Layer): number =>
  evidence.activationsOnly?.rmseOverScale ?? row.isolated?.rmseOverScale ?? 0;

/** Part of the layer's noise that comes of cutting off: as if what is beyond lay evenly up to the furthest. */
export function cutOffPart({ layer, beyond, over, max, min }: Reach): number {
  const mse = layer?.row.isolated?.mse ?? 0;
  const cut = (beyond * (over * (max - min)) ** 2) / 3;
  return mse > 0 ? Math.min(1, cut / mse) : 0;
}
