import { Button, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { LayerBars } from '../charts/LayerBars';
import { LayerFigures } from '../charts/LayerFigures';
import { chartSeries } from '../charts/series';
import { metricById, metricsOf, type Metric } from '../metrics';
import type { RunEntry } from '../../state/runs';
import { SyntheticBadge } from '../parts/Badges';
import { useEntry, useRuns, useStudio, useView } from '../studio';
import styles from '../styles/app.module.css';

/** One figure of every layer as bars: the selected run, with the pinned ones beside it. */
export function ChartCard() {
  const studio = useStudio();
  const entry = useEntry();
  const { entries } = useRuns();
  const { chart } = useView();
  const [asTable, setAsTable] = useState(false);
  const [names, setNames] = useState(false);
  const metric = metricById(chart, entry?.run);
  const data = useMemo(
    () => entry && chartSeries(metric, entry, entries),
    [metric, entry, entries],
  );
  if (!entry || !data) return null;
  return (
    <section className={styles.card} aria-label="Charts per layer">
      <div className={styles.cardHead}>
        <h2>Per layer</h2>
        <SegmentedControl
          size="xs"
          aria-label="Figure of the chart"
          data={metricsOf(entry.run).map(({ id, label }) => ({ value: id, label }))}
          value={chart}
          onChange={(id) => studio.view.setState({ chart: id })}
        />
        {metric.fromSamples && entry.run.samples.synthetic && <SyntheticBadge />}
        <span className={styles.spacer} />
        {!asTable && (
          <Button
            size="compact-xs"
            variant="subtle"
            aria-pressed={names}
            onClick={() => setNames(!names)}
          >
            {names ? 'Fit to width' : 'Show names'}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="subtle"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'As chart' : 'As table'}
        </Button>
      </div>
      {asTable ? (
        <LayerFigures metric={metric} data={data} />
      ) : (
        <LayerBars metric={metric} data={data} names={names} missing={missing(metric, entry)} />
      )}
    </section>
  );
}

/** What a chart without (all) its bars waits for. */
function missing(metric: Metric, { run, state }: RunEntry): string | undefined {
  const waits = run.pending.includes(metric.id);
  if (!waits) return undefined;
  return state === 'growing'
    ? 'Still being measured: bars appear as figures come in.'
    : 'The run was stopped before this was measured for every layer.';
}
