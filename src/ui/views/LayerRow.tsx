import { memo, type CSSProperties } from 'react';
import type { FigureRow } from '../../analysis/figures';
import { short } from '../../quant/words';
import { overrideChoices, type Override } from '../../state/stores/recipe';
import { sameCells, type Column } from '../figures/columns';
import { none } from '../../analysis/format';
import { shortName } from '../names';
import { useStudio } from '../studio';
import styles from '../styles/table.module.css';

interface LayerRowProps {
  row: FigureRow;
  columns: readonly Column[];
  /** Position in the network, from 1. */
  index: number;
  /** Longest bar by column id. */
  largest: Readonly<Record<string, number>>;
  selected: boolean;
  focusable: boolean;
  /** What the recipe panel says for this layer now, and what the run shown was made with. */
  override?: Override;
  applied?: Override;
  growing: boolean;
  /** The model cannot be quantized: nothing to choose. */
  fixed: boolean;
}

export const LayerRow = memo(Row, sameRow);

function Row(props: LayerRowProps) {
  const { row, columns, index, largest, selected, focusable, growing } = props;
  const studio = useStudio();
  return (
    <tr
      data-selected={selected || undefined}
      onClick={() => studio.view.setState({ layer: row.id })}
    >
      {columns.map((column) => {
        if (column.id === 'layer') {
          return (
            <td
              key={column.id}
              className={styles.first}
              title={`${index}. ${row.layer === row.id ? row.id : `${row.layer}: ${row.id}`} (${row.op})`}
            >
              <button
                type="button"
                className={styles.name}
                data-layer={row.id}
                aria-pressed={selected}
                tabIndex={focusable ? 0 : -1}
              >
                {shortName(row.layer)}
                {row.part && <span className={styles.sub}>{row.part}</span>}
              </button>
            </td>
          );
        }
        if (column.id === 'scheme') {
          return (
            <td key={column.id} title={row.why && short(row.why)}>
              <SchemeCell {...props} />
            </td>
          );
        }
        return (
          <Cell
            key={column.id}
            column={column}
            row={row}
            max={largest[column.id]}
            growing={growing}
          />
        );
      })}
    </tr>
  );
}

/** Rows, columns and scales are made anew with each figure that comes in; most look the same after. */
function sameRow(a: LayerRowProps, b: LayerRowProps): boolean {
  const { row: rowA, columns: columnsA, largest: largestA, ...restA } = a;
  const { row: rowB, columns: columnsB, largest: largestB, ...restB } = b;
  return (
    Object.entries(restA).every(([key, value]) => value === restB[key as keyof typeof restB]) &&
    sameCells(rowA, rowB, columnsA, columnsB) &&
    columnsB.every(({ id }) => largestA[id] === largestB[id])
  );
}

interface CellProps {
  column: Column;
  row: FigureRow;
  max?: number;
  growing: boolean;
}

function Cell({ column, row, max, growing }: CellProps) {
  const text = column.text?.(row);
  const length = column.bar?.(row);
  const bad = column.marked?.(row) ?? false;
  const barred = length !== undefined && max !== undefined && max > 0;
  const style = barred
    ? ({ '--share': `${((100 * length) / max).toFixed(1)}%` } as CSSProperties)
    : undefined;
  return (
    <td
      title={column.id === 'type' ? text : undefined}
      className={`${column.id === 'type' ? styles.type : ''} ${column.numeric ? styles.num : ''} ${barred ? styles.bar : ''} ${bad ? styles.bad : ''}`}
      style={style}
    >
      {bad ? <span className={styles.worse}>{text}</span> : (text ?? (growing ? '…' : none))}
    </td>
  );
}

function SchemeCell({ row, override, applied, focusable, fixed }: LayerRowProps) {
  const studio = useStudio();
  if (row.op === 'UNSUPPORTED') return <span className={styles.worse}>{row.scheme}</span>;
  if (fixed) return row.scheme ?? none;
  const choose = (choice: string) =>
    studio.recipe.setState(({ overrides }) => {
      const others = Object.entries(overrides).filter(([id]) => id !== row.id);
      const kept = Object.fromEntries(others);
      const chosen = overrideChoices.find(({ id }) => id === choice);
      return { overrides: { ...kept, ...(chosen ? { [row.id]: chosen.id } : {}) } };
    });
  return (
    <select
      className={styles.select}
      aria-label={`Scheme of ${row.layer}`}
      tabIndex={focusable ? 0 : -1}
      data-fixed={override !== undefined || undefined}
      data-changed={override !== applied || undefined}
      value={override ?? ''}
      onClick={(event) => event.stopPropagation()}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">{applied || !row.scheme ? 'by recipe' : row.scheme}</option>
      {overrideChoices.map(({ id, label }) => (
        <option key={id} value={id}>
          {label} always
        </option>
      ))}
    </select>
  );
}
