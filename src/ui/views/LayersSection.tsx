import { Drawer, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { Suspense, useEffect, useMemo } from 'react';
import { modelRows, rowsOf } from '../../analysis/figures';
import type { LayersView } from '../../state/stores/view';
import { PartsNote } from '../diagnosis/PartsNote';
import { OverlayPicker } from '../graph/OverlayPicker';
import { RunBoundary } from '../boundary/Boundary';
import { lazily } from '../parts/lazily';
import { SampleMarks } from '../parts/Marks';
import { runLabel } from '../runLabel';
import { useEntry, useModel, useStudio, useView } from '../studio';
import cardStyles from '../styles/card.module.css';
import panelStyles from '../styles/panel.module.css';
import textStyles from '../styles/text.module.css';
import inspector from '../styles/inspector.module.css';
import { Inspector } from './Inspector';
import { LayersTable } from './LayersTable';
import { MoreSamples, SpareLayers } from './MoreSamples';

const loadGraph = () => import('../graph/GraphView');
const GraphView = lazily(loadGraph);

const views = [
  { value: 'table', label: 'Table' },
  { value: 'graph', label: 'Graph' },
];
/** Narrower than this, the inspector covers the page instead of squeezing the layers. */
const roomForInspector = 820;
/** As in styles/inspector.module.css. */
const inspectorWidth = 316;

export function LayersSection() {
  const studio = useStudio();
  const entry = useEntry();
  const { model } = useModel();
  const { layersView, layer } = useView();
  const { ref, width } = useElementSize();
  const rows = useMemo(
    () => (entry ? rowsOf(entry.run) : model ? modelRows(model.optimized) : []),
    [entry, model],
  );
  const selected = rows.find(({ id }) => id === layer);
  const graph = entry?.run.made.graph ?? model?.optimized;
  // Fetched ahead of need, so that the graph is there offline too.
  useEffect(() => void loadGraph(), []);
  const deselect = () => studio.view.setState({ layer: undefined });
  const docked = width >= roomForInspector;
  const room = selected && docked ? width - inspectorWidth : width;
  return (
    <section ref={ref} className={cardStyles.card} aria-label="Layers of the model">
      <div className={cardStyles.cardHead}>
        <h2>Layers</h2>
        <SegmentedControl
          size="xs"
          aria-label="View of the layers"
          data={views}
          value={layersView}
          onChange={(view) => studio.view.setState({ layersView: view as LayersView })}
        />
        {entry && (
          <span className={`${textStyles.muted} ${textStyles.small}`}>{runLabel(entry)}</span>
        )}
        {entry && <SampleMarks samples={entry.run.made.samples} />}
        <span className={textStyles.spacer} />
        {entry && <MoreSamples entry={entry} />}
        {entry && <SpareLayers entry={entry} />}
        {layersView === 'graph' && <OverlayPicker />}
      </div>
      {entry && <PartsNote run={entry.run} />}
      <div className={inspector.split}>
        {layersView === 'table' || !graph ? (
          <RunBoundary card="Table of the layers" as="bare">
            <LayersTable rows={rows} entry={entry} room={room} />
          </RunBoundary>
        ) : (
          <RunBoundary card="Graph" as="bare">
            <Suspense fallback={<p className={panelStyles.panel}>Loading the graph…</p>}>
              <GraphView graph={graph} rows={rows} />
            </Suspense>
          </RunBoundary>
        )}
        {selected && docked && (
          <div className={inspector.docked}>
            <RunBoundary key={selected.id} card={`Inspector of ${selected.layer}`} as="bare">
              <Inspector row={selected} entry={entry} graph={graph} onClose={deselect} />
            </RunBoundary>
          </div>
        )}
      </div>
      <Drawer
        opened={selected !== undefined && !docked && width > 0}
        onClose={deselect}
        position="bottom"
        size="75%"
        padding={0}
        withCloseButton={false}
        attributes={{ content: { 'aria-label': `Inspector: ${selected?.layer ?? ''}` } }}
      >
        {selected && (
          <RunBoundary key={selected.id} card={`Inspector of ${selected.layer}`} as="bare">
            <Inspector row={selected} entry={entry} graph={graph} onClose={deselect} />
          </RunBoundary>
        )}
      </Drawer>
    </section>
  );
}
