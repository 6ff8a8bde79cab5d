/** "Measure this device" in the built studio: every engine with the samples and the dropped model, and a table to copy. */
import { sample } from './files';
import { button, choose, expect, figures, heading, leading, openStudio, test } from './studio';

test('the samples and the open model are timed in every engine; the table can be copied', async ({
  page,
  context,
}) => {
  test.setTimeout(300_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openStudio(page);
  await choose(page, 'Model files', sample.mobilenet);
  await expect(heading(page)).toHaveText('mnist_mobilenet');
  await button(page, 'Measure this device').click();
  const table = page.getByRole('table', { name: 'This device' });
  await expect(button(page, 'Copy table')).toBeVisible({ timeout: 200_000 });
  const rows = await figures(table);
  console.log(rows);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  expect(rows.length).toBe(2 * 2 * (cores > 1 ? 2 : 1));
  for (const row of rows) {
    expect(leading(row['Intact, ms']), JSON.stringify(row)).toBeGreaterThan(0);
    expect(leading(row['LiteRT.js, ms']), JSON.stringify(row)).toBeGreaterThan(0);
    if (row['Scheme'] === 'int8') expect(row['Outputs']).toBe('identical');
  }
  await expect(page.getByText(/WASM .*\((usdot|sdot|dot16)\): /)).toBeVisible();
  await expect(page.getByText(/^Chromium .*cores; cross-origin isolated$/)).toBeVisible();
  await button(page, 'Copy table').click();
  await expect(page.getByText('Copied as Markdown.')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('| Model | Scheme | Threads | Intact, ms | LiteRT.js, ms |');
  expect(text.split('\n').filter((line) => line.startsWith('| mnist')).length).toBe(rows.length);
});
