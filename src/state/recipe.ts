import { createStore } from 'zustand/vanilla';
import type { Calibration, Recipe, SchemeId } from '../quant/types';
import { stockRecipe, withOverrides } from '../quant/recipe';

export type Override = 'int8' | 'float';

/** What the recipe panel says; `recipeOf` makes the recipe of it. */
export interface RecipeSettings {
  readonly scheme: SchemeId;
  readonly calibration: Calibration;
  readonly io: 'int8' | 'float32';
  readonly seed: number;
  /** By layer id. */
  readonly overrides: Readonly<Record<string, Override>>;
}

export const schemes = [
  { id: 'int8', label: 'int8 per-channel', note: 'Weights per channel, activations per tensor' },
  { id: 'int8-per-tensor', label: 'int8 per-tensor', note: 'One scale for each weight tensor' },
  { id: 'dynamic', label: 'Dynamic range', note: 'int8 weights, activations quantized per run' },
  { id: 'float16', label: 'float16', note: 'Half-size weights, float arithmetic' },
] as const satisfies readonly { id: SchemeId; label: string; note: string }[];

export const createRecipeStore = () =>
  createStore<RecipeSettings>()(() => ({
    scheme: 'int8',
    calibration: { method: 'minmax' },
    io: 'float32',
    seed: 1,
    overrides: {},
  }));

/** The border can be int8 only where the scheme quantizes activations. */
export function quantizesActivations(scheme: SchemeId): boolean {
  return scheme === 'int8' || scheme === 'int8-per-tensor';
}

export function recipeOf(settings: RecipeSettings): Recipe {
  const { scheme, calibration, overrides } = settings;
  const io = quantizesActivations(scheme) ? settings.io : 'float32';
  return withOverrides(stockRecipe(scheme, { calibration, io }), overrides);
}

/** Equal keys: the same settings, in so far as the scheme uses them. */
export function settingsKey(settings: RecipeSettings): string {
  const { scheme, calibration, io, seed, overrides } = settings;
  const used = quantizesActivations(scheme) ? { calibration, io } : {};
  const sorted = Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([scheme, used, seed, sorted]);
}

export function schemeLabel(scheme: string): string {
  return schemes.find(({ id }) => id === scheme)?.label ?? scheme;
}

export function calibrationLabel(calibration: Calibration): string {
  switch (calibration.method) {
    case 'minmax':
      return 'Min-max';
    case 'moving-average':
      return `Moving average ${calibration.decay}`;
    case 'percentile':
      return `Percentile ${calibration.percentile}`;
    default:
      return calibration satisfies never;
  }
}
