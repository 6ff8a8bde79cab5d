/**
 * Layers of several runs on one axis, as plain data: the page draws the rows in view, a file all of them.
 */
import {
  across,
  differenceText,
  markedLabel,
  valueText,
  type Comparison,
} from '../../analysis/compareRuns';
import { unitNames, type LayerFigure } from '../../analysis/figures';
import { tick } from '../../analysis/format';
import { colourOf, round, shapeOf, shapePath } from './marks';
import { axisOf, place, ticksOf, type Axis } from './scale';
import { attribute, svg, text } from './svg';

export interface LayerChartMark {
  readonly run: number;
  /** 0 … 1 along the axis. */
  readonly at: number;
  readonly value: number;
}
export interface LayerChartRow {
  readonly id: string;
  /** Place in the order of execution, from 0. */
  readonly index: number;
  readonly name: string;
  readonly marks: readonly LayerChartMark[];
  /** Most worsened against the baseline, in words; '' where nothing can be compared. */
  readonly worst: string;
  readonly parts: boolean;
  /** Labels of runs that have no such layer. */
  readonly absent: readonly string[];
}
export interface LayerChart {
  readonly figure: LayerFigure;
  readonly axis: Axis;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly runs: readonly string[];
  /** The same with the marks of this figure: "int8 [other samples]". */
  readonly legend: readonly string[];
  readonly baseline: number;
  /** In the order of execution. */
  readonly rows: readonly LayerChartRow[];
  readonly parting?: number;
}

const startsAtZero: ReadonlySet<LayerFigure['unit']> = new Set([
  'bytes',
  'ms',
  'pJ',
  'steps',
  'points',
]);
const known = new WeakMap<Comparison, Map<string, LayerChart>>();

/** The same chart for the same comparison: nothing is computed anew when it is looked at. */
export function layerChart(comparison: Comparison, figureId: string): LayerChart {
  const all = known.get(comparison) ?? new Map<string, LayerChart>();
  known.set(comparison, all);
  const had = all.get(figureId);
  if (had) return had;
  const chart = made(comparison, figureId);
  all.set(figureId, chart);
  return chart;
}

function made(comparison: Comparison, figureId: string): LayerChart {
  const { figure, lines, range, parting } = across(comparison, figureId);
  const axis = axisOf(range, startsAtZero.has(figure.unit));
  const runs = comparison.runs.map(({ label }) => label);
  return {
    figure,
    axis,
    ticks: ticksOf(axis, 5).map((value) => ({
      at: place(axis, value),
      label: tick(valueText(figure, value)),
    })),
    runs,
    legend: runs.map((_, at) => markedLabel(comparison, at, figure)),
    baseline: comparison.baseline,
    rows: lines.map(({ layer, index, cells, worst, parts }) => {
      const changed = cells.find(({ worse }) => worse !== undefined && worse === worst);
      return {
        ...{ id: layer.id, index, name: layer.layer, parts },
        marks: cells.flatMap(({ measure }, run) =>
          measure ? [{ run, at: place(axis, measure.value), value: measure.value }] : [],
        ),
        worst: worstText(figure, changed?.difference, worst),
        absent: runs.filter((_, at) => cells[at]!.absent),
      };
    }),
    ...(parting === undefined ? {} : { parting }),
  };
}

/** Against a baseline with its sign; without one, how far the runs are apart. */
function worstText(
  figure: LayerFigure,
  difference: number | undefined,
  worst: number | undefined,
): string {
  if (difference !== undefined) return differenceText(figure, difference);
  return worst === undefined || worst === 0
    ? ''
    : `${differenceText(figure, worst).slice(1)} apart`;
}

const row = 20;
const names = 230;
const strip = 520;
const values = 110;
const top = 58;

/** Every row as a file, or those from one on up to another. Colours are those of paper. */
export function layerChartSvg(chart: LayerChart, from = 0, to = chart.rows.length): string {
  const { figure, runs, ticks } = chart;
  const rows = chart.rows.slice(from, to);
  const width = names + strip + values + 24;
  const legendRows = Math.ceil(runs.length / 2);
  const head = top + (legendRows - 1) * 16;
  const height = head + rows.length * row + 28;
  const x = (at: number) => names + 8 + at * strip;
  const unit = unitNames[figure.unit];
  const legend = chart.legend.map((label, at) => {
    const [left, y] = [12 + (at % 2) * 430, 36 + Math.floor(at / 2) * 16];
    return `${markOf(at, left, y)}${text(left + 10, y + 4, `${label}${at === chart.baseline ? ' (baseline)' : ''}`, 11)}`;
  });
  const grid = ticks.map(
    ({ at, label }) =>
      `<path d="M${round(x(at))} ${head}V${head + rows.length * row}" stroke="#dde3e7"/>${text(x(at), height - 10, label, 10, 'middle', '#56636e')}`,
  );
  const lines = rows.map((one, place) => {
    const y = head + place * row + row / 2;
    const ats = one.marks.map(({ at }) => at);
    const span =
      ats.length > 1
        ? `<path d="M${round(x(Math.min(...ats)))} ${y}H${round(x(Math.max(...ats)))}" stroke="#c3ccd2" stroke-width="2"/>`
        : '';
    const said = one.marks.map(({ run, value }) => `${runs[run]!}: ${valueText(figure, value)}`);
    const missing = one.absent.map((label) => `${label}: no such layer`);
    return `<g><title>${attribute([`${one.index + 1}. ${one.name}`, ...said, ...missing].join('\n'))}</title>${text(8, y + 4, `${one.index + 1}. ${shortened(one.name)}`, 11)}${span}${one.marks.map(({ run, at }) => markOf(run, x(at), y)).join('')}${text(width - 8, y + 4, one.worst, 10, 'end', '#56636e')}</g>`;
  });
  const all = chart.rows.length;
  const part =
    rows.length < all ? `layers ${from + 1} to ${from + rows.length} of ${all}` : `${all} layers`;
  const title = `${figure.label}${unit ? `, ${unit}` : ''}: ${part}, ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  return svg(
    width,
    height,
    title,
    [text(8, 18, title, 13, 'start', '#16202a', 650), ...legend, ...grid, ...lines].join(''),
  );
}

const markOf = (run: number, x: number, y: number) =>
  `<path d="${shapePath(shapeOf(run), x, y, 4.5)}" fill="${colourOf(run)}" stroke="#fff" stroke-width="0.8"/>`;

const longest = 34;
const shortened = (name: string) =>
  name.length <= longest ? name : `${name.slice(0, 12)}…${name.slice(13 - longest)}`;
