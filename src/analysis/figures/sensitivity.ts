/** What quantizing one layer alone does to the score, in the score's own terms. */
import { capital } from '../format';
import type { Score } from '../../run/figures';
import type { LayerFigure } from './figure';
import { sqnrThresholds } from './quality';

/** One sample of 100 is a whole point: more decimals than the samples carry would only look exact. */
export function decimalsOf(samples: number): number {
  return samples >= 1000 ? 2 : samples >= 100 ? 1 : 0;
}

/** MLPerf Inference's bound for a whole quantized model; one layer that alone costs more is to be seen. */
export const pointsThresholds = {
  good: 0,
  bad: -2,
  source:
    'MLPerf Inference accepts a quantized model within 1 % of the float accuracy: a change of more than one point is marked.',
} as const;

export const errorThresholds = {
  good: 0,
  bad: 0.1,
  source:
    'Change over the float model’s own error: more than a twentieth is marked, a tenth is as bad as it gets.',
} as const;

/** Of a score in dB that float has too. */
export const changeThresholds = {
  good: 0,
  mark: -1,
  bad: -6,
  source: '1 dB is a quarter more noise, 6 dB four times as much.',
} as const;

export type ScoredBy = Pick<Score, 'kind' | 'label' | 'unit' | 'better' | 'value'>;

/**
 * `score`: the float model's first score, whose change is meant; `on`: on which samples, as the end
 * of a sentence; `samples`: how many.
 */
export function sensitivityFigure(score: ScoredBy, on = '', samples = 1000): LayerFigure {
  const { label, better, value: float } = score;
  const common = {
    id: 'sensitivity',
    group: 'quality',
    title: 'score change, only this layer quantized',
    value: (row) => row.sensitivity,
    waitsFor: 'sensitivity',
    fromSamples: true,
    table: 'always',
    beforeRuns: false,
    chart: true,
    overlay: true,
  } as const satisfies Partial<LayerFigure>;
  if (score.kind === 'likeness')
    return {
      ...common,
      label: 'Output SQNR',
      head: 'Output SQNR, dB',
      unit: 'dB',
      definition: `Signal to quantization noise at the model’s output with only this layer quantized, in dB${on}. Higher is better.`,
      better,
      thresholds: sqnrThresholds,
    };
  switch (score.unit) {
    case '%':
      return {
        ...common,
        label: `Δ ${label}`,
        head: `Δ ${label}`,
        unit: 'points',
        decimals: decimalsOf(samples),
        definition:
          score.kind === 'agreement'
            ? `Agreement with the float model’s most likely class when only this layer is quantized, minus 100 %, in points${on}.`
            : `${capital(label)} with only this layer quantized minus the float model’s, in points${on}.`,
        better,
        thresholds: pointsThresholds,
      };
    case 'dB':
      return {
        ...common,
        label: `Δ ${label}`,
        head: `Δ ${label}, dB`,
        unit: 'dB',
        definition: `${capital(label)} with only this layer quantized minus the float model’s, in dB${on}. Below zero is worse than float.`,
        better,
        thresholds: changeThresholds,
      };
    case '': {
      const short = label === 'mean absolute error' ? 'abs. error' : label;
      return {
        ...common,
        label: `Δ ${short}`,
        head: `Δ ${short}`,
        unit: 'target',
        definition: `${capital(label)} with only this layer quantized minus the float model’s${on}. ${better === 'lower' ? 'Below' : 'Above'} zero is better than float.`,
        better,
        judged: (row) =>
          row.sensitivity === undefined
            ? undefined
            : ((better === 'lower' ? 1 : -1) * row.sensitivity) / Math.max(Math.abs(float), 1e-12),
        thresholds: errorThresholds,
      };
    }
    default:
      return score.unit satisfies never;
  }
}
