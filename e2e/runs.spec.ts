/** Runs in detail: scores and answers by class, what the samples stand on, what is stored, what goes on meanwhile. */
import type { Page } from '@playwright/test';
import { classFolders, sample, zipOf } from './files';
import {
  alert,
  button,
  choose,
  expect,
  figures,
  go,
  heading,
  isRun,
  layers,
  leading,
  openDense,
  openStudio,
  openWithDigits,
  progress,
  quantize,
  runs,
  sampleButton,
  settled,
  test,
} from './studio';

const check = (page: Page) => page.getByRole('region', { name: 'Data check', exact: true });

test('the confusion matrix: float and quantized, whose diagonals are the accuracies shown', async ({
  page,
}) => {
  await openDense(page);
  await quantize(page);
  const matrix = page.getByRole('table', { name: 'Confusion matrix', exact: true });
  await expect(matrix).toHaveCount(0);
  await button(page, 'Confusion matrix').click();
  await expect(matrix).toBeVisible();
  const rows = await matrix
    .locator('tbody tr')
    .evaluateAll((list) =>
      list.map((row) => [...row.children].map((cell) => Number(cell.textContent))),
    );
  expect(rows).toHaveLength(10);
  // Class, samples, accuracy of each model, the difference, then ten answers of each.
  const right = (from: number) => rows.reduce((sum, row, truth) => sum + row[from + truth]!, 0);
  const total = rows.reduce((sum, row) => sum + row[1]!, 0);
  expect(total).toBe(2000);
  const [float, int8] = await figures(runs(page));
  expect(leading(float!['Accuracy'])).toBeCloseTo((100 * right(5)) / total, 1);
  expect(leading(int8!['Accuracy'])).toBeCloseTo((100 * right(15)) / total, 1);
  for (const [truth, row] of rows.entries()) {
    const answers = row.slice(5, 15).reduce((sum, count) => sum + count, 0);
    expect(answers, `answers to ${truth}`).toBe(row[1]);
  }
});

test('the data check says how the value range was found; another choice makes another run', async ({
  page,
}) => {
  await openWithDigits(page, sample.mobilenet, 'mnist_mobilenet');
  await expect(check(page)).toContainText('Value range');
  await expect(check(page)).toContainText('proven');
  await page.getByLabel('Evaluation', { exact: true }).fill('300');
  await quantize(page);
  await expect(runs(page)).not.toContainText('assumed');
  const before = await figures(runs(page));
  await check(page).getByLabel('Value range', { exact: true }).selectOption('raw-255');
  await settled(page);
  await expect(check(page)).toContainText('chosen');
  await expect(runs(page)).toContainText('stale: data');
  await quantize(page);
  const after = await figures(runs(page));
  expect(after.at(-1)!['Accuracy']).not.toBe(before.at(-1)!['Accuracy']);
});

test('what nobody proved is marked on every figure that stands on it', async ({ page }) => {
  // Two layers with ReLU answer alike whatever the scale: no range can be proven.
  await openDense(page);
  await quantize(page);
  for (const row of await figures(runs(page))) expect(row['Accuracy']).toContain('assumed');
  await go(page, 'Layers');
  for (const name of ['Charts per layer', 'Layers of the model'])
    await expect(page.getByRole('region', { name })).toContainText('assumed');
  await go(page, 'Overview');
  await check(page).getByLabel('Value range', { exact: true }).selectOption('zero-one');
  await settled(page);
  await quantize(page);
  expect((await figures(runs(page))).at(-1)!['Accuracy']).not.toContain('assumed');
});

test('samples for evaluation alone: the others serve calibration', async ({ page }) => {
  const panel = page.getByRole('region', { name: 'Data', exact: true });
  await openStudio(page);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  await choose(page, 'Data files', zipOf('digits.zip', classFolders(8)));
  await expect(panel).toContainText(/24 samples/);
  await choose(page, 'Evaluation samples', zipOf('others.zip', classFolders(3)));
  await expect(panel).toContainText(/9 others for evaluation/);
  await settled(page);
  await expect(alert(page)).toHaveCount(0);
});

test('a run is stored, and says so; runs that are no longer needed go', async ({ page }) => {
  await openDense(page);
  await quantize(page);
  const stored = runs(page).getByRole('img', { name: /^Stored/ });
  await expect(stored).toHaveCount(2);
  await button(page, 'Storage').click();
  const view = page.getByRole('dialog', { name: 'Storage' });
  await expect(view).toContainText('2 of 2');
  await view.getByRole('button', { name: 'Delete 1 other run' }).click();
  await expect.poll(async () => (await figures(runs(page))).length).toBe(1);
  await page.keyboard.press('Escape');
  await page.waitForTimeout(1000); // storage follows a moment after
  await page.reload();
  await expect(heading(page)).toHaveText('mnist_dense');
  await expect.poll(async () => (await figures(runs(page))).length).toBe(1);
});

test('float is a run like the others: selected, drawn and exported', async ({ page }) => {
  await openDense(page);
  await quantize(page);
  await runs(page)
    .getByRole('button', { name: /float32/ })
    .first()
    .click();
  await go(page, 'Layers');
  expect((await figures(layers(page))).map((row) => row['Scheme'])).not.toContain('int8');
  await go(page, 'Overview');
  const download = page.waitForEvent('download');
  await button(page, 'Export .tflite').click();
  expect((await download).suggestedFilename()).toMatch(/float32\.tflite$/);
});

test('a finished run leaves while the next one is being made', async ({ page }) => {
  await openStudio(page);
  await sampleButton(page, 'MNIST MobileNet').click();
  await expect
    .poll(async () => (await figures(runs(page))).filter(isRun).length, { timeout: 60_000 })
    .toBeGreaterThan(1);
  await expect(progress(page).first()).toBeVisible();
  const download = page.waitForEvent('download');
  await button(page, 'Export .tflite').click();
  expect((await download).suggestedFilename()).toMatch(/int8\.tflite$/);
  await expect(progress(page).first()).toBeVisible();
  await button(page, 'Cancel').click();
  await settled(page);
});
