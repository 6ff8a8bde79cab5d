import { count, grouped, integer, milliseconds, none, number, ratio, shape } from './format';
import { metricById, type LayerRow, type Metric } from './metrics';
import type { Run } from '../jobs/types';

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

const badnessOf = (metric: Metric) => (row: LayerRow) => {
  const value = metric.value(row);
  return value === undefined ? 0 : metric.badness(value, row);
};
const barOf = (metric: Metric) => (row: LayerRow) => {
  const value = metric.value(row);
  return value === undefined ? undefined : (metric.length?.(value) ?? value);
};
/** Without the unit, which stands in the head. */
const decibels = (metric: Metric) => (row: LayerRow) => {
  const value = metric.value(row);
  if (value === undefined) return undefined;
  return Number.isFinite(value) ? value.toFixed(1) : 'exact';
};
const kilo = (value: number) =>
  value === 0
    ? '0'
    : value >= 1e6
      ? grouped(Math.round(value / 1000))
      : value < 1000
        ? (value / 1000).toFixed(3)
        : number(value / 1000, 3);
const before = (values: readonly (number | undefined)[], text: (value: number) => string) => {
  const [float, after] = values;
  if (float === undefined) return undefined;
  return after === undefined ? text(float) : `${text(float)} → ${text(after)}`;
};

function columnsOfRun(run: Run | undefined): readonly Column[] {
  const [accumulated, isolated, sensitivity, size, energy] = (
    ['accumulated', 'isolated', 'sensitivity', 'size', 'energy'] as const
  ).map((id) => metricById(id, run)) as [Metric, Metric, Metric, Metric, Metric];
  return [
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
      text: decibels(isolated),
      bar: barOf(isolated),
      badness: badnessOf(isolated),
    },
    {
      id: 'accumulated',
      label: 'SQNR acc., dB',
      definition: accumulated.definition,
      numeric: true,
      sortBy: accumulated.value,
      text: decibels(accumulated),
      bar: barOf(accumulated),
      badness: badnessOf(accumulated),
    },
    {
      id: 'sensitivity',
      label: sensitivity.unit === 'dB' ? `${sensitivity.label}, dB` : sensitivity.label,
      definition: sensitivity.definition,
      numeric: true,
      sortBy: sensitivity.value,
      text: (row) =>
        sensitivity.unit === 'dB'
          ? decibels(sensitivity)(row)
          : row.sensitivity === undefined
            ? undefined
            : sensitivity.text(row.sensitivity),
      bar: barOf(sensitivity),
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
}

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
const quantization: Column = {
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

/** What the model itself says; a quantized one says its output's parameters too. */
function columnsOfModel(quantized: boolean): readonly Column[] {
  const known = new Set(['layer', 'type', 'scheme', 'size', 'macs']);
  return columnsOfRun(undefined)
    .filter(({ id }) => known.has(id))
    .toSpliced(3, 0, ...modelOnly, ...(quantized ? [quantization] : []));
}

/** The inspector says these of the selected layer: left out where the table is narrow. */
const inInspector = new Set(['type', 'sizeRatio', 'msRatio', 'macs', 'energy']);

interface Shown {
  readonly run?: Run;
  /** Of the model without a run: its tensors have scales. */
  readonly quantized: boolean;
  readonly narrow: boolean;
}

/** Before the first run there is only what the model itself says. */
export function columnsOf({ run, quantized, narrow }: Shown): readonly Column[] {
  const all = run ? columnsOfRun(run) : columnsOfModel(quantized);
  return narrow ? all.filter(({ id }) => !inInspector.has(id)) : all;
}
