/** Models of every kind trained in the page: opened, trained beside quantized alone, exported, verified. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { openFiles } from '../src/formats';
import { denseTflite, fewDigits, irisCsv, tfjsModel, type Payload } from './files';
import { autoencoder, twoInputs } from './smallModels';
import {
  button,
  choose,
  expect,
  figures,
  go,
  openStudio,
  quantize,
  runs,
  settled,
  test,
} from './studio';

const training = (page: Page) => page.getByRole('region', { name: 'Training', exact: true });
const about = (page: Page) => page.getByRole('region', { name: /^How .* came about$/ });
const trained = (page: Page) => runs(page).getByRole('row', { name: /, trained/ });

async function opened(page: Page, model: Payload[], data: Payload) {
  await openStudio(page);
  await choose(page, 'Model files', model);
  await choose(page, 'Data files', [data]);
  await expect(button(page, 'Train (QAT)')).toBeEnabled({ timeout: 60_000 });
  await settled(page);
  await quantize(page);
}

async function train(page: Page, { epochs = 2, loss = '' } = {}) {
  const settings = page.getByText('Training settings');
  const field = page.getByRole('textbox', { name: 'Epochs', exact: true });
  if (!(await field.isVisible())) await settings.click();
  await field.fill(String(epochs));
  if (loss) await page.getByRole('combobox', { name: 'Loss', exact: true }).selectOption(loss);
  const before = await trained(page).count();
  await button(page, 'Train (QAT)').click();
  await expect(trained(page)).toHaveCount(before + 1, { timeout: 60_000 });
  await expect(training(page)).toBeHidden({ timeout: 60_000 });
  await settled(page);
}

/** Beside the plain run of the same scheme, identical in LiteRT, and a file of integers. */
async function whole(page: Page) {
  await go(page, 'Overview');
  const rows = (await figures(runs(page))).filter((row) => /int8/.test(row['Scheme'] ?? ''));
  expect(rows.some((row) => !row['Scheme']!.includes('trained'))).toBe(true);
  expect(rows.some((row) => row['Scheme']!.includes('trained'))).toBe(true);
  for (const row of rows) expect(Object.values(row).join(' ')).not.toContain('…');
  await button(page, 'Verify in LiteRT').click();
  const verification = page.getByRole('status', { name: 'Verification' });
  await expect(verification).toContainText('✓ Identical', { timeout: 60_000 });
  const download = page.waitForEvent('download');
  await button(page, 'Export .tflite').click();
  const bytes = new Uint8Array(readFileSync(await (await download).path()));
  const { graph } = await openFiles([{ path: 'trained.tflite', bytes }]);
  expect(graph.values.some(({ dtype, data }) => dtype === 'int8' && data !== undefined)).toBe(true);
}

test('an autoencoder, by the mean squared error to its own input', async ({ page }) => {
  const { model, data } = autoencoder();
  await opened(page, [model], data);
  await train(page, { loss: 'mse' });
  await expect(about(page)).toContainText(/Trained for 2 epochs/);
  await whole(page);
});

test('a model with two inputs', async ({ page }) => {
  const { model, data } = twoInputs();
  await opened(page, [model], data);
  await train(page);
  await expect(about(page)).toContainText(/Trained for 2 epochs/);
  await whole(page);
});

test('a float .tflite; then from a run of least-squares scales, and on from a trained one', async ({
  page,
}) => {
  await opened(page, [await denseTflite()], fewDigits(300, 200));
  await train(page, { epochs: 1 });
  await whole(page);

  await page.getByRole('combobox', { name: 'Calibration', exact: true }).selectOption('mse');
  await quantize(page);
  await page.getByRole('checkbox', { name: 'Start from the selected run', exact: true }).check();
  await train(page, { epochs: 1 });
  await whole(page);
  // The trained run is the selected one now.
  await train(page, { epochs: 1 });
  await expect(about(page)).toContainText('It goes on from an earlier run');
  await whole(page);
});

test('a TF.js layers model', async ({ page }) => {
  await opened(page, tfjsModel(), irisCsv());
  await train(page);
  await expect(about(page)).toContainText(/Trained for 2 epochs/);
  await whole(page);
});
