/** The per-layer table as CSV (RFC 4180), one row a layer, empty where a figure was not measured. */
import { marksOf } from '../analysis/marks';
import { figuresOf, fileColumns, rowsOf } from '../analysis/figures';
import type { Run } from '../run/types';

/** A leading =, +, − or @ in text is quoted with ' so that no spreadsheet runs it. */
export function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Columns are the list of figures, in the run's own terms; the last, where there is something to say,
 * what scores and errors stand on ("synthetic", "assumed: Value range").
 */
export function layersCsv(run: Run): string {
  const marks = marksOf(run.made.samples).map(({ short }) => short);
  const columns = [
    ...fileColumns(figuresOf(run)),
    ...(marks.length > 0 ? [{ title: 'samples', of: () => marks.join('; ') }] : []),
  ];
  const lines = [
    columns.map(({ title }) => cell(title)),
    ...rowsOf(run).map((row) => columns.map(({ of }) => cell(of(row)))),
  ];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}
