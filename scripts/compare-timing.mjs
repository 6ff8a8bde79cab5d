/**
 * How long the comparison of six runs of a 150-layer model keeps the main thread, in fresh Chromiums:
 * all tasks from the press on Compare to the rows on the screen, and the longest task while the rows are
 * scrolled and hovered over.
 *   npm run build && node scripts/compare-timing.mjs [LAUNCHES]
 */
/* global document, requestAnimationFrame */
import { chromium as browser } from '@playwright/test';
import { manyLayers } from '../e2e/manyLayers.mjs';
import { chromium } from './chromium.mjs';
import { serve } from './serve.mjs';

const [launches = '3'] = process.argv.slice(2);
const layers = 150;
const model = manyLayers(layers).map(({ name, bytes }) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
}));
const { server, address } = await serve(0);
const times = { draw: [], again: [], all: [], scroll: [], hover: [] };
for (let launch = 0; launch < Number(launches); launch++) {
  const instance = await browser.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
  await sixRuns(page);
  // First with code that never ran in this page, then as it is for whoever comes back.
  times.draw.push(await tasksDuring(page, drawn, 'sum'));
  await leave(page);
  times.again.push(await tasksDuring(page, drawn, 'sum'));
  await leave(page);
  times.all.push(await tasksDuring(page, drawnAndSettled, 'sum'));
  const rows = page.locator('[data-layer]');
  const box = await rows.nth(3).boundingBox();
  await page.mouse.move(box.x + 320, box.y);
  times.scroll.push(
    await tasksDuring(page, async () => {
      for (let step = 0; step < 30; step++) {
        await page.mouse.wheel(0, 110);
        await page.waitForTimeout(30);
      }
    }),
  );
  times.hover.push(
    await tasksDuring(page, async () => {
      for (let step = 0; step < 40; step++) {
        await page.mouse.move(box.x + 200 + 8 * step, box.y + (step % 12) * 20);
        await page.waitForTimeout(20);
      }
    }),
  );
  await instance.close();
}
server.close();
server.closeAllConnections();
const text = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return `${sorted[sorted.length >> 1].toFixed(0)} ms (${sorted[0].toFixed(0)}–${sorted.at(-1).toFixed(0)})`;
};
console.log(`${layers} layers, 6 runs; median of ${launches} launches (least–most)`);
console.log(`rows on the screen, first time: ${text(times.draw)}`);
console.log(`rows on the screen, again:      ${text(times.again)}`);
console.log(`all within 1.5 s, again:        ${text(times.all)}`);
console.log(`scroll, longest task:           ${text(times.scroll)}`);
console.log(`hover, longest task:            ${text(times.hover)}`);

/** Small Dense layers after each other, quantized by every scheme on made-up samples; six rows chosen. */
async function sixRuns(page) {
  await page.goto(address);
  await page.getByRole('button', { name: 'Try sample: MNIST dense' }).waitFor();
  await page.getByLabel('Model files', { exact: true }).setInputFiles(model);
  await page.getByRole('button', { name: 'Compare all schemes' }).click();
  const boxes = page.getByRole('checkbox', { name: /^Compare / });
  await boxes.nth(5).waitFor({ timeout: 200_000 });
  await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 200_000 });
  for (let at = 0; at < 6; at++) await boxes.nth(at).check();
  await page.waitForTimeout(1000);
}

/** From the press to the frame after the one that shows the first rows. */
async function drawn(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    document.querySelector('nav[aria-label="Places"] a[href*="compare"]').click();
    while (!document.querySelector('[data-layer]')) await frame();
    await frame();
    await frame();
  });
}

async function drawnAndSettled(page) {
  await drawn(page);
  await page.waitForTimeout(1500);
}

async function leave(page) {
  const places = page.getByRole('navigation', { name: 'Places' });
  await places.getByRole('link', { name: 'Overview' }).click();
  await page.locator('[data-layer]').first().waitFor({ state: 'hidden' });
  await page.waitForTimeout(1500);
}

/** Milliseconds of the renderer's main thread's tasks while `work` is done, from a trace: all, or the longest. */
async function tasksDuring(page, work, how = 'longest') {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline'] },
    transferMode: 'ReportEvents',
  });
  await work(page);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  // The page's own main thread: where its scripts run (workers have threads of their own).
  const main = events
    .filter(
      ({ ph, name, args }) =>
        ph === 'M' && name === 'thread_name' && args.name === 'CrRendererMain',
    )
    .map(({ pid, tid }) => `${pid} ${tid}`);
  const tasks = events.filter(
    ({ name, ph, pid, tid }) =>
      ph === 'X' && /RunTask$/.test(name) && main.includes(`${pid} ${tid}`),
  );
  const took = tasks.map(({ dur }) => dur / 1000);
  if (took.length === 0) throw new Error('The trace holds no tasks of the main thread.');
  return how === 'sum' ? took.reduce((sum, one) => sum + one, 0) : Math.max(...took);
}
