/** What sparing one layer of the quantized model gives back, in the score's own terms. */
import { capital } from '../format';
import type { LayerFigure } from './figure';
import { decimalsOf, type ScoredBy } from './sensitivity';

/** Of the score in per cent, in dB, and as a part of the float model's own error: as marked as the same loss. */
const thresholds = {
  '%': {
    good: 0,
    mark: 1,
    bad: 2,
    source:
      'MLPerf Inference accepts a quantized model within 1 % of the float accuracy: a layer that alone holds more than a point is marked.',
  },
  dB: {
    good: 0,
    mark: 3,
    bad: 10,
    source: '3 dB: half of all noise comes by this layer; 10 dB: nine tenths of it.',
  },
  '': {
    good: 0,
    bad: 0.1,
    source: 'Over the float model’s own error: more than a twentieth is marked.',
  },
} as const;

/** `score`: the float model's first score; `on`: on which samples, as the end of a sentence; `samples`: how many. */
export function sparedFigure(score: ScoredBy, on: string, samples: number): LayerFigure {
  const { label, better, value: float, unit, kind } = score;
  const sign = better === 'lower' ? -1 : 1;
  const what = kind === 'likeness' ? 'Output SQNR' : capital(label);
  return {
    id: 'spared',
    group: 'quality',
    title: 'score change, only this layer spared',
    label: `Spared: Δ ${kind === 'likeness' ? 'SQNR' : label === 'mean absolute error' ? 'abs. error' : label}`,
    head: unit === 'dB' ? 'Spared, dB' : 'Spared',
    unit: unit === '%' ? 'points' : unit === 'dB' ? 'dB' : 'target',
    ...(unit === '%' ? { decimals: decimalsOf(samples) } : {}),
    definition: `${what} with all layers but this one quantized minus with all of them quantized${unit === '%' ? ', in points' : unit === 'dB' ? ', in dB' : ''}${on}. What sparing it gives back: ${better === 'lower' ? 'below' : 'above'} zero, the layer is worth sparing.`,
    better: 'neither',
    thresholds: thresholds[unit],
    judged: (row) =>
      row.spared === undefined
        ? undefined
        : (sign * row.spared) / (unit === '' ? Math.max(Math.abs(float), 1e-12) : 1),
    value: (row) => row.spared,
    fromSamples: true,
    table: 'always',
    beforeRuns: false,
    chart: true,
    overlay: true,
  };
}
