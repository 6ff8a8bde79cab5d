/** What a chart per layer draws: the figure of the selected run, of the pinned ones, and of float. */
import { rowsOf, type LayerFigure } from '../../analysis/figures';
import type { Run } from '../../run/types';
import { floatColour, runColours } from './colour';

export interface Series {
  readonly key: string;
  readonly label: string;
  readonly color: string;
  /** Place in the comparison, which decides colour and shape; absent: not compared. */
  readonly position?: number;
}
export interface ChartPoint {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  /** By series key; an exact layer has an infinite SQNR. */
  readonly values: Readonly<Record<string, number | undefined>>;
}
export interface ChartData {
  readonly series: readonly Series[];
  readonly points: readonly ChartPoint[];
}
export interface ChartRun {
  readonly label: string;
  readonly run: Run;
  readonly position?: number;
}

/** `runs`: the selected one first; its layers are the points. A layer that another run lacks has no value there. */
export function chartSeries(figure: LayerFigure, runs: readonly ChartRun[]): ChartData {
  if (figure.several) return ownSeries(figure.several, runs[0]);
  const shown = runs.slice(0, runColours.length);
  const rows = shown.map(({ run }) => new Map(rowsOf(run).map((row) => [row.id, row])));
  const points = [...(rows[0]?.values() ?? [])].map((layer, index) => {
    const values: Record<string, number | undefined> = {};
    if (figure.float) values['float'] = figure.float(layer);
    shown.forEach(({ run }, at) => {
      const row = rows[at]!.get(layer.id);
      values[run.id] = row && figure.value(row);
    });
    return { id: layer.id, index, name: layer.layer, values };
  });
  // A compared run keeps its colour; the others take what is left.
  const free = runColours.filter((_, at) => shown.every(({ position }) => position !== at));
  const own = shown.map(({ run, label, position }) =>
    position === undefined
      ? { key: run.id, label, color: free.shift()! }
      : { key: run.id, label, color: runColours[position]!, position },
  );
  return {
    series: figure.float ? [{ key: 'float', label: 'float32', color: floatColour }, ...own] : own,
    points,
  };
}

/** The selected run alone, whose figure has a series each. Colours come again where there are more. */
function ownSeries(
  { labels, values }: NonNullable<LayerFigure['several']>,
  selected: ChartRun | undefined,
): ChartData {
  const series = labels.map((label, at): Series => ({
    ...{ key: `${at} ${label}`, label },
    color: runColours[at % runColours.length]!,
  }));
  const rows = selected ? rowsOf(selected.run) : [];
  return {
    series,
    points: rows.map((row, index) => ({
      ...{ id: row.id, index, name: row.layer },
      values: Object.fromEntries(series.map(({ key }, at) => [key, values(row)[at]])),
    })),
  };
}

/** The same picture: nothing to draw anew. */
export function sameData(a: ChartData, b: ChartData): boolean {
  const keys = a.series.map(({ key }) => key);
  return (
    a.series.length === b.series.length &&
    a.points.length === b.points.length &&
    a.series.every(
      ({ key, label, color }, at) =>
        key === b.series[at]!.key && label === b.series[at]!.label && color === b.series[at]!.color,
    ) &&
    a.points.every(
      (point, at) =>
        point.id === b.points[at]!.id &&
        keys.every((key) => Object.is(point.values[key], b.points[at]!.values[key])),
    )
  );
}
