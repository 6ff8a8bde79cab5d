/** What is wrong with a run, why, and what a fix is worth: predicted, then measured. */
import {
  button,
  expect,
  figures,
  go,
  leading,
  openWithDigits,
  runs,
  settled,
  test,
} from './studio';
import { sample } from './files';

test('a per-tensor MobileNet: the findings name its depthwise layers, and a fix shows what it won beside what was predicted', async ({
  page,
}) => {
  await openWithDigits(page, sample.mobilenet, 'mnist_mobilenet');
  await page.getByLabel('Scheme', { exact: true }).selectOption('int8-per-tensor');
  await button(page, 'Quantize').click();
  await expect(runs(page).getByRole('row')).toHaveCount(3, { timeout: 60_000 });
  await settled(page);
  await go(page, 'Layers');
  const region = page.getByRole('region', { name: 'Findings' });
  const first = region.getByRole('listitem').first();
  await expect(first).toContainText('Channel ranges of weights far apart');
  await expect(first.getByRole('button', { name: /_dw$/ }).first()).toBeVisible();
  await first.getByRole('button', { name: /_dw$/ }).first().click();
  await expect(page.getByRole('region', { name: /^Inspector: .*_dw/ })).toBeVisible();
  const apply = first.getByRole('button', { name: 'Apply: Quantize weights per channel' });
  const predicted = await apply.locator('xpath=..').textContent();
  expect(predicted).toMatch(/\+\d+(\.\d+)? points predicted/);
  await apply.click();
  // The run that it makes is shown, with what came of it; the finding keeps it too.
  await expect(region).toContainText(/Made by the fix “Quantize weights per channel”/, {
    timeout: 60_000,
  });
  await settled(page);
  await expect(region).toContainText(/Measured \+\d+(\.\d+)? points \(predicted \+\d/);
  await region.getByRole('button', { name: 'int8 per-tensor' }).click();
  await expect(first).toContainText(/int8 per-channel: Measured \+\d/);
  await go(page, 'Overview');
  const row = (await figures(runs(page))).at(-1)!;
  expect(row['Scheme']).toMatch(/Measured \+\d+(\.\d+)? points \(predicted \+\d+(\.\d+)? points\)/);
  expect(leading(row['Accuracy'])).toBeGreaterThan(97);
});
