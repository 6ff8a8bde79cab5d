/**
 * Seconds of the per-layer report in a fresh Chromium, from the press on Quantize: until every layer's error alone
 * and accumulated stands, and until the score changes do; and the renderer's largest resident size.
 *   npm run build && node scripts/report-timing.mjs MODEL DATA CALIBRATION
 * DATA holds twice as many samples as calibrate. Needs Linux for the size.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { chromium as browser } from '@playwright/test';
import { chromium } from './chromium.mjs';
import { serve } from './serve.mjs';

const [model, data, calibration] = process.argv.slice(2);
if (!calibration) throw new Error('Name a model, its data and the number of calibration samples.');

/** Largest resident megabytes of any renderer of this browser. */
function rendererMegabytes() {
  let most = 0;
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(`--type=renderer`)) continue;
      if (!readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(mark)) continue;
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
    } catch {
      // It has ended meanwhile.
    }
  }
  return Math.round(most);
}

const { server, address } = await serve(0);
/** Tells this browser's processes from others'. */
const mark = `--force-color-profile=srgb`;
const instance = await browser.launch({
  executablePath: chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', mark],
});
const page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(address);
await page.getByLabel('Model files').first().setInputFiles(model);
await page.getByLabel('Data files').first().setInputFiles(data);
const field = page.getByRole('textbox', { name: 'Calibration', exact: true });
await field.waitFor({ timeout: 60_000 });
await field.fill(calibration);
await field.press('Enter');
await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 60_000 });
const started = performance.now();
const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
await page.getByRole('button', { name: 'Quantize', exact: true }).click();
const seen = async (pattern, what) => {
  await page.getByText(pattern).first().waitFor({ timeout: 200_000 });
  console.log(`${what}: ${seconds()} s, renderer ${rendererMegabytes()} MB`);
};
await seen(/Calibrating: sample/, 'calibration begins');
await seen(/Evaluating: sample/, 'calibrated, first samples evaluated');
await seen(/Measuring latency/, 'errors of every layer');
await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 200_000 });
console.log(`${basename(model)}, everything: ${seconds()} s, renderer ${rendererMegabytes()} MB`);
await instance.close();
server.close();
