import { createStore } from 'zustand/vanilla';
import type { Progress } from '../jobs/types';

export interface RunningJob {
  readonly title: string;
  readonly progress: Progress;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly updatedAt: number;
}

/** Something that went wrong, to be read and dismissed. */
export interface Notice {
  readonly id: number;
  readonly severity: 'error' | 'info';
  readonly title: string;
  readonly message: string;
  /** Every case, where the error has a list. */
  readonly list: readonly string[];
}

export interface JobState {
  readonly running?: RunningJob;
  readonly notices: readonly Notice[];
  /** The session of the last visit is being read. */
  readonly restoring: boolean;
}

export const createJobStore = () =>
  createStore<JobState>()(() => ({ notices: [], restoring: false }));

/** Below this share of the work an estimate is noise. */
const estimateFrom = 0.04;

/** Milliseconds left, from the mean pace so far; undefined while it is too early to say. */
export function timeLeft(job: RunningJob): number | undefined {
  const { fraction } = job.progress;
  if (fraction < estimateFrom || fraction >= 1) return undefined;
  return ((job.updatedAt - job.startedAt) * (1 - fraction)) / fraction;
}
