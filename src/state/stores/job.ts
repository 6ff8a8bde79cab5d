/** The jobs under way, what went wrong, and what a reload broke off. */
import { createStore } from 'zustand/vanilla';
import type { Stalled } from '../../jobs/stall';
import type { JobName, Lane, Progress } from '../../jobs/types';
import type { Recipe } from '../../quant/types';

export interface RunningJob {
  readonly id: number;
  readonly title: string;
  /** Jobs of one lane run after each other, lanes beside each other. */
  readonly lane: Lane;
  /** Nothing was heard of it yet: it waits for its lane, or is starting. */
  readonly waiting: boolean;
  readonly progress: Progress;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** No sign of life for long: the user is asked whether to wait or to end it. */
  readonly stalled?: Stalled;
  /** `stop` ends it early with what it has; every job can be cancelled. */
  readonly stoppable: boolean;
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

/** What was being made, or waited for it, when the page was left. */
export interface Interrupted {
  readonly modelKey: string;
  /** Recipes that were to become runs. */
  readonly recipes: readonly Recipe[];
  /** Other long jobs. */
  readonly others?: readonly OtherWork[];
}
/** A long job that makes no run of a recipe. */
export interface OtherWork {
  readonly job: JobName;
  /** Run id that it measures; absent: the open model. */
  readonly run?: string;
}

export interface JobState {
  /** Oldest first. */
  readonly running: readonly RunningJob[];
  readonly notices: readonly Notice[];
  /** The session of the last visit is being read. */
  readonly restoring: boolean;
  /** What is being made now: stored, so that a reload can offer it again. */
  readonly work?: Interrupted;
  /** Found when the session was restored: offered again by `resume`, put away by `dismissInterrupted`. */
  readonly interrupted?: Interrupted;
}

export const createJobStore = () =>
  createStore<JobState>()(() => ({ running: [], notices: [], restoring: false }));

/** Below this share of the work an estimate is noise. */
const estimateFrom = 0.04;

/** Milliseconds left, from the mean pace so far; undefined while it is too early to say. */
export function timeLeft(
  job: Pick<RunningJob, 'progress' | 'startedAt' | 'updatedAt'>,
): number | undefined {
  const { fraction } = job.progress;
  if (fraction < estimateFrom || fraction >= 1) return undefined;
  return ((job.updatedAt - job.startedAt) * (1 - fraction)) / fraction;
}
