/** One figure across runs and layers: each run's number, its difference to the baseline, where they part. */
import { figuresOf, type LayerFigure, type Thresholds } from '../figures';
import { differenceOf, measureOf, worsening } from './measure';
import type { ComparedLayer, Comparison, Measure } from './types';

export interface Cell {
  readonly measure?: Measure;
  /** To the baseline; undefined for the baseline itself. */
  readonly difference?: number;
  /** Above zero: worse than the baseline. */
  readonly worse?: number;
  /** The run has no such layer. */
  readonly absent: boolean;
}

export interface FigureLine {
  readonly layer: ComparedLayer;
  /** Place in the order of execution, from 0. */
  readonly index: number;
  /** By position of the compared run. */
  readonly cells: readonly Cell[];
  /**
   * Of all runs the most worsened against the baseline; where the baseline has no such figure (float
   * has no SQNR), how far the others are apart; undefined: none can be compared.
   */
  readonly worst?: number;
  /** The runs part here: not the same number any more. */
  readonly parts: boolean;
}

export interface FigureAcross {
  readonly figure: LayerFigure;
  /** In the order of execution. */
  readonly lines: readonly FigureLine[];
  /** Over all finite numbers, for a common axis; undefined: none. */
  readonly range?: readonly [number, number];
  /** Index of the first line where the runs part. */
  readonly parting?: number;
}

const known = new WeakMap<Comparison, Map<string, FigureAcross>>();

/** The figures that a comparison can show, in the baseline's terms. */
export function comparedFigures(comparison: Comparison): readonly LayerFigure[] {
  const { runs, baseline } = comparison;
  // A float run has no score change of its own: terms come from the first run that was quantized.
  const first =
    runs.find(({ runs: [run] }) => run!.made.recipe && run!.figures.whole.scores.length > 0) ??
    runs[baseline]!;
  return figuresOf(first.runs[0]).filter((figure) => figure.chart || figure.id === 'size');
}

/** Computed once for each comparison and figure: hovering and scrolling ask again. */
export function across(comparison: Comparison, id: string): FigureAcross {
  const all = known.get(comparison) ?? new Map<string, FigureAcross>();
  known.set(comparison, all);
  const had = all.get(id);
  if (had) return had;
  const made = compute(comparison, id);
  all.set(id, made);
  return made;
}

function compute(comparison: Comparison, id: string): FigureAcross {
  const figures = comparedFigures(comparison);
  const figure = figures.find((one) => one.id === id) ?? figures[0]!;
  const lines = comparison.layers.map((layer, index) => lineOf(comparison, figure, layer, index));
  let [low, high] = [Infinity, -Infinity];
  for (const { cells } of lines)
    for (const { measure } of cells)
      if (measure && Number.isFinite(measure.value)) {
        low = Math.min(low, measure.value);
        high = Math.max(high, measure.value);
      }
  const parting = lines.findIndex(({ parts }) => parts);
  return {
    figure,
    lines,
    ...(low <= high ? { range: [low, high] as const } : {}),
    ...(parting < 0 ? {} : { parting }),
  };
}

function lineOf(
  { runs, baseline }: Comparison,
  figure: LayerFigure,
  layer: ComparedLayer,
  index: number,
): FigureLine {
  const measures = layer.rows.map((rows) => measureOf(rows.map((row) => row && figure.value(row))));
  const from = measures[baseline]?.value;
  const cells = runs.map((_, at): Cell => {
    const measure = measures[at];
    const absent = layer.rows[at]!.every((row) => row === undefined);
    const difference = at === baseline ? undefined : differenceOf(from, measure?.value);
    const worse = worsening(figure.better, difference);
    return {
      absent,
      ...(measure ? { measure } : {}),
      ...(difference === undefined ? {} : { difference }),
      ...(worse === undefined ? {} : { worse }),
    };
  });
  const worses = cells.flatMap(({ worse }) => (worse === undefined ? [] : [worse]));
  const apart = from === undefined ? spreadOf(measures) : undefined;
  return {
    layer,
    index,
    cells,
    ...(worses.length > 0
      ? { worst: Math.max(...worses) }
      : apart === undefined
        ? {}
        : { worst: apart }),
    parts: part(
      figure,
      measures.flatMap((one) => (one ? [one.value] : [])),
    ),
  };
}

/** From the lowest to the highest of two or more. */
function spreadOf(measures: readonly (Measure | undefined)[]): number | undefined {
  const values = measures.flatMap((one) => (one && Number.isFinite(one.value) ? [one.value] : []));
  return values.length < 2 ? undefined : Math.max(...values) - Math.min(...values);
}

/** Twice the noise power. */
const partingDecibels = 3;
const partingPoints = 1;
/** Of the larger: sizes, times, energies and errors. */
const partingShare = 0.1;

/**
 * Whether these numbers are apart: SQNR by 3 dB (twice the noise) with one below what rounding alone
 * leaves, scores by a point, everything else by a tenth.
 */
export function part(
  { unit, thresholds }: { readonly unit: LayerFigure['unit']; readonly thresholds?: Thresholds },
  values: readonly number[],
): boolean {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length < 2) return false;
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (low === high) return false;
  switch (unit) {
    case 'dB':
      return high - low >= partingDecibels && low < (thresholds?.good ?? Infinity);
    case 'points':
    case '%':
      return high - low >= partingPoints;
    default:
      return high - low >= partingShare * Math.max(Math.abs(low), Math.abs(high));
  }
}

/** Worst against the baseline first; what can't be compared last; ties in the order of execution. */
export function worstFirst(lines: readonly FigureLine[]): readonly FigureLine[] {
  return [...lines].sort((a, b) => compareNumbers(b.worst, a.worst) || a.index - b.index);
}

function compareNumbers(a: number | undefined, b: number | undefined): number {
  const [x, y] = [a ?? -Infinity, b ?? -Infinity];
  return x === y ? Number(a === undefined ? -1 : 0) - Number(b === undefined ? -1 : 0) : x - y;
}
