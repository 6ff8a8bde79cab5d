/** The side-by-side report: one file that opens from the disk without a network, and holds its data. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import {
  button,
  expect,
  figures,
  go,
  leading,
  openStudio,
  runs,
  sampleButton,
  settled,
  test,
} from './studio';

interface Island {
  readonly format: string;
  readonly runs: readonly {
    readonly label: string;
    readonly runs: readonly { readonly recipe?: unknown }[];
    readonly figures: Record<string, { readonly measure?: { readonly value: number } }>;
  }[];
  readonly layers: readonly unknown[];
}

test('the report opens offline from a file, with table, charts and data', async ({
  page,
  browser,
}, info) => {
  await openStudio(page);
  await sampleButton(page, 'MNIST MobileNet').click();
  // The sample quantizes itself, per-tensor and per-channel.
  const names = ['float32', 'int8 per-tensor', 'int8 per-channel'];
  const pick = (name: string) =>
    runs(page).getByRole('checkbox', { name: `Compare ${name}`, exact: true });
  for (const name of names) await expect(pick(name)).toBeVisible({ timeout: 60_000 });
  await settled(page);
  for (const name of names) await pick(name).check();
  await go(page, 'Compare');
  const own = await figures(page.getByRole('table', { name: 'Compared runs' }));
  const download = page.waitForEvent('download');
  await button(page, 'Side-by-side report (HTML)').click();
  const path = info.outputPath('report.html');
  await (await download).saveAs(path);

  const context = await browser.newContext({ offline: true, colorScheme: 'light' });
  const report = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  report.on('console', (message) => said.push(message.text()));
  report.on('pageerror', (error) => said.push(String(error)));
  report.on('request', (request) => asked.push(request.url()));
  const address = pathToFileURL(path).href;
  await report.goto(address);
  await expect(report).toHaveTitle(`Intact: ${names.join(' · ')}`);
  await expect(report.getByRole('heading', { level: 1 })).toHaveText('mnist_mobilenet');

  // The table of runs has the numbers that the page shows.
  const table = await figures(report.getByRole('table', { name: 'Runs', exact: true }));
  expect(table.map((row) => row['Run']!.replace(' (baseline)', ''))).toEqual(names);
  for (const [at, row] of table.entries())
    for (const head of ['Accuracy', 'File size', 'Latency', 'Energy'])
      expect(leading(row[head]), `${names[at]} ${head}`).toBe(leading(own[at]![head]));

  // Charts: trade-off and layers, drawn with a size and each layer's row.
  await expect(
    report.getByRole('img', { name: /^Accuracy against file size: 3 runs/ }),
  ).toBeVisible();
  expect(await report.locator('section svg:not(.key)').count()).toBeGreaterThan(5);

  const island = JSON.parse(await report.locator('script#comparison').innerHTML()) as Island;
  expect(island.format).toBe('intact-comparison');
  expect(island.runs.map(({ label }) => label)).toEqual(names);
  expect(island.runs.map((run) => run.runs[0]!.recipe !== undefined)).toEqual([false, true, true]);
  const byLayer = report.getByRole('table', { name: 'SQNR accumulated by layer' });
  await expect(byLayer.getByRole('row')).toHaveCount(island.layers.length + 1);

  // Narrow: the page stays within the screen.
  await report.setViewportSize({ width: 390, height: 844 });
  expect(await report.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
    390,
  );
  expect(said).toEqual([]);
  expect(asked).toEqual([address]);
  expect(await readFile(path, 'utf8')).not.toMatch(/<(script|img|link)[^>]+(src|href)=/);

  const folder = process.env.SHOTS;
  if (folder) {
    await report.setViewportSize({ width: 1280, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await report.emulateMedia({ colorScheme });
      await report.screenshot({ path: `${folder}/report-${colorScheme}.png`, fullPage: true });
    }
  }
  await context.close();
});
