/** Of a model with several outputs: what quantizing one layer alone does to each of them. */
import type { LayerFigure } from './figure';
import { sqnrThresholds } from './quality';

/** The value is the worst output's; `several` has each. @param outputs their names, in the graph's order */
export function outputsFigure(outputs: readonly string[], on: string): LayerFigure {
  return {
    id: 'outputs',
    group: 'quality',
    label: 'SQNR per output',
    head: 'Worst output, dB',
    title: 'SQNR of the worst output (dB)',
    unit: 'dB',
    definition: `Signal to quantization noise at each of the model’s outputs with only this layer quantized, in dB${on}. Below the line at 10 dB a third of that output’s amplitude is error.`,
    better: 'higher',
    thresholds: sqnrThresholds,
    value: ({ outputSqnr }) =>
      outputSqnr && outputSqnr.length > 0 ? Math.min(...outputSqnr) : undefined,
    several: { labels: outputs, values: ({ outputSqnr }) => outputSqnr ?? [] },
    waitsFor: 'sensitivity',
    fromSamples: true,
    table: 'inspector',
    beforeRuns: false,
    chart: true,
    overlay: false,
  };
}
