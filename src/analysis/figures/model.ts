/** What the model says of a layer, quantized or not. */
import type { LayerFigure } from './figure';

const common = {
  group: 'model',
  better: 'neither',
  unit: 'count',
  fromSamples: false,
  beforeRuns: true,
  chart: false,
  overlay: false,
} as const;

export const model = [
  {
    ...common,
    id: 'params',
    label: 'Parameters',
    head: 'Parameters',
    title: 'parameters',
    definition: 'Weights and biases of the layer.',
    value: (row) => row.params,
    table: 'inspector',
  },
  {
    ...common,
    id: 'macs',
    label: 'MACs',
    head: 'MACs',
    title: 'MACs',
    definition: 'Multiply-accumulate operations of one inference.',
    value: (row) => row.macs,
    table: 'wide',
  },
] as const satisfies readonly LayerFigure[];
