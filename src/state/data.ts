import { createStore } from 'zustand/vanilla';
import { split } from '../data/split';
import type { Dataset, Preprocessing } from '../data/types';
import type { ChosenPreprocessing, OpenedModel, Samples } from '../jobs/types';

/** What is loaded as samples, and how it becomes input tensors. */
export interface DataState {
  /** Identifies the samples' bytes. */
  readonly key?: string;
  readonly dataset?: Dataset;
  readonly preprocessing?: Preprocessing;
  /** The value ranges that were tried on labelled samples, and how often the model was right. */
  readonly tried?: ChosenPreprocessing['tried'];
  readonly triedOn?: number;
  readonly calibration: number;
  readonly evaluation: number;
  readonly seed: number;
  /** The dataset's files: read again when a model of another input shape is opened. */
  readonly files: readonly File[];
}

/** Enough for stable min-max ranges (TFLite's guide asks for 100 to 500). */
const calibrationDefault = 200;
/** Multiply-accumulates that one pass over the evaluation samples may cost by default: seconds. */
const evaluationMacs = 2e10;
const evaluationMost = 2000;
const evaluationLeast = 100;
export const syntheticCount = 128;

export const createDataStore = () =>
  createStore<DataState>()(() => ({
    calibration: calibrationDefault,
    evaluation: evaluationMost,
    seed: 1,
    files: [],
  }));

/** Default counts: a fifth (or the set's own training part) for calibration, evaluation by cost. */
export function defaultCounts(
  dataset: Dataset,
  model: OpenedModel,
): { calibration: number; evaluation: number } {
  const { count, evaluationFrom } = dataset;
  const calibration = Math.min(calibrationDefault, evaluationFrom ?? Math.floor(count / 5));
  const rest = count - (evaluationFrom ?? calibration);
  const affordable = Math.floor(evaluationMacs / Math.max(1, model.summary.macs));
  const most = Math.min(evaluationMost, Math.max(evaluationLeast, affordable));
  return { calibration: Math.max(1, calibration), evaluation: Math.max(1, Math.min(most, rest)) };
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
