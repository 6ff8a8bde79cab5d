import { createStore } from 'zustand/vanilla';
import { split } from '../data/split';
import type { Dataset, Preprocessing } from '../data/types';
import type { Samples } from '../jobs/types';

/** What is loaded as samples, and how it becomes input tensors. */
export interface DataState {
  /** Identifies the samples' bytes. */
  readonly key?: string;
  readonly dataset?: Dataset;
  readonly preprocessing?: Preprocessing;
  readonly calibration: number;
  readonly evaluation: number;
  readonly seed: number;
  /** The dataset's files: read again when a model of another input shape is opened. */
  readonly files: readonly File[];
}

/** Enough for stable min-max ranges (TFLite's guide asks for 100 to 500). */
const calibrationDefault = 200;
/** A step of 0.2 points of accuracy. */
const evaluationDefault = 500;
export const syntheticCount = 128;

export const createDataStore = () =>
  createStore<DataState>()(() => ({
    calibration: calibrationDefault,
    evaluation: evaluationDefault,
    seed: 1,
    files: [],
  }));

/** Default counts of a set: a fifth for calibration, the rest for evaluation, both capped. */
export function defaultCounts(count: number): { calibration: number; evaluation: number } {
  const calibration = Math.max(1, Math.min(calibrationDefault, Math.floor(count / 5)));
  return { calibration, evaluation: Math.max(1, Math.min(evaluationDefault, count - calibration)) };
}

/** @throws IntactError `bad-data` when the set is too small to be split. */
export function samplesOf(state: DataState): Samples | undefined {
  const { dataset, preprocessing, calibration, evaluation, seed } = state;
  if (!dataset || !preprocessing) return undefined;
  return {
    dataset,
    preprocessing,
    split: split(dataset, { calibration, evaluation, seed }),
  };
}

/** Equal keys: the same samples, preprocessed and split the same way. */
export function samplesKey(state: DataState): string | undefined {
  if (!state.key || !state.preprocessing) return undefined;
  const { preprocessing, calibration, evaluation, seed } = state;
  return `${state.key} ${JSON.stringify(preprocessing)} ${calibration}+${evaluation} seed ${seed}`;
}
