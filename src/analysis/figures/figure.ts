/**
 * What a figure is: a number about one layer, or about a whole run, with everything that a view must
 * know to show it. Views hold only colour, format and layout.
 */
import type { PendingFigure } from '../../run/types';
import type { FigureRow } from './rows';

/** How a number is to be written; a view has one formatter each. */
export type Unit =
  | 'dB'
  | 'points'
  | '%'
  | 'bytes'
  | 'ms'
  | 'pJ'
  /** Whole numbers of things: operations, parameters. */
  | 'count'
  /** Float over quantized: 3.9 is "÷3.9". */
  | 'times'
  /** Of the output's grid. */
  | 'steps'
  /** Units of the target that the model predicts. */
  | 'target'
  /** A plain number. */
  | 'number';

/** As an axis or a sentence names it; empty: nothing to say. */
export const unitNames = {
  dB: 'dB',
  points: 'points',
  '%': '%',
  bytes: 'bytes',
  ms: 'ms',
  pJ: 'pJ',
  count: '',
  times: 'times',
  steps: 'steps of the output',
  target: 'units of the target',
  number: '',
} as const satisfies Record<Unit, string>;

/** Of the judged number: `good` needs no attention, from `mark` on it is marked, at `bad` it can't be worse. */
export interface Thresholds {
  readonly good: number;
  /** Default: halfway from good to bad. */
  readonly mark?: number;
  readonly bad: number;
  /** Where the numbers come from. */
  readonly source: string;
}

/** `S`: what the figure is of, a layer's row or a run. */
export interface Figure<S> {
  /** Key in storage, JSON and links: added to, never renamed. */
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  /** A sentence or two: what is measured, on what, in which unit. */
  readonly definition: string;
  readonly better: 'higher' | 'lower' | 'neither';
  readonly thresholds?: Thresholds;
  /** What the thresholds are held against, where that isn't the value itself. */
  readonly judged?: (subject: S) => number | undefined;
  /** undefined: not measured (yet), or it has no meaning here. */
  readonly value: (subject: S) => number | undefined;
  /** The float model's, where there is one to stand beside. */
  readonly float?: (subject: S) => number | undefined;
  /** Decimals that the samples carry, where a formatter can't know them. */
  readonly decimals?: number;
  /** Made from samples: what is assumed of them is to be said beside it. */
  readonly fromSamples: boolean;
  /** The measurement that brings it; absent: known when the run is made. */
  readonly waitsFor?: PendingFigure;
}

export interface LayerFigure extends Figure<FigureRow> {
  /** Order in files; in the table `model` comes last. */
  readonly group: 'model' | 'quality' | 'cost';
  /** Head of the column in CSV, with its unit. */
  readonly title: string;
  /** The same of `float`; required with it. */
  readonly floatTitle?: string;
  /** Head of the table's column, short. */
  readonly head: string;
  /** Float gets a column of its own under this head; without it both stand in one cell. */
  readonly floatHead?: string;
  /** `wide`: only where there is room, since the inspector says it too; `inspector`: there alone. */
  readonly table: 'always' | 'wide' | 'inspector';
  /** The model says it of itself, before any run; the table then shows it. */
  readonly beforeRuns: boolean;
  readonly chart: boolean;
  /** Offered as colour of the graph. */
  readonly overlay: boolean;
  /** A series each in the chart, in place of the runs' values. */
  readonly several?: {
    readonly labels: readonly string[];
    readonly values: (row: FigureRow) => readonly (number | undefined)[];
  };
}

const clamp = (x: number) => Math.min(1, Math.max(0, x));

/** The number that the thresholds are held against. */
export function judgedOf<S>(figure: Figure<S>, subject: S): number | undefined {
  return figure.judged ? figure.judged(subject) : figure.value(subject);
}

/**
 * 0 = fine … 1 = as bad as it gets, linear between the thresholds with one half at `mark`; undefined
 * without a value or thresholds. Not a number is as bad as it gets.
 */
export function badness<S>(figure: Figure<S>, subject: S): number | undefined {
  const value = judgedOf(figure, subject);
  if (value === undefined || !figure.thresholds) return undefined;
  const { good, bad, mark = (good + bad) / 2 } = figure.thresholds;
  if (Number.isNaN(value)) return 1;
  const sign = bad < good ? -1 : 1;
  return sign * value <= sign * mark
    ? clamp((0.5 * (value - good)) / (mark - good))
    : clamp(0.5 + (0.5 * (value - mark)) / (bad - mark));
}

/** Beyond `mark`: the figure is to be seen. */
export function isMarked<S>(figure: Figure<S>, subject: S): boolean {
  return (badness(figure, subject) ?? 0) > 0.5;
}
