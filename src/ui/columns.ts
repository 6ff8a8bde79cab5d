import { count, grouped, milliseconds, none, number, ratio, shape } from './format';
import { metricById, type LayerRow } from './metrics';

export interface Column {
  readonly id: string;
  readonly label: string;
  readonly definition?: string;
  readonly numeric?: boolean;
  readonly sortBy: (row: LayerRow) => number | string | undefined;
  /** undefined: not measured (yet). Absent for cells that are more than text. */
  readonly text?: (row: LayerRow) => string | undefined;
  /** Length of the inline bar, in the column's own unit. */
  readonly bar?: (row: LayerRow) => number | undefined;
  /** Above one half the bar and the figure are marked. */
  readonly badness?: (row: LayerRow) => number;
}

const accumulated = metricById('accumulated');
const isolated = metricById('isolated');
const sensitivity = metricById('sensitivity');
const size = metricById('size');
const energy = metricById('energy');

/** SQNR above this needs no attention: the bar is full. */
const fullSqnr = 60;
const sqnr = (value: number | undefined) =>
  value === undefined ? undefined : Number.isFinite(value) ? value.toFixed(1) : 'exact';
const sqnrBar = (value: number | undefined) =>
  value === undefined ? undefined : Math.min(fullSqnr, Math.max(0, value));
const badnessOf = (metric: typeof size) => (row: LayerRow) => {
  const value = metric.value(row);
  return value === undefined ? 0 : metric.badness(value, row);
};
const kilo = (value: number) => (value === 0 ? '0' : number(value / 1000, 3));
const before = (values: readonly (number | undefined)[], text: (value: number) => string) => {
  const [float, after] = values;
  if (float === undefined) return undefined;
  return after === undefined ? text(float) : `${text(float)} → ${text(after)}`;
};

const runColumns: readonly Column[] = [
  { id: 'layer', label: 'Layer', sortBy: (row) => row.layer.toLowerCase() },
  { id: 'type', label: 'Type', sortBy: (row) => row.type, text: (row) => row.type },
  {
    id: 'scheme',
    label: 'Scheme',
    definition:
      'How the layer computes in this run. Choose int8 or float to override the recipe for this layer, then quantize again.',
    sortBy: (row) => row.scheme,
  },
  {
    id: 'isolated',
    label: 'SQNR isol., dB',
    definition: isolated.definition,
    numeric: true,
    sortBy: isolated.value,
    text: (row) => sqnr(isolated.value(row)),
    bar: (row) => sqnrBar(isolated.value(row)),
    badness: badnessOf(isolated),
  },
  {
    id: 'accumulated',
    label: 'SQNR acc., dB',
    definition: accumulated.definition,
    numeric: true,
    sortBy: accumulated.value,
    text: (row) => sqnr(accumulated.value(row)),
    bar: (row) => sqnrBar(accumulated.value(row)),
    badness: badnessOf(accumulated),
  },
  {
    id: 'sensitivity',
    label: 'Δ accuracy',
    definition: sensitivity.definition,
    numeric: true,
    sortBy: sensitivity.value,
    text: (row) => (row.sensitivity === undefined ? undefined : sensitivity.text(row.sensitivity)),
    bar: (row) => (row.sensitivity === undefined ? undefined : Math.max(0, -row.sensitivity)),
    badness: badnessOf(sensitivity),
  },
  {
    id: 'size',
    label: 'Size, kB',
    definition: `${size.definition} Float → quantized, and how many times smaller (1 kB = 1,000 bytes).`,
    numeric: true,
    sortBy: (row) => row.bytesQuantized ?? row.bytesFloat,
    text: (row) => before([row.bytesFloat, row.bytesQuantized], kilo),
    bar: (row) => row.bytesQuantized ?? row.bytesFloat,
  },
  {
    id: 'sizeRatio',
    label: 'Size ÷',
    definition: 'Float bytes over quantized bytes of this layer.',
    numeric: true,
    sortBy: (row) =>
      row.bytesFloat && row.bytesQuantized ? row.bytesFloat / row.bytesQuantized : undefined,
    text: (row) =>
      row.bytesFloat === undefined || row.bytesQuantized === undefined
        ? undefined
        : ratio(row.bytesFloat, row.bytesQuantized),
  },
  {
    id: 'msFloat',
    label: 'Float',
    definition: 'Median time of the float layer in this browser, on this machine.',
    numeric: true,
    sortBy: (row) => row.msFloat,
    text: (row) => (row.msFloat === undefined ? undefined : milliseconds(row.msFloat)),
  },
  {
    id: 'msQuantized',
    label: 'Quantized',
    definition:
      'Median time of the quantized layer in this browser, on this machine, in the same engine.',
    numeric: true,
    sortBy: (row) => row.msQuantized,
    text: (row) => (row.msQuantized === undefined ? undefined : milliseconds(row.msQuantized)),
    bar: (row) => row.msQuantized,
  },
  {
    id: 'msRatio',
    label: 'Time ÷',
    definition: 'Float time over quantized time: ÷2 is twice as fast, ×2 half as fast.',
    numeric: true,
    sortBy: (row) => (row.msFloat && row.msQuantized ? row.msFloat / row.msQuantized : undefined),
    text: (row) =>
      row.msFloat === undefined || row.msQuantized === undefined
        ? undefined
        : ratio(row.msFloat, row.msQuantized),
    badness: (row) => (row.msFloat && row.msQuantized && row.msQuantized > row.msFloat ? 1 : 0),
  },
  {
    id: 'macs',
    label: 'MACs',
    definition: 'Multiply-accumulate operations of one inference.',
    numeric: true,
    sortBy: (row) => row.macs,
    text: (row) => (row.macs ? count(row.macs) : none),
  },
  {
    id: 'energy',
    label: 'Energy, nJ',
    definition: `${energy.definition} Float → quantized.`,
    numeric: true,
    sortBy: energy.value,
    text: (row) => before([energy.float?.(row), energy.value(row)], kilo),
  },
];

const modelOnly: readonly Column[] = [
  {
    id: 'shape',
    label: 'Output shape',
    definition: 'Shape of the layer’s first output, batch first.',
    sortBy: (row) => row.outputShape.reduce((a, b) => a * b, 1),
    text: (row) => shape(row.outputShape),
  },
  {
    id: 'params',
    label: 'Parameters',
    definition: 'Weights and biases of the layer.',
    numeric: true,
    sortBy: (row) => row.params,
    text: (row) => (row.params ? grouped(row.params) : none),
    bar: (row) => row.params,
  },
];
const known = new Set(['layer', 'type', 'scheme', 'size', 'macs']);
const modelColumns = runColumns.filter(({ id }) => known.has(id)).toSpliced(3, 0, ...modelOnly);

/** Before the first run there is only what the model itself says. */
export const columnsOf = (hasRun: boolean): readonly Column[] =>
  hasRun ? runColumns : modelColumns;
