import { useMemo, useState, type KeyboardEvent } from 'react';
import { refusal } from '../../state/model';
import type { RunEntry } from '../../state/runs';
import { columnsOf, type Column } from '../columns';
import type { LayerRow as Row } from '../metrics';
import { Head, type Sort } from '../parts/Head';
import { useModel, useRecipe, useStudio, useView } from '../studio';
import styles from '../styles/table.module.css';
import { LayerRow } from './LayerRow';

const unsorted: Sort = { column: '', descending: true };

interface LayersTableProps {
  rows: readonly Row[];
  entry?: RunEntry;
  /** Pixels; 0: not known yet. */
  room: number;
}

/** Below the first the columns that the inspector repeats are left out, below the other types are cut. */
const roomForAll = 945;
const roomForTypes = 1100;

/** One row per layer; j, k and the arrows move the selection, which every view shares. */
export function LayersTable({ rows, entry, room }: LayersTableProps) {
  const studio = useStudio();
  const { layer: selected } = useView();
  const { overrides } = useRecipe();
  const { model } = useModel();
  const run = entry?.run;
  const narrow = room > 0 && room < roomForAll;
  const quantized = model?.summary.quantized ?? false;
  const columns = useMemo(() => columnsOf({ run, quantized, narrow }), [run, quantized, narrow]);
  const [sort, setSort] = useState(unsorted);
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  const largest = useMemo(() => largestOf(rows, columns), [rows, columns]);
  const order = useMemo(() => new Map(rows.map(({ id }, index) => [id, index + 1])), [rows]);
  const growing = entry?.state === 'growing';
  const fixed = !model || refusal(model) !== undefined;

  const onSort = (column: string) =>
    setSort((old) => {
      if (old.column !== column) return { column, descending: column !== 'layer' };
      const first = column !== 'layer';
      return old.descending === first ? { column, descending: !first } : unsorted;
    });
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
        className={`${styles.table} ${run && room < roomForTypes ? styles.tight : ''}`}
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
              applied={entry?.settings.overrides[row.id]}
              growing={growing}
              fixed={fixed}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sortRows(
  rows: readonly Row[],
  columns: readonly Column[],
  { column, descending }: Sort,
): readonly Row[] {
  const by = columns.find(({ id }) => id === column)?.sortBy;
  if (!by) return rows;
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
    return x < y ? -direction : x > y ? direction : 0;
  });
}

export type Largest = Readonly<Record<string, number>>;

function largestOf(rows: readonly Row[], columns: readonly Column[]): Largest {
  return Object.fromEntries(
    columns.flatMap(({ id, bar }) =>
      bar ? [[id, rows.reduce((max, row) => Math.max(max, bar(row) ?? 0), 0)] as const] : [],
    ),
  );
}
