/** What a training says while it runs, and what it can be taken up from. Plain data. */
import type { TrainedEpoch, TrainingPoint } from '../../run/types';
import type { Checkpoint } from '../../train';

/** How a training stands. */
export interface TrainingStatus {
  readonly kind: 'training';
  /** Of the optimizer, done and in all. */
  readonly step: number;
  readonly steps: number;
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Of the last step; undefined before the first. */
  readonly loss?: number;
  /** Loss of the steps since the last status. */
  readonly points: readonly TrainingPoint[];
  /** All so far, the start included. */
  readonly log: readonly TrainedEpoch[];
  /** Undefined while too little was done to tell. Pauses don't count. */
  readonly samplesPerSecond?: number;
  readonly msLeft?: number;
  readonly backend: string;
  readonly workers: number;
  readonly workersWhy: string;
  readonly control: boolean;
  /** What is not carried out as asked, in sentences. */
  readonly notes: readonly string[];
}

/** Where a training can be taken up again, with the same request. */
export interface TrainingCheckpoint {
  readonly kind: 'checkpoint';
  /** Which of the recipe's steps. */
  readonly position: number;
  readonly state: Checkpoint;
  /** Its epoch's score is the best so far. */
  readonly best: boolean;
  /** Loss of the steps so far, thinned. */
  readonly points: readonly TrainingPoint[];
  readonly step: number;
  readonly steps: number;
}

export type TrainingUpdate = TrainingStatus | TrainingCheckpoint;
