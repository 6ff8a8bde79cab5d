import { memo } from 'react';
import { valueText } from '../../analysis/compareRuns';
import type { LayerChart } from '../../report/charts/layers';
import { shapeOf, shapePath } from '../../report/charts/marks';
import { shortName } from '../names';
import styles from './compare.module.css';
import type { RowLayout } from './rowLayout';
import { runColour } from './RunMark';

interface LayerRowProps {
  chart: LayerChart;
  /** The other figures, as small multiples. */
  minis: readonly LayerChart[];
  index: number;
  top: number;
  layout: RowLayout;
  selected: boolean;
  onSelect: (layer: string) => void;
}

/** One layer: its name, each run's mark on the axis, the same for the other figures, the worst difference. */
export const LayerRow = memo(
  function LayerRow({ chart, minis, index, top, layout, selected, onSelect }: LayerRowProps) {
    const row = chart.rows[index]!;
    const absent = row.absent.length > 0 ? `not in ${row.absent.join(', ')}` : '';
    return (
      <div
        className={styles.row}
        data-layer={row.id}
        data-narrow={layout.narrow || undefined}
        data-selected={selected || undefined}
        data-parts={index === chart.parting || undefined}
        style={{ transform: `translateY(${top}px)`, height: layout.height }}
        onClick={() => onSelect(row.id)}
      >
        <button
          type="button"
          className={styles.name}
          style={layout.narrow ? undefined : { width: layout.name }}
          title={absent ? `${row.name}: ${absent}` : row.name}
          aria-pressed={selected}
        >
          <span className={styles.number}>{index + 1}</span> {shortName(row.name, layout.letters)}
          {absent && <span className={styles.absent}> {absent}</span>}
        </button>
        <span className={styles.strips}>
          <Strip
            chart={chart}
            index={index}
            width={layout.strip}
            height={layout.stripHeight}
            large
          />
          {minis.map((one) => (
            <Strip
              key={one.figure.id}
              chart={one}
              index={index}
              width={layout.mini}
              height={layout.stripHeight}
            />
          ))}
        </span>
        <span className={styles.worst} style={{ width: layout.worst }}>
          {row.worst}
        </span>
      </div>
    );
  },
  (a, b) =>
    a.chart === b.chart &&
    a.index === b.index &&
    a.top === b.top &&
    a.layout === b.layout &&
    a.selected === b.selected &&
    a.onSelect === b.onSelect &&
    a.minis.length === b.minis.length &&
    a.minis.every((one, at) => one === b.minis[at]),
);

interface StripProps {
  chart: LayerChart;
  index: number;
  width: number;
  height: number;
  large?: boolean;
}

const inset = 6;

function Strip({ chart, index, width, height, large = false }: StripProps) {
  const { marks } = chart.rows[index]!;
  const y = height / 2;
  const x = (at: number) => inset + at * (width - 2 * inset);
  const ats = marks.map(({ at }) => at);
  const said = marks
    .map(({ run, value }) => `${chart.runs[run]!}: ${valueText(chart.figure, value)}`)
    .join('\n');
  return (
    <svg width={width} height={height} className={styles.strip} aria-hidden="true">
      <title>{`${chart.figure.label}\n${said}`}</title>
      <rect width={width} height={height} fill="transparent" />
      {large &&
        chart.ticks.map(({ at }) => (
          <path key={at} d={`M${x(at)} 0V${height}`} className={styles.grid} />
        ))}
      <path
        d={ats.length > 0 ? `M${x(Math.min(...ats))} ${y}H${x(Math.max(...ats))}` : ''}
        className={styles.span}
      />
      {marks.map(({ run, at }) => (
        <path
          key={run}
          d={shapePath(shapeOf(run), x(at), y, large ? 5 : 3.2)}
          fill={runColour(run)}
          className={styles.point}
        />
      ))}
    </svg>
  );
}
