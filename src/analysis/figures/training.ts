/** What a trained run adds: the model that training saw, with fake quantization, beside the integer one. */
import type { Run } from '../../run/types';
import { primaryIndex } from '../score';
import type { LayerFigure } from './figure';
import { sqnrThresholds } from './quality';

type FakeQuant = NonNullable<Run['figures']['fakeQuant']>;

/** Of a layer: how far the integer graph is from the fake-quantized one. */
export const driftFigure = ({ driftSamples }: Pick<FakeQuant, 'driftSamples'>): LayerFigure => ({
  id: 'drift',
  group: 'quality',
  label: 'Drift from fake quantization',
  head: 'Drift, dB',
  title: 'drift from fake quantization (dB)',
  unit: 'dB',
  definition: `Of a trained run: signal to difference at this layer’s output between the fake-quantized model that training saw and the integer model, in dB, on ${driftSamples} evaluation samples. float32 sums that round to the other side of a step make the difference; it grows along the network. Higher is better.`,
  better: 'higher',
  thresholds: sqnrThresholds,
  value: (row) => row.drift,
  fromSamples: true,
  table: 'wide',
  beforeRuns: false,
  chart: true,
  overlay: true,
});

/** The scores of both models on the same samples, for the output that stands for the model. */
export function fakeQuantScores({ scores, integerScores }: FakeQuant) {
  const at = primaryIndex(integerScores);
  const [fake, integer] = [scores[at], integerScores[at]];
  return fake && integer ? { fake, integer } : undefined;
}
