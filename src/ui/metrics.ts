/** The figures of one layer: the same list feeds the table's columns, the charts and the graph's colours. */
import type { LayerResult, Score } from '../analysis/types';
import type { Run } from '../jobs/types';
import { bytes, energy, grouped, milliseconds, number, signed } from './format';

/** A layer before any run has only what the model itself says. */
export type LayerRow = Pick<LayerResult, 'id' | 'layer' | 'type' | 'op' | 'outputShape'> &
  Partial<LayerResult> & {
    /** The operator, in further rows of the same layer. */
    readonly part?: string;
    readonly outputQuant?: { readonly scale: number; readonly zeroPoint: number };
  };

export interface Metric {
  readonly id: string;
  readonly label: string;
  /** Definition with its unit: the tooltip of heads and charts. */
  readonly definition: string;
  /** Of the axis. */
  readonly unit: string;
  readonly value: (row: LayerRow) => number | undefined;
  /** The float figure beside it, where there is one. */
  readonly float?: (row: LayerRow) => number | undefined;
  readonly text: (value: number) => string;
  /** 0 = fine … 1 = bad; colours of the graph and of inline bars. */
  readonly badness: (value: number, row: LayerRow) => number;
  /** Length of the table's bar, where it isn't the value itself. */
  readonly length?: (value: number) => number;
  /** Made from samples: synthetic ones must be mentioned. */
  readonly fromSamples: boolean;
}

const clamp = (x: number) => Math.min(1, Math.max(0, x));
const total = (e: { compute: number; memory: number } | undefined) =>
  e === undefined ? undefined : e.compute + e.memory;
/** 40 dB: rounding of 8 bits alone. Under 10 dB a third of the signal's amplitude is error. */
const sqnrBadness = (db: number) => clamp((40 - db) / 30);
const sqnrText = (db: number) => (Number.isFinite(db) ? `${db.toFixed(1)} dB` : 'exact');
/** SQNR above this needs no attention: the bar is full. */
const fullSqnr = 60;
const sqnrLength = (db: number) => Math.min(fullSqnr, Math.max(0, db));

/** What quantizing one layer alone does to the score, in the score's own terms. */
function aloneMetric(
  { kind, value: float }: Pick<Score, 'kind' | 'value'>,
  on = '',
  samples = 1000,
): Metric {
  // One sample of 100 is a whole point: more decimals than the samples carry would only look exact.
  const decimals = samples >= 1000 ? 2 : samples >= 100 ? 1 : 0;
  const common = {
    id: 'sensitivity',
    value: (row: LayerRow) => row.sensitivity,
    fromSamples: true,
  } as const;
  switch (kind) {
    case 'accuracy':
    case 'agreement':
      return {
        ...common,
        label: `Δ ${kind}`,
        definition:
          (kind === 'accuracy'
            ? 'Accuracy with only this layer quantized minus the float model’s'
            : 'Agreement with the float model’s most likely class when only this layer is quantized, minus 100 %') +
          `, in points${on}.`,
        unit: 'points',
        text: (points) => signed(points, decimals),
        badness: (points) => clamp(-points / 2),
        length: (points) => Math.max(0, -points),
      };
    case 'mean absolute error':
      return {
        ...common,
        label: 'Δ abs. error',
        definition: `Mean absolute error with only this layer quantized minus the float model’s${on}. Below zero is better than float.`,
        unit: 'units of the target',
        text: (change) => (change > 0 ? '+' : '') + number(change, 2),
        badness: (change) => clamp(change / (0.1 * Math.max(float, 1e-12))),
        length: (change) => Math.max(0, change),
      };
    case 'SQNR to float':
      return {
        ...common,
        label: 'Output SQNR',
        definition: `Signal to quantization noise at the model’s output with only this layer quantized, in dB${on}. Higher is better.`,
        unit: 'dB',
        text: sqnrText,
        badness: sqnrBadness,
        length: sqnrLength,
      };
    default:
      return kind satisfies never;
  }
}

const common = [
  {
    id: 'accumulated',
    label: 'SQNR accumulated',
    definition:
      'Signal to quantization noise at this layer’s output with the whole model quantized: 10·log10(Σx² / Σ(x−x̂)²), in dB. Higher is better.',
    unit: 'dB',
    value: (row) => row.accumulated?.sqnr,
    text: sqnrText,
    badness: sqnrBadness,
    length: sqnrLength,
    fromSamples: true,
  },
  {
    id: 'isolated',
    label: 'SQNR isolated',
    definition:
      'Signal to quantization noise at this layer’s output with only this layer quantized, in dB. Higher is better.',
    unit: 'dB',
    value: (row) => row.isolated?.sqnr,
    text: sqnrText,
    badness: sqnrBadness,
    length: sqnrLength,
    fromSamples: true,
  },
  {
    id: 'size',
    label: 'Size',
    definition: 'Bytes of this layer in the exported file: weights, bias and scales.',
    unit: 'bytes',
    value: (row) => row.bytesQuantized,
    float: (row) => row.bytesFloat,
    text: bytes,
    badness: (after, row) => (row.bytesFloat ? clamp((after / row.bytesFloat - 0.25) / 0.75) : 0),
    fromSamples: false,
  },
  {
    id: 'latency',
    label: 'Latency',
    definition:
      'Median time of this layer in this browser, on this machine; float and quantized in the same engine.',
    unit: 'ms',
    value: (row) => row.msQuantized,
    float: (row) => row.msFloat,
    text: milliseconds,
    badness: (after, row) => (row.msFloat ? clamp((after / row.msFloat - 0.3) / 0.9) : 0),
    fromSamples: false,
  },
  {
    id: 'energy',
    label: 'Energy',
    definition:
      'Model of 45 nm silicon (Horowitz 2014), not a measurement: arithmetic and memory traffic of one inference.',
    unit: 'pJ',
    value: (row) => total(row.energyQuantized),
    float: (row) => total(row.energyFloat),
    text: energy,
    badness: (after, row) => {
      const before = total(row.energyFloat);
      return before ? clamp((after / before - 0.1) / 0.9) : 0;
    },
    fromSamples: false,
  },
] as const satisfies readonly Metric[];

type Scored = Pick<Run, 'score' | 'floatScore' | 'samples'>;
const listed = (alone: Metric): readonly Metric[] => [
  ...common.slice(0, 2),
  alone,
  ...common.slice(2),
];
const beforeRuns = listed(aloneMetric({ kind: 'accuracy', value: NaN }));
const byRun = new WeakMap<Scored, readonly Metric[]>();

/** The figures in this run's terms: what it is scored by, and on how many samples. */
export function metricsOf(run: Scored | undefined): readonly Metric[] {
  if (!run) return beforeRuns;
  const known = byRun.get(run);
  if (known) return known;
  const { alone, evaluation } = run.samples;
  const on =
    alone === undefined
      ? ''
      : alone < evaluation
        ? `; on ${grouped(alone)} of the ${grouped(evaluation)} evaluation samples`
        : `; on all ${grouped(evaluation)} evaluation samples`;
  const made = listed(
    aloneMetric({ kind: run.score.kind, value: run.floatScore.value }, on, alone),
  );
  byRun.set(run, made);
  return made;
}

export function metricById(id: string, run?: Scored): Metric {
  const all = metricsOf(run);
  return all.find((metric) => metric.id === id) ?? all[0]!;
}
