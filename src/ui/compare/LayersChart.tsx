import { Button, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { across, comparedFigures, worstFirst, type Comparison } from '../../analysis/compareRuns';
import { layerChart, layerChartSvg } from '../../report/charts/layers';
import { useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';
import { ByLayer } from './ByLayer';
import { LayerRow } from './LayerRow';
import { LayersAxis } from './LayersAxis';
import { Legend } from './Legend';
import { Readout } from './Readout';
import styles from './compare.module.css';
import { rowLayout } from './rowLayout';
import { SaveChart } from './SaveChart';

type Order = 'execution' | 'worst';

/** Every layer of the compared runs on one axis, in execution order or worst difference first. */
export function LayersChart({ comparison }: { comparison: Comparison }) {
  const studio = useStudio();
  const { chart: wanted, layer: selected } = useView();
  const [order, setOrder] = useState<Order>('execution');
  const [asTable, setAsTable] = useState(false);
  const { ref, width } = useElementSize();
  const scroll = useRef<HTMLDivElement>(null);
  const { figures, id, main, minis, longest } = useMemo(
    () => chartsOf(comparison, wanted),
    [comparison, wanted],
  );
  const shown = useMemo(() => {
    const { lines } = across(comparison, id);
    return (order === 'worst' ? worstFirst(lines) : lines).map(({ index }) => index);
  }, [comparison, id, order]);
  const layout = useMemo(
    () => rowLayout(width, longest, minis.length),
    [width, longest, minis.length],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing memoized gets its functions
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => layout.height,
    overscan: 4,
  });
  // Rows have another height where there is little room.
  useEffect(() => rows.measure(), [rows, layout.height]);
  const select = useCallback((layer: string) => studio.view.setState({ layer }), [studio]);
  const goTo = (place: number, align: 'center' | 'auto') => {
    rows.scrollToIndex(place, { align });
    select(main.rows[shown[place]!]!.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown.findIndex((index) => main.rows[index]!.id === selected);
    const last = shown.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(last, at + 1),
      ArrowUp: Math.max(0, at - 1),
      Home: 0,
      End: last,
    };
    const place = places[event.key];
    if (place === undefined) return;
    event.preventDefault();
    goTo(place, 'auto');
  };
  const { figure, parting } = main;
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
          disabled={parting === undefined || asTable}
          onClick={() => parting !== undefined && goTo(shown.indexOf(parting), 'center')}
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
        <Legend comparison={comparison} figure={figure} />
        {asTable ? (
          <ByLayer comparison={comparison} figure={id} order={shown} />
        ) : (
          <>
            <LayersAxis main={main} minis={minis} layout={layout} />
            <div
              ref={scroll}
              className={styles.rows}
              tabIndex={0}
              role="group"
              aria-label={`${figure.label} of ${shown.length} layers in ${comparison.runs.length} runs`}
              onKeyDown={onKeyDown}
            >
              <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
                {(width > 0 ? rows.getVirtualItems() : []).map((item) => {
                  const index = shown[item.index]!;
                  return (
                    <LayerRow
                      key={index}
                      top={item.index * layout.height}
                      layout={layout}
                      chart={main}
                      minis={minis}
                      index={index}
                      selected={main.rows[index]!.id === selected}
                      onSelect={select}
                    />
                  );
                })}
              </div>
            </div>
            <Readout chart={main} layer={selected} />
          </>
        )}
      </div>
    </section>
  );
}

/** The figure in full, the others as small multiples, in the figures' order. */
function chartsOf(comparison: Comparison, wanted: string) {
  const figures = comparedFigures(comparison).filter(
    ({ id }) => across(comparison, id).range !== undefined,
  );
  const id = figures.some((figure) => figure.id === wanted) ? wanted : (figures[0]?.id ?? wanted);
  const main = layerChart(comparison, id);
  const minis = figures
    .filter((figure) => figure.id !== id)
    .map((figure) => layerChart(comparison, figure.id));
  const longest = Math.max(0, ...comparison.layers.map(({ layer }) => layer.length));
  return { figures, id, main, minis, longest };
}
