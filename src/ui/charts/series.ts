import type { RunEntry } from '../../state/runs';
import type { Metric } from '../metrics';
import { runLabel } from '../runLabel';

export interface Series {
  readonly key: string;
  readonly label: string;
  readonly color: string;
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

const palette = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)', 'var(--series-4)'];

/** The selected run, the pinned runs of the same model, and float where the figure has it. */
export function chartSeries(
  metric: Metric,
  entry: RunEntry,
  entries: readonly RunEntry[],
): ChartData {
  const others = entries.filter(
    ({ pinned, modelKey, run }) => pinned && modelKey === entry.modelKey && run.id !== entry.run.id,
  );
  const shown = [entry, ...others].slice(0, palette.length);
  const float = metric.float;
  const byRun = shown.map(({ run }) => new Map(run.layers.map((layer) => [layer.id, layer])));
  const points = entry.run.layers.map((layer, index) => {
    const values: Record<string, number | undefined> = {};
    if (float) values['float'] = float(layer);
    shown.forEach(({ run }, at) => {
      const row = byRun[at]?.get(layer.id);
      values[run.id] = row && metric.value(row);
    });
    return { id: layer.id, index, name: layer.layer, values };
  });
  const runs = shown.map((one, at) => ({
    key: one.run.id,
    label: runLabel(one),
    color: palette[at]!,
  }));
  return {
    series: float ? [{ key: 'float', label: 'float32', color: 'var(--float)' }, ...runs] : runs,
    points,
  };
}

/** The same picture: nothing to draw anew. */
export function sameData(a: ChartData, b: ChartData): boolean {
  const keys = a.series.map(({ key }) => key);
  return (
    a.series.length === b.series.length &&
    a.points.length === b.points.length &&
    a.series.every(
      ({ key, label }, at) => key === b.series[at]!.key && label === b.series[at]!.label,
    ) &&
    a.points.every(
      (point, at) =>
        point.id === b.points[at]!.id &&
        keys.every((key) => Object.is(point.values[key], b.points[at]!.values[key])),
    )
  );
}
