/** The figures of one layer: the same list feeds the table's columns, the charts and the graph's colours. */
import type { LayerResult } from '../analysis/types';
import { bytes, count, energy, milliseconds, number, signed } from './format';

/** A layer before any run has only what the model itself says. */
export type LayerRow = Pick<LayerResult, 'id' | 'layer' | 'type' | 'op' | 'outputShape'> &
  Partial<LayerResult>;

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
  /** Made from samples: synthetic ones must be mentioned. */
  readonly fromSamples: boolean;
}

const clamp = (x: number) => Math.min(1, Math.max(0, x));
const total = (e: { compute: number; memory: number } | undefined) =>
  e === undefined ? undefined : e.compute + e.memory;
/** 40 dB: rounding of 8 bits alone. Under 10 dB a third of the signal's amplitude is error. */
const sqnrBadness = (db: number) => clamp((40 - db) / 30);
const sqnrText = (db: number) => (Number.isFinite(db) ? `${db.toFixed(1)} dB` : 'exact');

export const metrics = [
  {
    id: 'accumulated',
    label: 'SQNR accumulated',
    definition:
      'Signal to quantization noise at this layer’s output with the whole model quantized: 10·log10(Σx² / Σ(x−x̂)²), in dB. Higher is better.',
    unit: 'dB',
    value: (row) => row.accumulated?.sqnr,
    text: sqnrText,
    badness: sqnrBadness,
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
    fromSamples: true,
  },
  {
    id: 'sensitivity',
    label: 'Δ accuracy',
    definition:
      'Score with only this layer quantized minus the float score, in points (of accuracy, or of agreement with float where there are no labels).',
    unit: 'points',
    value: (row) => row.sensitivity,
    text: (points) => signed(points, 2),
    badness: (points) => clamp(-points / 2),
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

export function metricById(id: string): Metric {
  return metrics.find((metric) => metric.id === id) ?? metrics[0];
}

export const macsText = (value: number | undefined) => (value ? count(value) : '–');
export const rmseText = (value: number) => number(value, 2);
