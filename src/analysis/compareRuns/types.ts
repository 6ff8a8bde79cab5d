/**
 * What a comparison reads of a run, and what it is. Runs of the page fit as they are, and so do runs that
 * are read back from reports: neither graphs nor histograms are needed.
 */
import type { SampleFigures, Made, Run, LayerRow } from '../../run/types';
import type { FigureRow } from '../figures';

export type ComparedMade = Pick<
  Made,
  'createdAt' | 'subject' | 'recipe' | 'from' | 'log' | 'repaired' | 'layers' | 'samples' | 'engine'
>;

export interface Comparable {
  readonly id: string;
  readonly made: ComparedMade;
  readonly figures: Run['figures'];
  readonly pending: Run['pending'];
}

export type RunState = 'growing' | 'finished' | 'stopped';

/** A run as it is given to `compareRuns`. */
export interface Contestant {
  readonly run: Comparable;
  /** What it is called everywhere else. */
  readonly label: string;
  readonly state: RunState;
}

/** One run of the comparison, or several that differ in a seed alone. */
export interface ComparedRun {
  /** Id of the first. */
  readonly id: string;
  /** Unlike every other label of the comparison. */
  readonly label: string;
  readonly state: RunState;
  /** In the order given; figures are their mean. */
  readonly runs: readonly Comparable[];
  /** Seeds of the folded runs; empty for one run. */
  readonly seeds: readonly number[];
}

export type Row = LayerRow & FigureRow;

/** One layer across the runs. */
export interface ComparedLayer {
  /** Its name in the first run that has it: the key in every view. */
  readonly id: string;
  readonly layer: string;
  readonly type: string;
  readonly op: string;
  /** By position of the compared run, then of the folded ones; undefined: that run has no such layer. */
  readonly rows: readonly (readonly (Row | undefined)[])[];
  /** Every run has it. */
  readonly matched: boolean;
}

export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** Position of the run that differences are against. */
  readonly baseline: number;
  /** In execution order of the baseline; what only others have stands where they run it. */
  readonly layers: readonly ComparedLayer[];
}

/** A number of a run: the mean of its seeds, with their spread. */
export interface Measure {
  readonly value: number;
  /** Sample standard deviation over the seeds; absent for one run, or where one of them isn't finite. */
  readonly spread?: number;
  readonly low?: number;
  readonly high?: number;
}

export type { SampleFigures };
