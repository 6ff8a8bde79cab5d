/** The training under way, and one that was broken off and can be taken up again. */
import { createStore } from 'zustand/vanilla';
import type { TrainingCheckpoint, TrainingStatus } from '../../jobs/train/types';
import type { Recipe } from '../../quant/types';
import type { TrainingPoint } from '../../run/types';

export interface LiveTraining {
  /** Of the running job. */
  readonly job: number;
  readonly name: string;
  readonly status: TrainingStatus;
  /** Loss of all steps so far, thinned. */
  readonly points: readonly TrainingPoint[];
  readonly paused: boolean;
  /** Asked to stop: what it has is being measured. */
  readonly stopping: boolean;
  /** Step of the last checkpoint that is kept. */
  readonly kept?: number;
}

/** What a training that was broken off goes on with. */
export interface BrokenOff {
  /** Of everything that decides the training. */
  readonly key: string;
  readonly modelKey: string;
  readonly samplesKey: string;
  readonly recipe: Recipe;
  /** Id of the run that it started from. */
  readonly from?: string;
  readonly step: number;
  readonly steps: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent: the page was left. */
  readonly ended?: 'cancelled' | 'failed';
}
export interface KeptCheckpoint extends BrokenOff {
  readonly checkpoint: TrainingCheckpoint;
}

/** Settings of the next training, as far as the user has named them. */
export interface TrainingSettings {
  readonly epochs?: number;
  /** Training samples at most. */
  readonly samples?: number;
  readonly batch?: number;
  /** Samples of one pass. */
  readonly microBatch?: number;
  /** NaN: what was typed is no rate. */
  readonly learningRate?: number;
  readonly loss?: 'distill' | 'labels' | 'mse';
  readonly optimizer?: 'relative' | 'adam';
  readonly ranges?: 'learned' | 'fixed';
  /** Images may be moved a little, and mirrored. */
  readonly augment: boolean;
  readonly mirror: boolean;
  /** Names of layers whose weights stay. */
  readonly frozen: readonly string[];
  readonly control: boolean;
  readonly seed: number;
  /** Start from the selected run rather than from the model. */
  readonly fromSelected: boolean;
}

/** A rate as it was typed: "0.001", "1e-4", "0,001". undefined: none was; NaN: it is no rate. */
export function rateOf(text: string): number | undefined {
  const typed = text.trim().replace(',', '.');
  if (typed === '') return undefined;
  const rate = Number(typed);
  return rate > 0 && rate <= largestRate ? rate : NaN;
}
/** Weights are of the order of one; no optimizer takes steps as large as this. */
const largestRate = 100;

/** Why a training can't be started with this rate. */
export const rateProblem = (rate: number | undefined): string | undefined =>
  rate !== undefined && Number.isNaN(rate)
    ? `The learning rate must be a number above 0 and at most ${largestRate}, such as 0.001 or 1e-4.`
    : undefined;

export interface TrainingState {
  readonly live?: LiveTraining;
  readonly brokenOff?: BrokenOff;
  readonly settings: TrainingSettings;
}

export const createTrainingStore = () =>
  createStore<TrainingState>()(() => ({
    settings: {
      ...{ augment: true, mirror: false, frozen: [], control: false, seed: 1, fromSelected: false },
    },
  }));
