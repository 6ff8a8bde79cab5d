/** One click on a sample: the model, its charts, four schemes beside float, every layer with figures. */
import type { Page } from '@playwright/test';
import {
  chart,
  expect,
  figures,
  go,
  heading,
  layers,
  leading,
  openStudio,
  runs,
  sampleButton,
  settled,
  test,
  type SampleName,
} from './studio';

const schemes = [
  'int8 per-channel',
  'int8 per-tensor',
  'int4 weights, int8 activations',
  'Dynamic range',
  'float16',
];

interface Row {
  readonly scheme: string;
  readonly accuracy: number;
  readonly cells: Readonly<Record<string, string>>;
}

async function trySample(page: Page, name: SampleName, modelName: string): Promise<Row[]> {
  await openStudio(page);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await sampleButton(page, name).click();
  await expect(heading(page)).toHaveText(modelName);
  await expect(page.getByRole('progressbar')).toBeVisible();
  await go(page, 'Layers');
  await expect(chart(page)).toBeVisible({ timeout: 60_000 });
  await go(page, 'Overview');
  for (const scheme of schemes)
    await expect(runs(page).getByRole('row').filter({ hasText: scheme })).toHaveCount(1, {
      timeout: 60_000,
    });
  await settled(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
  return (await figures(runs(page))).map((cells) => ({
    scheme: schemes.find((scheme) => cells['Scheme']?.includes(scheme)) ?? cells['Scheme']!,
    accuracy: leading(cells['Accuracy']),
    cells,
  }));
}

/** Every run has accuracy, size, latency and energy; none is marked stale or synthetic. */
function expectWholeRuns(rows: readonly Row[]) {
  expect(rows.map(({ scheme }) => scheme)).toEqual(['float32', ...schemes]);
  for (const { cells } of rows) {
    for (const column of ['Accuracy', 'File size', 'Latency', 'Energy'])
      expect(leading(cells[column]), `${column} of ${cells['Scheme']}`).toBeGreaterThan(0);
    expect(Object.values(cells).join(' ')).not.toMatch(/synthetic|stale|stopped|…|NaN/);
  }
}

/** The charts of error, accuracy, size and latency hold a bar for each layer. */
async function expectCharts(page: Page, count: number) {
  for (const figure of ['SQNR accumulated', 'SQNR isolated', 'Size', 'Latency', 'Energy']) {
    await page
      .getByRole('radiogroup', { name: 'Figure of the chart' })
      .getByText(figure, { exact: true })
      .click();
    await expect(chart(page)).toHaveAccessibleName(new RegExp(`^${figure} of ${count} layers`));
    const bars = chart(page).locator('.recharts-bar-rectangle path');
    expect(await bars.count(), figure).toBeGreaterThan(0);
  }
}

test('MNIST dense', async ({ page }) => {
  const rows = await trySample(page, 'MNIST dense', 'mnist_dense');
  expectWholeRuns(rows);
  const [float, ...others] = rows;
  expect(float!.accuracy).toBeGreaterThan(90);
  for (const { scheme, accuracy } of others)
    expect(Math.abs(accuracy - float!.accuracy), scheme).toBeLessThanOrEqual(0.5);

  await go(page, 'Layers');
  const table = await figures(layers(page));
  expect(table.map((row) => row['Layer'])).toEqual(['dense', 'logits']);
  for (const row of table) {
    expect(leading(row['SQNR isol., dB'])).toBeGreaterThan(20);
    expect(leading(row['SQNR acc., dB'])).toBeGreaterThan(20);
    for (const column of ['Δ accuracy', 'Float', 'Quantized', 'MACs', 'Energy, nJ'])
      expect(row[column], column).toMatch(/\d/);
    expect(row['Size, kB']).toMatch(/\d → \d/);
  }
  // 784 · 128 and 128 · 10 multiply-accumulates.
  expect(table.map((row) => row['MACs'])).toEqual(['100 k', '1.28 k']);
  await expectCharts(page, 2);
});

test('MNIST MobileNet: per-channel keeps the accuracy, per-tensor loses it', async ({ page }) => {
  const rows = await trySample(page, 'MNIST MobileNet', 'mnist_mobilenet');
  expectWholeRuns(rows);
  const accuracy = new Map(rows.map((row) => [row.scheme, row.accuracy]));
  const float = accuracy.get('float32')!;
  expect(float).toBeGreaterThan(95);
  expect(Math.abs(accuracy.get('int8 per-channel')! - float)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(accuracy.get('float16')! - float)).toBeLessThanOrEqual(0.1);
  expect(float - accuracy.get('int8 per-tensor')!).toBeGreaterThanOrEqual(3);

  await go(page, 'Layers');
  const table = await figures(layers(page));
  expect(table.length).toBeGreaterThan(12);
  const weighty = table.filter((row) => leading(row['MACs']) > 0);
  expect(weighty.length).toBeGreaterThan(10);
  for (const row of weighty) {
    for (const column of ['SQNR isol., dB', 'SQNR acc., dB', 'Δ accuracy', 'Float', 'Quantized'])
      expect(row[column], `${column} of ${row['Layer']}`).toMatch(/\d/);
    expect(leading(row['Size ÷'])).toBeGreaterThan(1);
  }
  await expectCharts(page, table.length);
});
