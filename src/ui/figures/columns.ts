/** Columns of the Layers table, generated from the list of figures (analysis/figures). */
import { figuresOf, isMarked, type FigureRow, type LayerFigure } from '../../analysis/figures';
import type { Run } from '../../run/types';
import { integer, none, number, shape } from '../../analysis/format';
import { barLength } from './layout';
import { cellText } from '../../analysis/figures/text';

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly definition?: string;
  readonly numeric?: boolean;
  readonly sortBy: (row: FigureRow) => number | string | undefined;
  /** undefined: not measured (yet). Absent for cells that are more than text. */
  readonly text?: (row: FigureRow) => string | undefined;
  /** Length of the inline bar, in the column's own unit. */
  readonly bar?: (row: FigureRow) => number | undefined;
  /** The bar and the figure are marked. */
  readonly marked?: (row: FigureRow) => boolean;
}

const layer: Column = {
  id: 'layer',
  label: 'Layer',
  sortBy: (row) => row.layer.toLowerCase(),
};
const type: Column = {
  id: 'type',
  label: 'Type',
  sortBy: (row) => row.type,
  text: (row) => row.type,
};
const scheme: Column = {
  id: 'scheme',
  label: 'Scheme',
  definition:
    'How the layer computes in this run. Choose int8 or float to override the recipe for this layer, then quantize again.',
  sortBy: (row) => row.scheme,
};
const outputShape: Column = {
  id: 'shape',
  label: 'Output shape',
  definition: 'Shape of the layer’s first output, batch first.',
  sortBy: (row) => row.outputShape.reduce((a, b) => a * b, 1),
  text: (row) => shape(row.outputShape),
};
const outputQuant: Column = {
  id: 'quantization',
  label: 'Output scale, zero point',
  definition: 'How the layer’s output is stored: real value = scale × (integer − zero point).',
  numeric: true,
  sortBy: (row) => row.outputQuant?.scale,
  text: (row) =>
    row.outputQuant
      ? `${number(row.outputQuant.scale)}, ${integer(row.outputQuant.zeroPoint)}`
      : none,
};

/** A cost that shrank little is no fault: marked only where its own entry says from where on. */
const marks = ({ group, thresholds }: LayerFigure): boolean =>
  group !== 'cost' || thresholds?.mark !== undefined;

function figureColumns(figure: LayerFigure): readonly Column[] {
  const { id, head, floatHead, definition, value, float } = figure;
  const text = (one: number | undefined) => (one === undefined ? undefined : cellText(figure, one));
  const both = (row: FigureRow) => {
    const [before, after] = [text(float?.(row)), text(value(row))];
    if (before === undefined) return after;
    return after === undefined ? before : `${before} → ${after}`;
  };
  const pair = float !== undefined && floatHead === undefined;
  // What is not measured yet is drawn as it was before quantizing.
  const length = (row: FigureRow) => {
    const one = value(row) ?? (pair ? float(row) : undefined);
    return one === undefined ? undefined : barLength(figure, one);
  };
  const own: Column = {
    id,
    label: head,
    definition: pair ? `${definition} Float → quantized.` : definition,
    numeric: true,
    sortBy: (row) => value(row) ?? (pair ? float(row) : undefined),
    text: pair ? both : (row) => text(value(row)),
    bar: length,
    marked: (row) => marks(figure) && isMarked(figure, row),
  };
  if (!float || floatHead === undefined) return [own];
  return [
    {
      id: `${id}Float`,
      label: floatHead,
      definition,
      numeric: true,
      sortBy: float,
      text: (row) => text(float(row)),
    },
    own,
  ];
}

interface Shown {
  readonly run?: Run;
  /** Of the model without a run: its tensors have scales. */
  readonly quantized: boolean;
  readonly narrow: boolean;
}

/** Before the first run there is only what the model itself says, and then the inspector has nothing to add. */
export function columnsOf({ run, quantized, narrow }: Shown): readonly Column[] {
  const figures = figuresOf(run);
  if (!run) {
    const own = figures.filter(({ beforeRuns }) => beforeRuns).flatMap(figureColumns);
    return [
      layer,
      ...(narrow ? [] : [type]),
      scheme,
      outputShape,
      ...own,
      ...(quantized ? [outputQuant] : []),
    ];
  }
  const shown = figures.filter(({ table }) => table === 'always' || (table === 'wide' && !narrow));
  return [layer, ...(narrow ? [] : [type]), scheme, ...shown.flatMap(figureColumns)];
}

/** The longest bar of each column: the length of a full one. */
export function largestOf(
  rows: readonly FigureRow[],
  columns: readonly Column[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    columns.flatMap(({ id, bar }) =>
      bar ? [[id, rows.reduce((max, row) => Math.max(max, bar(row) ?? 0), 0)] as const] : [],
    ),
  );
}

/** The same cells: nothing to draw anew, whatever else became of the row. */
export function sameCells(
  a: FigureRow,
  b: FigureRow,
  before: readonly Column[],
  now: readonly Column[],
): boolean {
  if (a === b && before === now) return true;
  return (
    a.id === b.id &&
    a.scheme === b.scheme &&
    a.part === b.part &&
    before.length === now.length &&
    now.every((column, at) => {
      const old = before[at]!;
      return (
        old.id === column.id &&
        old.text?.(a) === column.text?.(b) &&
        old.bar?.(a) === column.bar?.(b) &&
        old.marked?.(a) === column.marked?.(b)
      );
    })
  );
}
