import { Button, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { figureById, figuresOf, type LayerFigure } from '../../analysis/figures';
import type { RunEntry } from '../../state/stores/runs';
import { LayerBars } from '../charts/LayerBars';
import { LayerFigures } from '../charts/LayerFigures';
import { usePositions } from '../compare/usePositions';
import { chartSeries } from '../figures/series';
import { SampleMarks } from '../parts/Marks';
import { runLabel } from '../runLabel';
import { useEntry, useRuns, useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import textStyles from '../styles/text.module.css';

/** One figure of every layer as bars: the selected run, with the pinned ones of its model beside it. */
export function ChartCard() {
  const studio = useStudio();
  const entry = useEntry();
  const { entries } = useRuns();
  const { chart } = useView();
  const positions = usePositions();
  const [asTable, setAsTable] = useState(false);
  const [names, setNames] = useState(false);
  const figure = figureById(chart, entry?.run);
  const data = useMemo(
    () =>
      entry &&
      chartSeries(figure, [entry, ...pinnedBeside(entry, entries)].map(labelled(positions))),
    [figure, entry, entries, positions],
  );
  if (!entry || !data) return null;
  return (
    <section className={cardStyles.card} aria-label="Charts per layer">
      <div className={cardStyles.cardHead}>
        <h2>Per layer</h2>
        <SegmentedControl
          size="xs"
          className={cardStyles.picker}
          aria-label="Figure of the chart"
          data={figuresOf(entry.run)
            .filter((one) => one.chart)
            .map(({ id, label }) => ({ value: id, label }))}
          value={figure.id}
          onChange={(id) => studio.view.setState({ chart: id })}
        />
        {figure.fromSamples && <SampleMarks samples={entry.run.made.samples} />}
        <span className={textStyles.spacer} />
        <span className={cardStyles.tools}>
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
        </span>
      </div>
      {asTable ? (
        <LayerFigures figure={figure} data={data} />
      ) : (
        <LayerBars figure={figure} data={data} names={names} missing={missing(figure, entry)} />
      )}
    </section>
  );
}

const labelled = (positions: ReadonlyMap<string, number>) => (entry: RunEntry) => {
  const position = positions.get(entry.run.id);
  const named = { run: entry.run, label: runLabel(entry) };
  return position === undefined ? named : { ...named, position };
};

function pinnedBeside(entry: RunEntry, entries: readonly RunEntry[]): readonly RunEntry[] {
  const { key } = entry.run.made.subject;
  return entries.filter(
    ({ pinned, run }) => pinned && run.made.subject.key === key && run.id !== entry.run.id,
  );
}

/** What a chart without (all) its bars waits for. */
function missing({ waitsFor }: LayerFigure, { run, state }: RunEntry): string | undefined {
  if (waitsFor === undefined) return undefined;
  if (!run.made.recipe && waitsFor !== 'latency')
    return 'This run is the model as it is: nothing was quantized that could differ from float.';
  if (!run.pending.includes(waitsFor)) return undefined;
  return state === 'growing'
    ? 'Still being measured: bars appear as figures come in.'
    : 'The run was stopped before this was measured for every layer.';
}
