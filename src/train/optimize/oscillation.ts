/**
 * Weights that keep swinging between two integers are frozen at the one they are at more often
 * (arXiv 2203.11086 §4.3, algorithm 1). For few-bit weights, where one step of the grid is large.
 */
import type { Layout } from '../parameters';

/** Momentum of the frequency's and the integer's moving averages (m in the paper). */
const MOMENTUM = 0.02;
/** Threshold of the frequency, falling by a cosine from the first to the second. */
const THRESHOLDS = [0.04, 0.011] as const;

/** Over the weights part of the flat vector. Plain data, part of a checkpoint. */
export interface OscillationState {
  readonly integer: Int8Array;
  /** Of the last change: −1, 1, or 0 for none yet. */
  readonly direction: Int8Array;
  readonly frequency: Float32Array;
  readonly average: Float32Array;
  /** 1: frozen at `integer`. */
  readonly frozen: Uint8Array;
}

interface Watched {
  readonly from: number;
  readonly size: number;
  readonly levels: number;
  /** Index of the element's scale in the flat vector. */
  scaleAt(element: number): number;
}

export interface Oscillations {
  readonly state: OscillationState;
  /** After an optimizer's step: counts, freezes, and holds what is frozen. `part` of the training, 0…1. */
  update(flat: Float32Array, part: number): void;
  readonly watched: number;
  frozen(): number;
}

export function watchOscillations(
  { parameters, weightsSize }: Layout,
  flat: Float32Array,
  resumed?: OscillationState,
): Oscillations | undefined {
  const watched = parameters.flatMap((parameter): Watched[] => {
    const scale = parameters.find(
      ({ kind, name, levels }) =>
        kind === 'weight-scale' && levels === 7 && name.split('@')[0] === parameter.name,
    );
    if (parameter.kind !== 'weights' || parameter.levels !== 7 || !scale) return [];
    const { channels: count, inner } = parameter.channels;
    const scaleAt = (element: number) =>
      scale.offset + (scale.size === 1 ? 0 : Math.floor(element / inner) % count);
    return [{ from: parameter.offset, size: parameter.size, levels: 7, scaleAt }];
  });
  if (watched.length === 0) return undefined;
  const state: OscillationState = resumed
    ? structuredClone(resumed)
    : {
        integer: new Int8Array(weightsSize),
        direction: new Int8Array(weightsSize),
        frequency: new Float32Array(weightsSize),
        average: new Float32Array(weightsSize),
        frozen: new Uint8Array(weightsSize),
      };
  const integerAt = (i: number, scale: number, levels: number) =>
    Math.max(-levels, Math.min(levels, Math.round(flat[i]! / scale)));
  if (!resumed)
    for (const { from, size, levels, scaleAt } of watched)
      for (let k = 0; k < size; k++) {
        state.integer[from + k] = integerAt(from + k, flat[scaleAt(k)]!, levels);
        state.average[from + k] = state.integer[from + k]!;
      }

  return {
    state,
    watched: watched.reduce((sum, { size }) => sum + size, 0),
    frozen: () => state.frozen.reduce((sum, x) => sum + x, 0),
    update(_, part) {
      const [first, last] = THRESHOLDS;
      const threshold = last + (first - last) * 0.5 * (1 + Math.cos(Math.PI * part));
      const { integer, direction, frequency, average, frozen } = state;
      for (const { from, size, levels, scaleAt } of watched) {
        for (let k = 0; k < size; k++) {
          const i = from + k;
          const scale = flat[scaleAt(k)]!;
          if (frozen[i] === 1) {
            flat[i] = integer[i]! * scale;
            continue;
          }
          const now = integerAt(i, scale, levels);
          const change = Math.sign(now - integer[i]!);
          const swings = change !== 0 && direction[i] !== 0 && change !== direction[i];
          frequency[i] = (1 - MOMENTUM) * frequency[i]! + (swings ? MOMENTUM : 0);
          average[i] = (1 - MOMENTUM) * average[i]! + MOMENTUM * now;
          if (change !== 0) direction[i] = change;
          integer[i] = now;
          if (frequency[i]! <= threshold) continue;
          frozen[i] = 1;
          integer[i] = Math.max(-levels, Math.min(levels, Math.round(average[i]!)));
          flat[i] = integer[i]! * scale;
        }
      }
    },
  };
}
