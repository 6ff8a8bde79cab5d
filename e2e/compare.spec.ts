/** Comparing runs: each number the run's own, large models quickly, several models, reloads and deletions. */
import type { Page } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { fewDigits, manyLayers, sample } from './files';
import {
  button,
  choose,
  expect,
  figures,
  go,
  heading,
  leading,
  openStudio,
  openWithDigits,
  quantize,
  runs,
  settled,
  test,
} from './studio';

const comparison = (page: Page) => page.getByRole('region', { name: 'Comparison', exact: true });
const byLayer = (page: Page) => page.getByRole('table', { name: 'Comparison by layer' });
const pick = (page: Page, name: string) =>
  page.getByRole('checkbox', { name: `Compare ${name}`, exact: true });

/** A short training on the scheme that is chosen. */
async function train(page: Page, epochs: number, samples?: number) {
  await page.getByText('Training settings').click();
  await page.getByRole('textbox', { name: 'Epochs' }).fill(String(epochs));
  if (samples !== undefined)
    await page
      .getByRole('textbox', { name: 'Training samples', exact: true })
      .fill(String(samples));
  await button(page, 'Train (QAT)').click();
  await expect(runs(page).getByRole('row', { name: /trained/ })).toBeVisible({ timeout: 90_000 });
  await settled(page);
}

async function quantizeWith(page: Page, scheme: string) {
  await page.getByLabel('Scheme', { exact: true }).selectOption(scheme);
  await quantize(page);
}

const four = [
  'float32',
  'int8 per-tensor',
  'int8 per-channel',
  'int8 per-tensor, trained',
] as const;

test('float against PTQ per-tensor, per-channel and QAT: each number is the run’s own', async ({
  page,
}) => {
  await openWithDigits(page, sample.mobilenet, 'mnist_mobilenet', fewDigits(600, 300));
  await quantizeWith(page, 'int8');
  await quantizeWith(page, 'int8-per-tensor');
  await train(page, 2);
  const own = await figures(runs(page));
  for (const name of four) await pick(page, name).check();
  await expect(page.getByRole('region', { name: 'Trade-off' })).toBeVisible();

  // Each layer's figure as the Layers table has it for the run alone.
  const sqnr: Record<string, (string | undefined)[]> = {};
  await go(page, 'Layers');
  for (const label of four.slice(1)) {
    await page.getByLabel('Run shown').selectOption({ label: `${label}, mnist_mobilenet` });
    const rows = await figures(page.getByRole('table', { name: 'Layers' }));
    sqnr[label] = rows.map((row) => row['SQNR acc., dB']);
  }

  await go(page, 'Compare');
  await expect(comparison(page)).toBeVisible();
  await expect(page).toHaveURL(/#\/compare\/[^/]+,[^/]+,[^/]+,[^/]+$/);
  const compared = await figures(page.getByRole('table', { name: 'Compared runs' }));
  expect(compared).toHaveLength(4);
  for (const [at, label] of four.entries()) {
    const row = own.find((one) => one['Scheme']!.replace(/ (other recipe).*/, '') === label)!;
    for (const head of ['Accuracy', 'File size', 'Latency', 'Energy'])
      expect(leading(compared[at]![head]), `${label} ${head}`).toBe(leading(row[head]));
  }

  // Against per-tensor, one setting differs: its words and the whole difference.
  await page.getByRole('radio', { name: 'Baseline int8 per-tensor', exact: true }).check();
  await expect(comparison(page)).toContainText('per-channel weights instead of per-tensor');
  await expect(comparison(page)).toContainText('training (QAT) instead of no training or repair');
  await expect(comparison(page)).toContainText(/\d+ of 300 answers differ/);
  await button(page, 'Comparison as table').click();
  const table = await figures(byLayer(page));
  expect(table).toHaveLength(sqnr['int8 per-channel']!.length);
  for (const [at, row] of table.entries()) {
    for (const label of four.slice(1)) {
      const key = Object.keys(row).find((head) => head.replace(/ \(baseline\).*/, '') === label)!;
      expect(leading(row[key]), `${label}, layer ${at + 1}`).toBe(leading(sqnr[label]![at]));
    }
  }

  // The same sample: those where the runs disagree first, with outputs and the layer's activation.
  await byLayer(page).getByRole('row').nth(2).click();
  const same = page.getByRole('region', { name: 'Same sample' });
  await expect(same.getByRole('img', { name: /^Output .* of int8 per-channel/ })).toBeVisible();
  await expect(
    same.getByRole('img', { name: /^Activation of .* in int8 per-tensor$/ }),
  ).toBeVisible();
  await expect(same.getByRole('img', { name: /^Difference of / }).first()).toBeVisible();
  await expect(
    page
      .getByRole('region', { name: 'Same layer' })
      .getByRole('img', { name: /^Weights of .* overlaid/ }),
  ).toBeVisible();

  await expect(
    page
      .getByRole('region', { name: 'Same layer' })
      .getByRole('img', { name: 'Change of weights in int8 per-tensor, trained' }),
  ).toBeVisible();

  // Everything leaves: report, table, chart.
  for (const [name, file] of [
    ['Side-by-side report (HTML)', /\.html$/],
    ['Comparison as CSV', /\.csv$/],
  ] as const) {
    const download = page.waitForEvent('download');
    await button(page, name).click();
    expect((await download).suggestedFilename()).toMatch(file);
  }
  await button(page, 'Comparison as chart').click();
  for (const kind of ['SVG', 'PNG']) {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Save Comparison SQNR accumulated as ${kind}` }).click();
    expect((await download).suggestedFilename()).toMatch(new RegExp(`${kind}$`, 'i'));
  }

  // Reload in the comparison, then Back, then a compared run is deleted.
  const address = page.url();
  await page.waitForTimeout(1200); // storage follows a moment after
  await page.reload();
  await expect(page.getByRole('table', { name: 'Compared runs' }).getByRole('row')).toHaveCount(5);
  expect(page.url()).toBe(address);
  await expect(
    page.getByRole('radio', { name: 'Baseline int8 per-tensor', exact: true }),
  ).toBeChecked();
  await go(page, 'Overview');
  await page.goBack();
  await expect(comparison(page)).toBeVisible();
  await go(page, 'Overview');
  await button(page, 'Delete int8 per-tensor').click();
  await go(page, 'Compare');
  await expect(page.getByRole('table', { name: 'Compared runs' }).getByRole('row')).toHaveCount(4);
});

test('Compare with PTQ, two clicks after a training; the run that it needs is made', async ({
  page,
}) => {
  await openWithDigits(page, sample.dense, 'mnist_dense', fewDigits(600, 100));
  // So few that the last epoch is taken: with more, the start may be found best.
  await train(page, 1, 150);
  await expect(pick(page, 'int8 per-channel')).toHaveCount(0);
  await button(page, 'Compare with PTQ').click();
  await expect(comparison(page)).toContainText('training (QAT) instead of no training or repair', {
    timeout: 60_000,
  });
  await expect(
    page.getByRole('radio', { name: 'Baseline int8 per-channel', exact: true }),
  ).toBeChecked();
  // Δw and roundings of what was trained.
  await comparison(page).locator('[data-layer] button').first().click();
  const same = page.getByRole('region', { name: 'Same layer' });
  await expect(same).toContainText(/float weights moved.*integers are not the same/);
  await page.goBack();
  await expect(runs(page)).toBeVisible();
});

test('150 layers and six runs: rows in view are drawn, nothing is drawn anew on hover', async ({
  page,
}) => {
  test.setTimeout(240_000);
  await openStudio(page);
  await choose(page, 'Model files', manyLayers(150));
  await expect(heading(page)).toContainText('many');
  await button(page, 'Compare all schemes').click();
  await expect.poll(async () => (await figures(runs(page))).length, { timeout: 120_000 }).toBe(6);
  await settled(page, 120_000);
  await page.getByRole('combobox', { name: 'Calibration' }).selectOption({ index: 1 });
  await quantizeWith(page, 'int8');
  const boxes = await page.getByRole('checkbox', { name: /^Compare / }).all();
  for (const box of boxes.slice(0, 6)) await box.check();
  await go(page, 'Compare');
  const rows = comparison(page).locator('[data-layer]');
  await expect(rows.first()).toBeVisible();
  const drawn = await rows.count();
  expect(drawn).toBeGreaterThan(10);
  expect(drawn).toBeLessThan(45);
  // Nothing changes in the document while the pointer moves over the rows.
  const box = (await rows.nth(3).boundingBox())!;
  await page.evaluate(() => {
    const counted = globalThis as unknown as { mutations: number };
    counted.mutations = 0;
    const group = document.querySelector('[data-layer]')!.parentElement!;
    new MutationObserver((list) => (counted.mutations += list.length)).observe(group, {
      subtree: true,
      childList: true,
      attributes: true,
    });
  });
  for (let y = 0; y < 5; y++) await page.mouse.move(box.x + 300, box.y + 26 * y);
  expect(
    await page.evaluate(() => (globalThis as unknown as { mutations: number }).mutations),
  ).toBe(0);
  await shot(page, 'many');
  await button(page, 'Worst differences first').click();
  await expect(button(page, 'Worst differences first')).toHaveAttribute('aria-pressed', 'true');
});

test('runs of two models: the same layer by its name, others shown as unmatched', async ({
  page,
}) => {
  await openWithDigits(page, sample.mobilenet, 'mnist_mobilenet', fewDigits(300, 100));
  await quantizeWith(page, 'int8');
  await pick(page, 'int8 per-channel').check();
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  await settled(page);
  await quantizeWith(page, 'int8');
  await pick(page, 'int8 per-channel').last().check();
  await go(page, 'Compare');
  await expect(comparison(page)).toContainText('model mnist_dense instead of');
  await expect(comparison(page)).toContainText('other model');
  await button(page, 'Comparison as table').click();
  await expect(byLayer(page)).toContainText('no such layer');
});

test('a setting is separated by a run that is made; other data marks what does not compare', async ({
  page,
}) => {
  await openWithDigits(page, sample.dense, 'mnist_dense', fewDigits(300, 100));
  await quantizeWith(page, 'int8');
  await page.getByRole('textbox', { name: 'Calibration', exact: true }).fill('50');
  await page.keyboard.press('Tab');
  await expect(page.getByText('50 for calibration')).toBeVisible();
  await quantizeWith(page, 'int8-per-tensor');
  await pick(page, 'int8 per-channel').check();
  await pick(page, 'int8 per-tensor').check();
  // Other data is open now: pictures and the separating run are still of the runs' own samples.
  await choose(page, 'Data files', fewDigits(280, 60));
  await settled(page);
  await go(page, 'Compare');
  await expect(comparison(page)).toContainText(
    'ranges from 50 samples of digits.npz instead of ranges from 200: not separated',
  );
  const first = page.getByRole('region', { name: 'Same sample' });
  await expect(first.getByRole('img', { name: /^Sample \d+, \d$/ })).toBeVisible();
  await expect(first.locator('[aria-label="Samples"] canvas').first()).toBeVisible();
  await page.getByRole('button', { name: /^Make the run that separates: ranges from 50/ }).click();
  await expect(page.getByRole('table', { name: 'Compared runs' }).getByRole('row')).toHaveCount(4, {
    timeout: 60_000,
  });
  await expect(comparison(page)).toContainText(/ranges from 50 .*\(measured between/);
  await expect(comparison(page)).not.toContainText('other samples');

  // A run on the other data joins: it is compared, and marked wherever samples count.
  await go(page, 'Overview');
  await quantizeWith(page, 'int8');
  await page
    .getByRole('checkbox', { name: /^Compare int8 per-channel/ })
    .last()
    .check();
  await go(page, 'Compare');
  const marked = page.getByRole('table', { name: 'Compared runs' }).getByRole('row').last();
  await expect(marked).toContainText('other samples');
  await expect(page.getByRole('region', { name: 'What differs' })).toContainText('other samples');
  await expect(page.getByRole('region', { name: 'Compared layers' })).toContainText(
    'other samples',
  );
});

test('the places are readable: no axe violation, light, dark and narrow', async ({ page }) => {
  await openWithDigits(page, sample.mobilenet, 'mnist_mobilenet', fewDigits(300, 100));
  await quantizeWith(page, 'int8-per-tensor');
  await quantizeWith(page, 'int8');
  for (const name of ['float32', 'int8 per-tensor', 'int8 per-channel'])
    await pick(page, name).check();
  for (const place of ['Overview', 'Layers', 'Compare'] as const) {
    await go(page, place);
    if (place === 'Compare') {
      await comparison(page).locator('[data-layer] button').nth(3).click();
      await expect(
        page
          .getByRole('region', { name: 'Same sample' })
          .getByRole('img', { name: /^Activation/ })
          .first(),
      ).toBeVisible();
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(200);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations, `${place}, ${colorScheme}`).toEqual([]);
      await shot(page, `${place}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await shot(page, 'Compare-390');
});

/** Pictures to look at, where somebody asks for them. */
async function shot(page: Page, name: string) {
  const folder = process.env.SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
