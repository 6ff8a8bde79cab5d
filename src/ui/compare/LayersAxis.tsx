import type { LayerChart } from '../../report/charts/layers';
import { useStudio } from '../studio';
import styles from './compare.module.css';
import { gapOf, type RowLayout } from './rowLayout';

interface LayersAxisProps {
  main: LayerChart;
  minis: readonly LayerChart[];
  layout: RowLayout;
}

/** Numbers above the marks; each small multiple's head shows it in full. */
export function LayersAxis({ main, minis, layout }: LayersAxisProps) {
  const studio = useStudio();
  const { narrow, name, strip, mini, worst } = layout;
  const gap = gapOf(narrow);
  const ticks = narrow ? main.ticks.filter((_, at) => at % 2 === 0) : main.ticks;
  return (
    <div
      className={styles.axis}
      data-narrow={narrow || undefined}
      style={{ gap, paddingLeft: narrow ? 0 : name + gap }}
    >
      <svg width={strip} height={26} aria-hidden="true">
        {ticks.map(({ at, label }) => (
          <text
            key={at}
            x={6 + at * (strip - 12)}
            y={20}
            textAnchor={at < 0.1 ? 'start' : at > 0.9 ? 'end' : 'middle'}
            className={styles.tick}
          >
            {label}
          </text>
        ))}
      </svg>
      {minis.map(({ figure }) => (
        <button
          key={figure.id}
          type="button"
          className={styles.miniHead}
          style={{ width: mini }}
          title={figure.definition}
          aria-label={`Show ${figure.label} in full`}
          onClick={() => studio.view.setState({ chart: figure.id })}
        >
          <span>{figure.label}</span>
        </button>
      ))}
      {!narrow && (
        <span className={styles.worstHead} style={{ width: worst }}>
          worst
        </span>
      )}
    </div>
  );
}
