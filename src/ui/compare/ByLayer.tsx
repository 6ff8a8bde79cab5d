import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import {
  across,
  comparisonMarks,
  differenceText,
  measureText,
  type Comparison,
  type ComparisonMark,
  type FigureLine,
} from '../../analysis/compareRuns';
import { downloadComparisonCsv } from '../../state/actions/compare';
import { none } from '../../analysis/format';
import { shortName } from '../names';
import { Mark } from '../parts/Marks';
import { useStudio } from '../studio';
import tableStyles from '../styles/table.module.css';
import styles from './compare.module.css';

interface ByLayerProps {
  comparison: Comparison;
  figure: string;
  /** Indices of lines: the order that the chart has. */
  order: readonly number[];
}

interface Sort {
  /** −1: the name; else the run's position. */
  readonly by: number;
  readonly down: boolean;
}

const rowHeight = 29;

/** The same figures as a table: each run's number and its difference, sorted by any column. */
export function ByLayer({ comparison, figure: id, order }: ByLayerProps) {
  const studio = useStudio();
  const { figure, lines } = across(comparison, id);
  const { runs, baseline } = comparison;
  const [sort, setSort] = useState<Sort>();
  const sorted = useMemo(() => {
    const given = order.map((index) => lines[index]!);
    return sort ? [...given].sort(byColumn(sort)) : given;
  }, [lines, order, sort]);
  const scroll = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing memoized gets its functions
  const rows = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = rows.getTotalSize() - (items.at(-1)?.end ?? 0);
  const head = (by: number, label: string, marks: readonly ComparisonMark[] = []) => (
    <th
      key={by}
      scope="col"
      className={by < 0 ? '' : tableStyles.num}
      aria-sort={sort?.by === by ? (sort.down ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className={tableStyles.sort}
        onClick={() => setSort({ by, down: sort?.by === by ? !sort.down : by >= 0 })}
      >
        {label}
        {sort?.by === by && <span aria-hidden="true">{sort.down ? '▾' : '▴'}</span>}
      </button>
      {marks.map((mark) => (
        <Mark key={mark.id} label={mark.label} why={mark.sentence} />
      ))}
    </th>
  );
  return (
    <>
      <div className={styles.tools}>
        <Button
          size="compact-xs"
          variant="light"
          onClick={() => downloadComparisonCsv(studio, comparison)}
        >
          Comparison as CSV
        </Button>
      </div>
      <div
        ref={scroll}
        className={`${tableStyles.scroll} ${tableStyles.tall}`}
        tabIndex={0}
        role="group"
        aria-label="Comparison by layer, scrollable"
      >
        <table
          className={tableStyles.table}
          aria-label="Comparison by layer"
          aria-rowcount={sorted.length + 1}
        >
          <thead>
            <tr>
              {head(-1, 'Layer')}
              {runs.map(({ label }, at) =>
                head(
                  at,
                  `${label}${at === baseline ? ' (baseline)' : ''}`,
                  comparisonMarks(comparison, at, figure),
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr aria-hidden="true" style={{ height: above }} />}
            {items.map(({ index }) => {
              const { layer, cells } = sorted[index]!;
              return (
                <tr
                  key={layer.id}
                  aria-rowindex={index + 2}
                  onClick={() => studio.view.setState({ layer: layer.id })}
                >
                  <th scope="row" className={styles.cellName} title={layer.layer}>
                    {sorted[index]!.index + 1}. {shortName(layer.layer, 40)}
                  </th>
                  {cells.map(({ measure, difference, worse, absent }, at) => (
                    <td key={at} className={tableStyles.num}>
                      {absent ? 'no such layer' : measure ? measureText(figure, measure) : none}
                      {difference !== undefined && (
                        <span
                          className={`${tableStyles.sub} ${(worse ?? 0) > 0 ? tableStyles.worse : ''}`}
                        >
                          {differenceText(figure, difference)}
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
          </tbody>
        </table>
      </div>
    </>
  );
}

function byColumn({ by, down }: Sort): (a: FigureLine, b: FigureLine) => number {
  const sign = down ? -1 : 1;
  if (by < 0) return (a, b) => sign * (a.index - b.index);
  // By the difference where there is one, by the number itself of the baseline; unmeasured last.
  const key = ({ cells }: FigureLine) => cells[by]?.difference ?? cells[by]?.measure?.value;
  return (a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === undefined || y === undefined)
      return Number(x === undefined) - Number(y === undefined);
    return x === y ? a.index - b.index : sign * (x - y);
  };
}
