/** What a layer costs: bytes, time, energy; float beside quantized. */
import type { Energy } from '../../run/figures';
import type { LayerFigure } from './figure';

export const totalEnergy = (energy: Energy | undefined): number | undefined =>
  energy && energy.compute + energy.memory;

/** undefined where a side is unknown or nothing. */
export const times = (before: number | undefined, after: number | undefined): number | undefined =>
  before && after ? before / after : undefined;

/** Quantized over float: what is left of the cost. */
const left = (before: number | undefined, after: number | undefined) => times(after, before);

export const costThresholds = {
  size: {
    good: 0.25,
    bad: 1,
    source: 'Quantized over float: int8 takes a quarter of float32; 1 is nothing won.',
  },
  latency: {
    good: 0.3,
    mark: 1,
    bad: 1.2,
    source:
      'Quantized over float time: four int8 products fit where one float32 does; above 1 quantizing made it slower.',
  },
  energy: {
    good: 0.1,
    bad: 1,
    source:
      'Quantized over float by Horowitz’s figures: an int8 multiply and add cost 0.3 pJ, float32 4.6 pJ.',
  },
} as const;

const common = { group: 'cost', fromSamples: false } as const;

export const cost = [
  {
    ...common,
    id: 'size',
    label: 'Size',
    head: 'Size, kB',
    title: 'bytes quantized',
    floatTitle: 'bytes float',
    unit: 'bytes',
    definition:
      'Bytes of this layer’s constants in the exported file: weights, bias, scales, zero points, and the shapes and axes that the operator needs. A constant that several layers use counts for the first.',
    better: 'lower',
    thresholds: costThresholds.size,
    judged: (row) => left(row.bytesFloat, row.bytesQuantized),
    value: (row) => row.bytesQuantized,
    float: (row) => row.bytesFloat,
    table: 'always',
    beforeRuns: true,
    chart: true,
    overlay: true,
  },
  {
    ...common,
    id: 'sizeRatio',
    label: 'Size ÷',
    head: 'Size ÷',
    title: 'size ratio (float / quantized)',
    unit: 'times',
    definition: 'Float bytes over quantized bytes of this layer.',
    better: 'higher',
    value: (row) => times(row.bytesFloat, row.bytesQuantized),
    table: 'wide',
    beforeRuns: false,
    chart: false,
    overlay: false,
  },
  {
    ...common,
    id: 'latency',
    label: 'Latency',
    head: 'Quantized',
    floatHead: 'Float',
    title: 'latency quantized (ms)',
    floatTitle: 'latency float (ms)',
    unit: 'ms',
    definition:
      'Median time of this layer in this browser, on this machine; float and quantized in the same engine.',
    better: 'lower',
    thresholds: costThresholds.latency,
    judged: (row) => left(row.msFloat, row.msQuantized),
    value: (row) => row.msQuantized,
    float: (row) => row.msFloat,
    waitsFor: 'latency',
    table: 'always',
    beforeRuns: false,
    chart: true,
    overlay: true,
  },
  {
    ...common,
    id: 'latencyRatio',
    label: 'Time ÷',
    head: 'Time ÷',
    title: 'latency ratio (float / quantized)',
    unit: 'times',
    definition: 'Float time over quantized time: ÷2 is twice as fast, ×2 half as fast.',
    better: 'higher',
    value: (row) => times(row.msFloat, row.msQuantized),
    judged: (row) => left(row.msFloat, row.msQuantized),
    thresholds: costThresholds.latency,
    waitsFor: 'latency',
    table: 'wide',
    beforeRuns: false,
    chart: false,
    overlay: false,
  },
  {
    ...common,
    id: 'energy',
    label: 'Energy',
    head: 'Energy, nJ',
    title: 'energy quantized (pJ, 45 nm model)',
    floatTitle: 'energy float (pJ, 45 nm model)',
    unit: 'pJ',
    definition:
      'Model of 45 nm silicon (Horowitz 2014; integer products by the widths of their operands), not a measurement: arithmetic and memory traffic of one inference.',
    better: 'lower',
    thresholds: costThresholds.energy,
    judged: (row) => left(totalEnergy(row.energyFloat), totalEnergy(row.energyQuantized)),
    value: (row) => totalEnergy(row.energyQuantized),
    float: (row) => totalEnergy(row.energyFloat),
    table: 'wide',
    beforeRuns: false,
    chart: true,
    overlay: true,
  },
] as const satisfies readonly LayerFigure[];

/** Of a run whose samples WebGPU answered. */
export const webGpuFigure: LayerFigure = {
  ...common,
  id: 'latencyWebGpu',
  label: 'Latency on WebGPU',
  head: 'WebGPU, ms',
  title: 'latency quantized on WebGPU (ms)',
  unit: 'ms',
  definition:
    'Time of this layer of the quantized model on WebGPU for one sample: its dispatches repeated in one pass, the least of several rounds. A layer alone costs what a dispatch costs; samples in batches cost far less each.',
  better: 'lower',
  value: (row) => row.msWebGpu,
  waitsFor: 'latency',
  table: 'always',
  beforeRuns: false,
  chart: true,
  overlay: true,
};
