import { expect, test } from 'vitest';
import { figuresOf, layerFigures, modelRows, rowsOf } from '../../analysis/figures';
import { stockRecipe } from '../../quant/recipe';
import type { Run } from '../../run/types';
import { fakeModel } from '../../testing/fakeModel';
import { fakeRun } from '../../testing/fakeRun';
import { columnsOf, largestOf, sameCells } from './columns';

const model = fakeModel('net.keras', 12);
const run = fakeRun({ model, recipe: stockRecipe('int8') });
const columns = columnsOf({ run, quantized: false, narrow: false });
const column = (id: string) => columns.find((one) => one.id === id)!;
const ids = (shown: Parameters<typeof columnsOf>[0]) => columnsOf(shown).map(({ id }) => id);
const first = rowsOf(run)[0]!;

test('every figure of the list that is for tables has its column, in the list’s order', () => {
  const wide = figuresOf(run).filter(({ table }) => table !== 'inspector');
  const always = wide.filter(({ table }) => table === 'always');
  const own = (list: typeof wide) =>
    list.flatMap(({ id, floatHead }) => (floatHead ? [`${id}Float`, id] : [id]));
  expect(ids({ run, quantized: false, narrow: false })).toEqual([
    'layer',
    'type',
    'scheme',
    ...own(wide),
  ]);
  expect(ids({ run, quantized: false, narrow: true })).toEqual(['layer', 'scheme', ...own(always)]);
  expect(own(wide)).toContain('latencyFloat');
  expect(own(always)).not.toContain('macs');
});

test('heads are the list’s short ones; a pair says so in its definition', () => {
  expect(column('isolated').label).toBe('SQNR isol., dB');
  expect(column('latencyFloat').label).toBe('Float');
  expect(column('latency').label).toBe('Quantized');
  expect(column('size').definition).toMatch(/Float → quantized\.$/);
  expect(column('latency').definition).not.toMatch(/→/);
  expect(column('layer').numeric).toBeUndefined();
  expect(column('size').numeric).toBe(true);
});

test('before any run: what the model says of itself, and a quantized one its scales', () => {
  const before = layerFigures.filter(({ beforeRuns }) => beforeRuns).map(({ id }) => id);
  expect(ids({ quantized: false, narrow: false })).toEqual([
    ...['layer', 'type', 'scheme', 'shape'],
    ...before,
  ]);
  expect(ids({ quantized: true, narrow: false }).at(-1)).toBe('quantization');
  expect(ids({ quantized: false, narrow: true })).not.toContain('type');
});

test('a model’s rows: shape, size as it is, scale and zero point where there is one', () => {
  const rows = modelRows(model.optimized);
  const shown = columnsOf({ quantized: true, narrow: false });
  const text = (id: string, row: (typeof rows)[number]) =>
    shown.find((one) => one.id === id)!.text!(row);
  expect(text('shape', rows[0]!)).toBe('1 × 14 × 14 × 16');
  // 16 × 16 weights of four bytes.
  expect(text('size', rows[0]!)).toMatch(/^1\.\d\d$|^0\.\d{3}$/);
  expect(text('size', rows[0]!)).not.toContain('→');
  expect(text('quantization', rows[0]!)).toBe('–');
  const quantized = { ...rows[0]!, outputQuant: { scale: 0.0235, zeroPoint: -128 } };
  expect(text('quantization', quantized)).toBe('0.0235, −128');
  const sortBy = (id: string) => shown.find((one) => one.id === id)!.sortBy;
  expect(sortBy('quantization')(quantized)).toBe(0.0235);
  expect(sortBy('quantization')(rows[0]!)).toBeUndefined();
  expect(sortBy('shape')(rows[0]!)).toBe(14 * 14 * 16);
  expect(sortBy('size')(rows[0]!)).toBe(rows[0]!.bytesFloat);
});

test('cells: accumulated is not isolated, float stands before quantized', () => {
  const row = {
    ...first,
    isolated: { sqnr: 38.04, cosine: 1, mse: 0, maxAbs: 0 },
    accumulated: { sqnr: 9.96, cosine: 1, mse: 0, maxAbs: 0 },
    bytesFloat: 4000,
    bytesQuantized: 1000,
    msFloat: 2,
    msQuantized: 0.5,
    sensitivity: -1.5,
    macs: 100_352,
  };
  const text = (id: string) => column(id).text!(row);
  expect(text('isolated')).toBe('38.0');
  expect(text('accumulated')).toBe('10.0');
  expect(text('size')).toBe('4.00 → 1.00');
  expect(text('sizeRatio')).toBe('÷4.0');
  expect(text('latencyFloat')).toBe('2.00 ms');
  expect(text('latency')).toBe('500 µs');
  expect(text('latencyRatio')).toBe('÷4.0');
  expect(text('sensitivity')).toBe('−1.5');
  expect(text('macs')).toBe('100 k');
  expect(text('type')).toBe(first.type);
  expect(column('layer').sortBy({ ...row, layer: 'Conv_A' })).toBe('conv_a');
  expect(column('scheme').sortBy(row)).toBe('int8');
  expect(column('type').sortBy(row)).toBe(first.type);
  expect(column('size').sortBy(row)).toBe(1000);
  expect(column('latencyFloat').sortBy(row)).toBe(2);
  expect(column('accumulated').sortBy(row)).toBe(9.96);
  // 9.96 dB is under the 10 at which it can't be worse; 38 is near what rounding alone leaves.
  expect(column('accumulated').marked!(row)).toBe(true);
  expect(column('isolated').marked!(row)).toBe(false);
  // Slower than float is marked; a size that stayed is not.
  expect(column('latencyRatio').marked!({ ...row, msQuantized: 2.5 })).toBe(true);
  expect(column('latencyRatio').marked!(row)).toBe(false);
  expect(column('size').marked!({ ...row, bytesQuantized: 4000 })).toBe(false);
  expect(column('sensitivity').bar!(row)).toBe(1.5);
  expect(column('accumulated').bar!(row)).toBe(9.96);
});

test('not measured: no text, no bar, no mark', () => {
  const row = { ...first, isolated: undefined, msFloat: undefined, msQuantized: undefined };
  for (const id of ['isolated', 'latency', 'latencyFloat', 'latencyRatio']) {
    expect(column(id).text!(row), id).toBeUndefined();
    expect(column(id).bar?.(row), id).toBeUndefined();
    expect(column(id).marked?.(row) ?? false, id).toBe(false);
  }
  expect(column('latencyFloat').bar).toBeUndefined();
});

test('full bars are the longest of their column', () => {
  const rows = [10, 40, undefined].map((sqnr) => ({
    ...first,
    isolated: sqnr === undefined ? undefined : { sqnr, cosine: 1, mse: 0, maxAbs: 0 },
  }));
  const largest = largestOf(rows, columns);
  expect(largest['isolated']).toBe(40);
  expect(largest).not.toHaveProperty('type');
  expect(largestOf([], columns)['isolated']).toBe(0);
});

test('cells are the same when they read the same, whatever else changed', () => {
  const copy = structuredClone(first);
  const again = columnsOf({ run: { ...run } as Run, quantized: false, narrow: false });
  expect(sameCells(first, copy, columns, again.slice(0, -1))).toBe(false);
  expect(sameCells(first, copy, columns, again)).toBe(true);
  expect(sameCells(first, first, columns, columns)).toBe(true);
  const narrow = columnsOf({ run, quantized: false, narrow: true });
  expect(sameCells(first, first, columns, narrow)).toBe(false);
  const differing: Partial<typeof first>[] = [
    { id: 'other' },
    { scheme: 'float32' },
    { part: 'add' },
    { bytesQuantized: 1 },
    { isolated: { sqnr: 12, cosine: 1, mse: 0, maxAbs: 0 } },
  ];
  for (const part of differing)
    expect(sameCells(first, { ...copy, ...part }, columns, again), JSON.stringify(part)).toBe(
      false,
    );
  const swapped = [columns[1]!, columns[0]!, ...columns.slice(2)];
  expect(sameCells(first, copy, columns, swapped)).toBe(false);
});
