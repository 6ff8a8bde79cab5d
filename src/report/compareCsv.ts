/** A comparison as CSV (RFC 4180): one row a layer, for each figure each run's value and difference. */
import {
  across,
  comparedFigures,
  markedLabel,
  type Comparison,
  type FigureAcross,
} from '../analysis/compareRuns';
import { cell } from './csv';

/** All figures, in the order of execution; empty where a figure was not measured. */
export function comparisonCsv(comparison: Comparison, only?: readonly string[]): string {
  const { runs, baseline } = comparison;
  const figures = comparedFigures(comparison)
    .filter(({ id }) => !only || only.includes(id))
    .map(({ id }) => across(comparison, id));
  const head = [
    ...['layer', 'node', 'type', 'op', 'in every run'],
    ...figures.flatMap(({ figure }) =>
      runs.flatMap((_, at) => {
        const label = markedLabel(comparison, at, figure);
        const title = `${figure.title}: ${label}`;
        return at === baseline ? [title] : [title, `${title} minus ${runs[baseline]!.label}`];
      }),
    ),
  ];
  const rows = comparison.layers.map((layer, index) => [
    ...[layer.layer, layer.id, layer.type, layer.op, layer.matched ? 'yes' : 'no'],
    ...figures.flatMap((figure) => numbers(figure, index, baseline)),
  ]);
  return [head, ...rows].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

const numbers = ({ lines }: FigureAcross, index: number, baseline: number) =>
  lines[index]!.cells.flatMap(({ measure, difference }, at) => [
    measure?.value,
    ...(at === baseline ? [] : [difference]),
  ]);
