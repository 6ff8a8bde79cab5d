/** How far a layer's numbers are from float. */
import type { LayerFigure } from './figure';

/** 10·log10(Σx² / Σ(x−x̂)²) of eight bits' rounding alone is 40 dB and more. */
export const sqnrThresholds = {
  good: 40,
  bad: 10,
  source:
    '40 dB: what rounding to eight bits alone leaves of a tensor. 10 dB: a third of the signal’s amplitude is error.',
} as const;

const common = {
  group: 'quality',
  beforeRuns: false,
  fromSamples: true,
} as const;
const shown = { table: 'always', chart: true, overlay: true } as const;
const aside = { table: 'inspector', chart: false, overlay: false } as const;

export const quality = [
  {
    ...common,
    ...shown,
    id: 'isolated',
    label: 'SQNR isolated',
    head: 'SQNR isol., dB',
    title: 'SQNR isolated (dB)',
    unit: 'dB',
    definition:
      'Signal to quantization noise at this layer’s output with only this layer quantized, in dB. Higher is better.',
    better: 'higher',
    thresholds: sqnrThresholds,
    value: (row) => row.isolated?.sqnr,
    waitsFor: 'isolated',
  },
  {
    ...common,
    ...shown,
    id: 'accumulated',
    label: 'SQNR accumulated',
    head: 'SQNR acc., dB',
    title: 'SQNR accumulated (dB)',
    unit: 'dB',
    definition:
      'Signal to quantization noise at this layer’s output with the whole model quantized: 10·log10(Σx² / Σ(x−x̂)²), in dB. Higher is better.',
    better: 'higher',
    thresholds: sqnrThresholds,
    value: (row) => row.accumulated?.sqnr,
    waitsFor: 'score',
  },
  {
    ...common,
    ...aside,
    id: 'cosine',
    label: 'Cosine accumulated',
    head: 'Cosine acc.',
    title: 'cosine accumulated',
    unit: 'number',
    definition:
      'Cosine of the angle between this layer’s float and quantized output with the whole model quantized: Σx·x̂ / √(Σx²·Σx̂²). 1 is the same direction.',
    better: 'higher',
    value: (row) => row.accumulated?.cosine,
    waitsFor: 'score',
  },
  {
    ...common,
    ...aside,
    id: 'mse',
    label: 'MSE accumulated',
    head: 'MSE acc.',
    title: 'MSE accumulated',
    unit: 'number',
    definition:
      'Mean square error at this layer’s output with the whole model quantized, in the output’s own unit squared.',
    better: 'lower',
    value: (row) => row.accumulated?.mse,
    waitsFor: 'score',
  },
  {
    ...common,
    ...aside,
    id: 'maxAbs',
    label: 'Largest error accumulated',
    head: 'Max. error acc.',
    title: 'max abs error accumulated',
    unit: 'number',
    definition:
      'Largest absolute error of one element of this layer’s output with the whole model quantized, in the output’s own unit.',
    better: 'lower',
    value: (row) => row.accumulated?.maxAbs,
    waitsFor: 'score',
  },
  {
    ...common,
    ...aside,
    overlay: true,
    chart: true,
    id: 'rmseOverScale',
    label: 'RMSE / scale',
    head: 'RMSE / scale',
    title: 'RMSE / scale isolated',
    unit: 'steps',
    definition:
      'Root mean square error with only this layer quantized, in units of its output’s scale: about 0.29 (1/√12) when rounding is the only loss, above 0.7 is worth a look.',
    better: 'lower',
    thresholds: {
      good: 1 / Math.sqrt(12),
      mark: 0.7,
      bad: 2,
      source:
        'Uniform rounding has variance scale²/12; above 0.7 the guide of TFLite’s quantization debugger calls a layer suspicious.',
    },
    value: (row) => row.isolated?.rmseOverScale,
    waitsFor: 'isolated',
  },
] as const satisfies readonly LayerFigure[];
