import { expect, it } from 'vitest';
import type { LayerResult } from '../analysis/types';
import { why } from '../quant/why';
import { layersCsv } from './csv';

const layer: LayerResult = {
  id: '=HYPERLINK("x")',
  layer: 'conv, first',
  type: 'Conv2D',
  op: 'CONV_2D',
  output: 'y',
  outputShape: [1, 2, 2, 3],
  params: 10,
  macs: 20,
  scheme: 'int8',
  why: why('recorded', { text: 'by "rule" 1' }),
  bytesFloat: 40,
  bytesQuantized: 13,
  energyFloat: { compute: 1, memory: 2 },
  energyQuantized: { compute: 0.5, memory: 0.5 },
  isolated: { sqnr: Infinity, cosine: 1, mse: 0, maxAbs: 0 },
};

it('writes RFC 4180 with units in the titles, and no text that a spreadsheet would run', () => {
  const [head, row, end] = layersCsv({ layers: [layer] }).split('\r\n');
  expect(head).toContain('SQNR isolated (dB)');
  expect(row).toContain(`"'=HYPERLINK(""x"")"`);
  expect(row).toContain('"conv, first"');
  expect(row).toContain('Infinity');
  expect(row!.endsWith('"by ""rule"" 1"')).toBe(true);
  expect(end).toBe('');
});
