import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import type { LayersView } from '../../state/view';
import { SyntheticBadge } from '../parts/Badges';
import { rowsOf } from '../rows';
import { runLabel } from '../runLabel';
import { useEntry, useModel, useStudio, useView } from '../studio';
import styles from '../styles/app.module.css';
import { LayersTable } from './LayersTable';

const views = [
  { value: 'table', label: 'Table' },
  { value: 'graph', label: 'Graph' },
];

export function LayersSection() {
  const studio = useStudio();
  const entry = useEntry();
  const { model } = useModel();
  const { layersView } = useView();
  const rows = useMemo(() => rowsOf(entry, model), [entry, model]);
  return (
    <section className={styles.card} aria-label="Layers of the model">
      <div className={styles.cardHead}>
        <h2>Layers</h2>
        <SegmentedControl
          size="xs"
          aria-label="View of the layers"
          data={views}
          value={layersView}
          onChange={(view) => studio.view.setState({ layersView: view as LayersView })}
        />
        {entry && <span className={`${styles.muted} ${styles.small}`}>{runLabel(entry)}</span>}
        {entry?.run.samples.synthetic && <SyntheticBadge />}
      </div>
      <LayersTable rows={rows} entry={entry} />
    </section>
  );
}
