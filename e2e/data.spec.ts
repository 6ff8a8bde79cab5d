/** Samples and models whose files don't say everything: what is chosen, marked and said. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { payload, read } from './files';
import {
  button,
  choose,
  expect,
  heading,
  openStudio,
  quantize,
  runs,
  settled,
  test,
} from './studio';

const fixture = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));
const severalModels = () =>
  payload('two.tflite', read(fixture('formats/tflite/fixtures/signatures.tflite')));

const modelPanel = (page: Page) => page.getByRole('region', { name: 'Model', exact: true });
const which = (page: Page) => page.getByLabel('Model in the file');

async function saved(page: Page, name: string): Promise<unknown> {
  const download = page.waitForEvent('download');
  await button(page, name).click();
  return JSON.parse(readFileSync(await (await download).path(), 'utf8'));
}

test('a file with several models: the largest is read, said, and another can be chosen', async ({
  page,
}) => {
  await openStudio(page);
  await choose(page, 'Model files', severalModels());
  await expect(heading(page)).toHaveText('two (classify)');
  await expect(modelPanel(page)).toContainText('Intact reads "classify", the largest');
  await expect(modelPanel(page)).toContainText('1 × 3');
  await which(page).selectOption('embed');
  await expect(heading(page)).toHaveText('two (embed)');
  await expect(modelPanel(page)).toContainText('Intact reads "embed", as chosen');
  await expect(modelPanel(page)).toContainText('1 × 6');
  await button(page, 'Use synthetic samples').click();
  await settled(page);
  await quantize(page);
  expect(await saved(page, 'Report JSON')).toMatchObject({
    subject: { signature: 'embed' },
    marks: [{ id: 'synthetic' }],
    issues: [{ message: expect.stringContaining('leaves out "classify"') as unknown }],
  });
  expect(await saved(page, 'Recipe JSON')).toMatchObject([
    { made_with: { model: { signature: 'embed' }, samples: { marks: [{ id: 'synthetic' }] } } },
  ]);
  // The choice outlives a reload, and so does the way back.
  await page.waitForTimeout(1000); // storage follows a moment after
  await page.reload();
  await expect(heading(page)).toHaveText('two (embed)');
  await which(page).selectOption('classify');
  await expect(heading(page)).toHaveText('two (classify)');
  await expect(runs(page)).toContainText('two (embed)');
});
