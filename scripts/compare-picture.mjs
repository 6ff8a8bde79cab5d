/**
 * The picture of the comparison in the README: MobileNet on digits, quantized per-tensor and
 * per-channel, in the built page.
 *   npm run build && node scripts/compare-picture.mjs [FILE.png] [light|dark]
 */
import { fileURLToPath } from 'node:url';
import { chromium as browser } from '@playwright/test';
import { chromium } from './chromium.mjs';
import { serve } from './serve.mjs';

const [
  path = fileURLToPath(new URL('../docs/compare.png', import.meta.url)),
  colorScheme = 'light',
] = process.argv.slice(2);
const { server, address } = await serve(0);
const instance = await browser.launch({
  executablePath: chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const page = await instance.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
const idle = () => page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 120_000 });

await page.goto(address);
await page.getByRole('button', { name: 'Try sample: MNIST MobileNet' }).click();
const pick = (name) => page.getByRole('checkbox', { name: `Compare ${name}`, exact: true });
await page
  .getByText(/for calibration/)
  .first()
  .waitFor();
// The sample quantizes itself, per-tensor and per-channel.
for (const name of ['int8 per-tensor', 'int8 per-channel']) {
  await pick(name).waitFor({ timeout: 120_000 });
  await page.waitForTimeout(500);
  await idle();
}
for (const name of ['float32', 'int8 per-tensor', 'int8 per-channel']) await pick(name).check();
await page.getByRole('link', { name: 'Compare' }).click();
await page.locator('[data-layer] button').nth(3).click();
await page.getByRole('region', { name: 'Compared layers' }).waitFor();
await page.evaluate('scrollTo(0, 0)');
await page.mouse.move(640, 2);
await page.waitForTimeout(1500);
await page.screenshot({ path });
await instance.close();
server.close();
server.closeAllConnections();
