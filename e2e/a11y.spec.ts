/** For everyone: names and roles that stay, keyboard, contrast in light and dark, small screens. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { sample } from './files';
import {
  alert,
  button,
  chart,
  choose,
  expect,
  go,
  heading,
  layers,
  openStudio,
  progress,
  quantize,
  runs,
  sampleButton,
  settled,
  test,
} from './studio';

/** Axe's serious and critical findings, each with where it is. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

async function openAndQuantize(page: Page) {
  await openStudio(page);
  await choose(page, 'Model files', sample.mobilenet);
  await expect(heading(page)).toHaveText('mnist_mobilenet');
  await choose(page, 'Data files', sample.digits);
  await expect(page.getByText('200 for calibration')).toBeVisible();
  await page.getByLabel('Evaluation', { exact: true }).fill('100');
  await quantize(page);
}

for (const colorScheme of ['light', 'dark'] as const)
  test(`no serious finding of axe, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openStudio(page);
    expect(await findings(page), 'empty').toEqual([]);
    await openAndQuantize(page);
    expect(await findings(page), 'after a run').toEqual([]);
    await go(page, 'Layers');
    await layers(page).getByRole('button').nth(15).click();
    await expect(page.getByRole('region', { name: /^Inspector: / })).toBeVisible();
    expect(await findings(page), 'with the inspector').toEqual([]);
    await page
      .getByRole('radiogroup', { name: 'View of the layers' })
      .getByText('Graph', { exact: true })
      .click();
    await expect(page.locator('.react-flow__node').first()).toBeVisible();
    expect(await findings(page), 'with the graph').toEqual([]);
    await choose(page, 'Model files', { name: 'x', mimeType: '', buffer: Buffer.from('nonsense') });
    await expect(alert(page)).toBeVisible();
    expect(await findings(page), 'with an alert').toEqual([]);
  });

test('names that stay', async ({ page }) => {
  await openStudio(page);
  for (const name of ['Model files', 'Data files'])
    await expect(page.getByLabel(name, { exact: true })).toHaveAttribute('type', 'file');
  await expect(sampleButton(page, 'MNIST dense')).toBeVisible();
  await expect(sampleButton(page, 'MNIST MobileNet')).toBeVisible();
  await expect(button(page, 'Quantize')).toBeDisabled();

  await sampleButton(page, 'MNIST MobileNet').click();
  await expect(heading(page)).toHaveText('mnist_mobilenet');
  await expect(progress(page)).toHaveAttribute('aria-valuenow', /\d/);
  await expect(button(page, 'Cancel')).toBeVisible();
  await expect(runs(page)).toBeVisible();
  await go(page, 'Layers');
  await expect(layers(page)).toBeVisible();
  await expect(chart(page)).toBeVisible({ timeout: 60_000 });
  await settled(page);
  await go(page, 'Overview');
  for (const name of ['Quantize', 'Export .tflite', 'Verify in LiteRT'])
    await expect(button(page, name)).toBeEnabled();
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
});

test('by keyboard alone: a sample, a layer, the export', async ({ page }) => {
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return (at?.getAttribute('aria-label') ?? at?.textContent ?? '').trim();
    });
  const tabTo = async (name: string | RegExp) => {
    for (let i = 0; i < 90; i++) {
      await page.keyboard.press('Tab');
      const now = await focused();
      if (typeof name === 'string' ? now === name : name.test(now)) return;
    }
    throw new Error(`Tab does not reach ${String(name)}`);
  };
  await openStudio(page);
  await tabTo('Try sample: MNIST dense');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('mnist_dense');
  await expect(runs(page).getByRole('row').filter({ hasText: 'float16' })).toHaveCount(1, {
    timeout: 60_000,
  });
  await settled(page);

  await page.keyboard.press('Home');
  await tabTo('Layers');
  await page.keyboard.press('Enter');
  await tabTo('dense');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Inspector: dense' })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('region', { name: 'Inspector: logits' })).toBeVisible();
  expect(await focused()).toBe('logits');

  await page.reload();
  await expect(heading(page)).toHaveText('mnist_dense');
  await tabTo('Overview');
  await page.keyboard.press('Enter');
  const download = page.waitForEvent('download');
  await tabTo('Export .tflite');
  await page.keyboard.press('Enter');
  expect((await download).suggestedFilename()).toMatch(/\.tflite$/);
});

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
])
  test(`no sideways scrolling at ${viewport.width}×${viewport.height}`, async ({ page }) => {
    const overflow = () =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    await page.setViewportSize(viewport);
    await openStudio(page);
    expect(await overflow(), 'empty').toBeLessThanOrEqual(0);
    await openAndQuantize(page);
    expect(await overflow(), 'after a run').toBeLessThanOrEqual(0);
    for (const name of ['Quantize', 'Export .tflite', 'Verify in LiteRT']) {
      await button(page, name).scrollIntoViewIfNeeded();
      const box = (await button(page, name).boundingBox())!;
      expect(box.x, name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, name).toBeLessThanOrEqual(viewport.width);
    }
    await go(page, 'Layers');
    await layers(page).getByRole('button').nth(15).click();
    expect(await overflow(), 'with the inspector').toBeLessThanOrEqual(0);
  });
