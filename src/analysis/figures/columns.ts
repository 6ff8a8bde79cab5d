/** Facts and figures as columns of a file: CSV, and the definitions and values that JSON holds. */
import type { Run } from '../../run/types';
import { layerFacts } from './facts';
import type { Figure, LayerFigure } from './figure';
import type { FigureRow } from './rows';

export interface FileColumn {
  /** With the unit. */
  readonly title: string;
  readonly of: (row: FigureRow) => string | number | undefined;
}

/** Names first, what the model says, quality, cost, reasons last. Float stands before quantized. */
export function fileColumns(figures: readonly LayerFigure[]): readonly FileColumn[] {
  const columns = (group: LayerFigure['group']) =>
    figures
      .filter((figure) => figure.group === group)
      .flatMap((figure): FileColumn[] => [
        ...(figure.float && figure.floatTitle
          ? [{ title: figure.floatTitle, of: figure.float }]
          : []),
        { title: figure.title, of: figure.value },
      ]);
  const facts = (last: boolean) =>
    layerFacts
      .filter(({ id }) => (id === 'why') === last)
      .map(({ title, text }): FileColumn => ({ title, of: text }));
  return [
    ...facts(false),
    ...columns('model'),
    ...columns('quality'),
    ...columns('cost'),
    ...facts(true),
  ];
}

/** A figure's number, or its pair where float stands beside it; absent while not measured. */
export type FigureValue = number | { readonly float?: number; readonly quantized?: number };

/** By figure id; what isn't measured is left out. */
export function valuesOf<S>(
  figures: readonly Figure<S>[],
  subject: S,
): Readonly<Record<string, FigureValue>> {
  const values: Record<string, FigureValue> = {};
  for (const { id, value, float } of figures) {
    const quantized = value(subject);
    const before = float?.(subject);
    if (!float) {
      if (quantized !== undefined) values[id] = quantized;
    } else if (quantized !== undefined || before !== undefined) {
      values[id] = {
        ...(before === undefined ? {} : { float: before }),
        ...(quantized === undefined ? {} : { quantized }),
      };
    }
  }
  return values;
}

export type FigureDefinition = Pick<
  Figure<unknown>,
  'id' | 'label' | 'unit' | 'definition' | 'better' | 'thresholds'
>;

/** What the numbers of `valuesOf` mean: stands beside them in JSON. */
export function definitionsOf<S>(figures: readonly Figure<S>[]): readonly FigureDefinition[] {
  return figures.map(({ id, label, unit, definition, better, thresholds }) => ({
    id,
    label,
    unit,
    definition,
    better,
    ...(thresholds ? { thresholds } : {}),
  }));
}

/** Bytes of the exported file that belong to no layer: its tables, names and padding. */
export function restOfFile(
  run: { readonly made: Pick<Run['made'], 'layers'> },
  fileBytes: number,
  side: 'bytesFloat' | 'bytesQuantized',
): number {
  return run.made.layers.reduce((rest, layer) => rest - layer[side], fileBytes);
}
