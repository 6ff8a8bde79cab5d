/**
 * Seconds from dropping a model to its first per-layer chart, in a fresh Chromium each time, without
 * data (synthetic samples): drop, wait for the model's name, press Quantize, go to Layers, wait for the first bar.
 *   npm run build && node scripts/first-chart.mjs FILE [LAUNCHES]
 */
import { basename } from 'node:path';
import { chromium as browser } from '@playwright/test';
import { chromium } from './chromium.mjs';
import { serve } from './serve.mjs';

const [file, launches = '5'] = process.argv.slice(2);
if (!file) throw new Error('Name a model file.');
const { server, address } = await serve(0);
const times = { chart: [], finished: [] };
for (let launch = 0; launch < Number(launches); launch++) {
  const instance = await browser.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address);
  await page.getByRole('button', { name: 'Try sample: MNIST dense' }).waitFor();
  const started = performance.now();
  await page.getByLabel('Model files').first().setInputFiles(file);
  await page.getByRole('button', { name: 'Quantize', exact: true }).click();
  await page.getByRole('link', { name: 'Layers' }).click();
  await page.locator('.recharts-bar-rectangle').first().waitFor({ timeout: 120_000 });
  times.chart.push((performance.now() - started) / 1000);
  await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 300_000 });
  times.finished.push((performance.now() - started) / 1000);
  await instance.close();
}
server.close();
const text = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1].toFixed(1)} s (${sorted[0].toFixed(1)}–${sorted.at(-1).toFixed(1)})`;
};
console.log(
  `${basename(file)}: first chart ${text(times.chart)}, every figure ${text(times.finished)}; median of ${launches} launches`,
);
