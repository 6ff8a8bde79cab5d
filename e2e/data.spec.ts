/** Samples and models whose files don't say everything: what is chosen, marked and said. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { payload, read, tfjsModel } from './files';
import {
  button,
  choose,
  expect,
  figures,
  heading,
  leading,
  openStudio,
  quantize,
  runs,
  sampleButton,
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

test("a value range of one's own is taken as chosen, and 1/255 is the range of the sample", async ({
  page,
}) => {
  await openStudio(page);
  await sampleButton(page, 'MNIST dense').click();
  const row = runs(page).getByRole('row').filter({ hasText: 'int8 per-channel' });
  await expect(row).toHaveCount(1, { timeout: 60_000 });
  await expect(row).not.toContainText('…', { timeout: 60_000 });
  // float16 is the last of the schemes that a sample is compared in.
  await expect(runs(page).getByRole('row').filter({ hasText: 'float16' })).toHaveCount(1, {
    timeout: 60_000,
  });
  await settled(page);
  const check = page.getByRole('region', { name: 'Data check' });
  const line = check.getByRole('listitem').filter({ has: page.getByLabel('Value range') });
  await line.getByLabel('Value range').selectOption('Scale, mean and deviation …');
  const fields = page.getByRole('form', { name: 'Range of your own' });
  await fields.getByLabel('Scale').fill('1/255');
  await fields.getByLabel('Mean').fill('0');
  await fields.getByLabel('Deviation').fill('1');
  await button(page, 'Use this range').click();
  await settled(page);
  await expect(line).toContainText('chosen');
  await expect(fields).toHaveCount(0);
  await quantize(page);
  const made = (await figures(runs(page))).filter(({ Scheme }) =>
    Scheme?.startsWith('int8 per-channel'),
  );
  expect(made).toHaveLength(2);
  const accuracy = made.map(({ Accuracy }) => leading(Accuracy));
  expect(accuracy[0]).toBeGreaterThan(90);
  expect(accuracy[1]).toBe(accuracy[0]);
});

/** Six columns of numbers and a kind, for a model that takes four. */
const flowers = () =>
  payload(
    'flowers.csv',
    [
      'kind,row,a,b,c,d,year',
      ...Array.from({ length: 60 }, (_, i) =>
        [
          ['x', 'y', 'z'][i % 3]!,
          (i * 7) % 60,
          ...[i % 3, (i * 5) % 11, 1.5 + (i % 3), (i % 7) / 2],
          2001 + (i % 4),
        ].join(','),
      ),
    ].join('\n'),
  );

test('a table that does not fit is chosen from there and then: columns, label, header', async ({
  page,
}) => {
  await openStudio(page);
  await choose(page, 'Model files', tfjsModel());
  await choose(page, 'Data files', flowers());
  await settled(page);
  const data = page.getByRole('region', { name: 'Data', exact: true });
  await expect(data.getByRole('alert')).toContainText("the model's input takes 4 numbers");
  const check = page.getByRole('region', { name: 'Data check' });
  await expect(check).toContainText('choose what was meant');
  await expect(check.getByLabel('Label column')).toHaveValue('kind');
  const columns = check.getByRole('group', { name: 'Columns taken' });
  await columns.getByLabel('row').uncheck();
  await button(page, 'Take these 5 columns').click();
  await settled(page);
  await expect(data.getByRole('alert')).toContainText('5 columns are chosen');
  await columns.getByLabel('year').uncheck();
  await button(page, 'Take these 4 columns').click();
  await settled(page);
  await expect(data.getByRole('alert')).toHaveCount(0);
  await expect(data).toContainText('60 samples of 4, 3 classes');
  await expect(check).toContainText('4 columns are taken, as chosen: a, b, c, d.');
  // What was chosen can be chosen anew; what can't be read is not taken.
  await columns.getByLabel('d', { exact: true }).uncheck();
  await button(page, 'Take these 3 columns').click();
  await settled(page);
  await expect(page.getByRole('alert').filter({ hasText: 'was not taken' })).toBeVisible();
  await expect(check).toContainText('4 columns are taken');
});
