import { Button, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { across, comparedFigures, worstFirst, type Comparison } from '../../analysis/compareRuns';
import { layerChart, layerChartSvg } from '../../report/charts/layers';
import { useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { ByLayer } from './ByLayer';
import { LayerRow, nameWidth, worstWidth } from './LayerRow';
import styles from './compare.module.css';
import { RunMark } from './RunMark';
import { SaveChart } from './SaveChart';

const rowHeight = 26;
/** Narrower than this there is room for one figure alone. */
const roomForMinis = 620;
const miniWidth = 56;

type Order = 'execution' | 'worst';

/** Every layer of the compared runs on one axis, in execution order or worst difference first. */
export function LayersChart({ comparison }: { comparison: Comparison }) {
  const studio = useStudio();
  const { chart: wanted, layer: selected } = useView();
  const [order, setOrder] = useState<Order>('execution');
  const [asTable, setAsTable] = useState(false);
  const figures = comparedFigures(comparison).filter(
    ({ id }) => across(comparison, id).range !== undefined,
  );
  const id = figures.some((figure) => figure.id === wanted) ? wanted : (figures[0]?.id ?? wanted);
  const main = layerChart(comparison, id);
  const shown = useMemo(() => {
    const { lines } = across(comparison, id);
    return (order === 'worst' ? worstFirst(lines) : lines).map(({ index }) => index);
  }, [comparison, id, order]);
  const { ref, width } = useElementSize();
  const scroll = useRef<HTMLDivElement>(null);
  const minis = width >= roomForMinis ? figures.filter((figure) => figure.id !== id) : [];
  const charts = minis.map((figure) => layerChart(comparison, figure.id));
  const strip = Math.max(90, width - nameWidth - worstWidth - charts.length * (miniWidth + 8) - 20);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing memoized gets its functions
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 4,
  });
  const jump = () => {
    if (main.parting === undefined) return;
    const at = shown.indexOf(main.parting);
    rows.scrollToIndex(at, { align: 'center' });
    studio.view.setState({ layer: main.rows[main.parting]!.id });
  };
  const select = (layer: string) => studio.view.setState({ layer });
  const { figure } = main;
  return (
    <section className={cardStyles.card} aria-label="Compared layers">
      <div className={cardStyles.cardHead}>
        <h2>Layers on one axis</h2>
        <SegmentedControl
          size="xs"
          className={cardStyles.picker}
          aria-label="Figure of the comparison"
          data={figures.map((one) => ({ value: one.id, label: one.label }))}
          value={id}
          onChange={(chart) => studio.view.setState({ chart })}
        />
        <span className={textStyles.spacer} />
        <Button
          size="compact-xs"
          variant="subtle"
          aria-pressed={order === 'worst'}
          onClick={() => setOrder(order === 'worst' ? 'execution' : 'worst')}
        >
          Worst differences first
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={main.parting === undefined || asTable}
          onClick={jump}
        >
          First layer where the runs part
        </Button>
        <Button
          size="compact-xs"
          variant="subtle"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? 'Comparison as chart' : 'Comparison as table'}
        </Button>
        <SaveChart name={`Comparison ${figure.label}`} svg={() => layerChartSvg(main)} />
      </div>
      <div ref={ref} className={styles.chart}>
        <Legend comparison={comparison} definition={figure.definition} />
        {asTable ? (
          <ByLayer comparison={comparison} figure={id} order={shown} />
        ) : (
          <>
            <div className={styles.axis} style={{ paddingLeft: nameWidth }}>
              <svg width={strip} height={26} aria-hidden="true">
                {main.ticks.map(({ at, label }) => (
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
              {minis.map((one) => (
                <button
                  key={one.id}
                  type="button"
                  className={styles.miniHead}
                  style={{ width: miniWidth }}
                  title={one.definition}
                  aria-label={`Show ${one.label} in full`}
                  onClick={() => studio.view.setState({ chart: one.id })}
                >
                  {one.label}
                </button>
              ))}
              <span className={styles.worstHead}>worst</span>
            </div>
            <div
              ref={scroll}
              className={styles.rows}
              tabIndex={0}
              role="group"
              aria-label={`${figure.label} of ${shown.length} layers in ${comparison.runs.length} runs`}
            >
              <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
                {rows.getVirtualItems().map((item) => {
                  const index = shown[item.index]!;
                  return (
                    <LayerRow
                      key={index}
                      top={item.start}
                      height={rowHeight}
                      chart={main}
                      minis={charts}
                      index={index}
                      strip={strip}
                      mini={miniWidth}
                      selected={main.rows[index]!.id === selected}
                      onSelect={select}
                    />
                  );
                })}
              </div>
            </div>
          </>
        )}
      </div>
    </section>
  );
}

function Legend({ comparison, definition }: { comparison: Comparison; definition: string }) {
  return (
    <p className={styles.legend}>
      {comparison.runs.map(({ id, label }, at) => (
        <span key={id}>
          <RunMark position={at} /> {label}
          {at === comparison.baseline && ' (baseline)'}
        </span>
      ))}
      <span className={textStyles.muted}>{definition}</span>
    </p>
  );
}
