import { useMemo, useState, type KeyboardEvent } from 'react';
import type { FigureRow } from '../../analysis/figures';
import { refusal } from '../../state/stores/model';
import { settingsOf, type Override } from '../../state/stores/recipe';
import type { RunEntry } from '../../state/stores/runs';
import { columnsOf, largestOf } from '../figures/columns';
import { cutsTypes, isNarrow } from '../figures/layout';
import { nextSort, sortRows, unsorted } from '../figures/sort';
import { Head } from '../parts/Head';
import { useModel, useRecipe, useStudio, useView } from '../studio';
import styles from '../styles/table.module.css';
import { LayerRow } from './LayerRow';

interface LayersTableProps {
  rows: readonly FigureRow[];
  entry?: RunEntry;
  /** Pixels; 0: not known yet. */
  room: number;
}

/** One row per layer; j, k and the arrows move the selection, which every view shares. */
export function LayersTable({ rows, entry, room }: LayersTableProps) {
  const studio = useStudio();
  const { layer: selected } = useView();
  const { overrides } = useRecipe();
  const { model } = useModel();
  const run = entry?.run;
  const narrow = isNarrow(room);
  const quantized = model?.summary.quantized ?? false;
  const columns = useMemo(() => columnsOf({ run, quantized, narrow }), [run, quantized, narrow]);
  const [sort, setSort] = useState(unsorted);
  const sorted = useMemo(() => {
    const by = columns.find(({ id }) => id === sort.column)?.sortBy;
    return sortRows(rows, by, sort.descending);
  }, [rows, columns, sort]);
  const largest = useMemo(() => largestOf(rows, columns), [rows, columns]);
  const order = useMemo(() => new Map(rows.map(({ id }, index) => [id, index + 1])), [rows]);
  const applied = useMemo(() => overridesOf(entry), [entry]);
  const growing = entry?.state === 'growing';
  const fixed = !model || refusal(model) !== undefined;

  const onSort = (column: string) => setSort((old) => nextSort(old, column, column === 'layer'));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target instanceof HTMLSelectElement) return;
    if (event.key === 'Escape') studio.view.setState({ layer: undefined });
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const at = sorted.findIndex(({ id }) => id === selected);
    const next = sorted[Math.min(sorted.length - 1, Math.max(0, at + step))];
    if (!next) return;
    studio.view.setState({ layer: next.id });
    const buttons = event.currentTarget.querySelectorAll<HTMLElement>('button[data-layer]');
    [...buttons].find((button) => button.dataset['layer'] === next.id)?.focus();
  };

  const focusable = sorted.some(({ id }) => id === selected) ? selected : sorted[0]?.id;
  return (
    <div className={`${styles.scroll} ${styles.tall}`}>
      <table
        className={`${styles.table} ${run && cutsTypes(room) ? styles.tight : ''}`}
        aria-label="Layers"
      >
        <thead>
          <tr>
            {columns.map(({ id, label, definition, numeric }) => (
              <Head
                key={id}
                {...{ id, label, definition, numeric, sort, onSort }}
                first={id === 'layer'}
              />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onKeyDown}>
          {sorted.map((row) => (
            <LayerRow
              key={row.id}
              row={row}
              columns={columns}
              index={order.get(row.id) ?? 0}
              largest={largest}
              selected={row.id === selected}
              focusable={row.id === focusable}
              override={overrides[row.id]}
              applied={applied[row.id]}
              growing={growing}
              fixed={fixed}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const none: Readonly<Record<string, Override>> = {};

/** The overrides that the run shown was made with. */
function overridesOf(entry: RunEntry | undefined): Readonly<Record<string, Override>> {
  const recipe = entry?.run.made.recipe;
  return (recipe && settingsOf(recipe)?.overrides) ?? none;
}
