import type { LayerResult } from '../analysis/types';
import { inWords } from '../quant/words';

interface Column {
  readonly title: string;
  readonly of: (layer: LayerResult) => string | number | undefined;
}

/** Columns of the per-layer table, units in the titles. The JSON report and the CLI use the same. */
export const layerColumns: readonly Column[] = [
  { title: 'node', of: (l) => l.id },
  { title: 'layer', of: (l) => l.layer },
  { title: 'type', of: (l) => l.type },
  { title: 'op', of: (l) => l.op },
  { title: 'scheme', of: (l) => l.scheme },
  { title: 'output shape', of: (l) => l.outputShape.join('×') },
  { title: 'parameters', of: (l) => l.params },
  { title: 'MACs', of: (l) => l.macs },
  { title: 'SQNR isolated (dB)', of: (l) => l.isolated?.sqnr },
  { title: 'SQNR accumulated (dB)', of: (l) => l.accumulated?.sqnr },
  { title: 'cosine accumulated', of: (l) => l.accumulated?.cosine },
  { title: 'MSE accumulated', of: (l) => l.accumulated?.mse },
  { title: 'max abs error accumulated', of: (l) => l.accumulated?.maxAbs },
  { title: 'RMSE / scale isolated', of: (l) => l.isolated?.rmseOverScale },
  { title: 'score change, only this layer quantized', of: (l) => l.sensitivity },
  { title: 'bytes float', of: (l) => l.bytesFloat },
  { title: 'bytes quantized', of: (l) => l.bytesQuantized },
  { title: 'latency float (ms)', of: (l) => l.msFloat },
  { title: 'latency quantized (ms)', of: (l) => l.msQuantized },
  {
    title: 'energy float (pJ, 45 nm model)',
    of: (l) => l.energyFloat.compute + l.energyFloat.memory,
  },
  {
    title: 'energy quantized (pJ, 45 nm model)',
    of: (l) => l.energyQuantized.compute + l.energyQuantized.memory,
  },
  { title: 'why', of: (l) => inWords(l.why) },
];

/** RFC 4180. A leading =, +, − or @ in text is quoted with ' so that no spreadsheet runs it. */
function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The per-layer table as CSV, one row a layer, empty where a figure was not measured. */
export function layersCsv(run: { readonly layers: readonly LayerResult[] }): string {
  const lines = [layerColumns.map((column) => cell(column.title)).join(',')];
  for (const layer of run.layers)
    lines.push(layerColumns.map((column) => cell(column.of(layer))).join(','));
  return lines.join('\r\n') + '\r\n';
}
