/**
 * Hundreds of runs in one tab, with cancels and reloads at random moments: is a run lost, does memory
 * grow, how long does the page stand still?
 *   npm run soak -- [--runs N] [--minutes N] [--seed N]
 *
 * Ends after as many rounds, or after the round in which the minutes are over. Prints a table and
 * ends with 1 where a stored run is lost, or where the heap after a forced collection is beyond 1.5 times that
 * of the start once all runs are deleted.
 */
/* global indexedDB */
import { fileURLToPath } from 'node:url';
import { chromium as browser } from '@playwright/test';
import { build } from 'vite';
import { chromium } from './chromium.mjs';
import { prepare } from './prepare.mjs';
import { numbersOf } from './options.mjs';
import { random } from './random.mjs';
import { serve } from './serve.mjs';

const MOST_GROWTH = 1.5;
const root = fileURLToPath(new URL('..', import.meta.url));
const {
  runs: wanted,
  minutes,
  seed,
  wrong,
} = numbersOf('npm run soak -- [--runs N] [--minutes N] [--seed N]', {
  runs: 200,
  minutes: Infinity,
  seed: 1,
});
if (![wanted, seed].every(Number.isInteger)) wrong('--runs and --seed take whole numbers.');
const next = random(seed);
const pick = (list) => list[Math.floor(next() * list.length)];

const models = {
  mnist_dense: 'public/samples/mnist-dense.h5',
  mnist_mobilenet: 'public/samples/mnist-mobilenet.keras',
  keras2: 'src/formats/keras/fixtures/keras2.h5',
};
const schemes = ['float16', 'dynamic', 'int8', 'int8-per-tensor'];

await prepare();
await build({ root, logLevel: 'error' });
const { server, address } = await serve(0);
const instance = await browser.launch({
  executablePath: chromium(),
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--js-flags=--expose-gc'],
});
const page = await instance.newPage({ viewport: { width: 1280, height: 800 } });
const cdp = await page.context().newCDPSession(page);
const said = [];
page.on('pageerror', (error) => said.push(String(error)));
await page.addInitScript(() => {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
});
const tasks = [];
const takeTasks = async () =>
  tasks.push(...(await page.evaluate(() => globalThis.longTasks.splice(0))));

const button = (name) => page.getByRole('button', { name, exact: true });
const settled = () =>
  page.getByRole('progressbar').first().waitFor({ state: 'detached', timeout: 180_000 });
const stored = () =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('intact');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const keys = opening.result.transaction('runs').objectStore('runs').getAllKeys();
          keys.onsuccess = () => {
            opening.result.close();
            resolve(keys.result);
          };
        };
      }),
  );
const rows = () =>
  page
    .getByRole('table', { name: 'Runs' })
    .getByRole('img', { name: /^Stored/ })
    .count();

async function visit() {
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await settled();
}
let open;
async function openModel(name) {
  if (open === name) return;
  const heading = page.getByRole('heading', { level: 1 });
  const former = await heading.innerText();
  await page.getByLabel('Model files', { exact: true }).setInputFiles(`${root}${models[name]}`);
  for (let tries = 0; (await heading.innerText()) === former && tries < 600; tries++)
    await page.waitForTimeout(100);
  await settled();
  open = name;
}
async function heap() {
  await cdp.send('HeapProfiler.collectGarbage');
  await page.waitForTimeout(500);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize = 0 } = await cdp.send('Runtime.getHeapUsage');
  return usedSize + backingStorageSize;
}
async function deleteAll() {
  await button('Storage').click();
  const others = page.getByRole('button', { name: /^Delete \d+ other runs?$/ });
  if (await others.isEnabled()) await others.click();
  await button('Storage').click();
  await others.waitFor({ state: 'hidden' });
  const one = page.getByRole('button', { name: /^Delete / });
  while ((await one.count()) > 0) {
    await one.first().click();
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(1500);
}

await visit();
for (const name of Object.keys(models)) {
  await openModel(name);
  await button('Quantize').click();
  await page.waitForTimeout(300);
  await settled();
}
await deleteAll();
await takeTasks();
const before = await heap();
const count = { made: 0, cancelled: 0, reloaded: 0, lost: 0 };
let known = new Set();
const until = performance.now() + minutes * 60_000;
let rounds = 0;
for (let made = 0; made < wanted && performance.now() < until; made++) {
  rounds++;
  await openModel(pick(Object.keys(models)));
  const scheme = page.getByLabel('Scheme', { exact: true });
  const values = await scheme.locator('option').evaluateAll((all) => all.map(({ value }) => value));
  await scheme.selectOption(pick(values.filter((value) => schemes.includes(value))));
  await button('Quantize').click();
  const fate = next();
  if (fate < 0.12) {
    await page.waitForTimeout(1500 * next());
    await button('Cancel')
      .click({ timeout: 1000 })
      .catch(() => undefined);
    await settled();
    count.cancelled++;
  } else if (fate < 0.24) {
    await page.waitForTimeout(1500 * next());
    await takeTasks();
    await visit();
    count.reloaded++;
  } else {
    await page.waitForTimeout(100);
    await settled();
    count.made++;
  }
  await page.waitForTimeout(400); // storage follows a moment after
  const now = new Set(await stored());
  const lost = [...known].filter((id) => !now.has(id));
  if (lost.length > 0) console.error(`round ${made}: lost ${lost.join(', ')}`);
  count.lost += lost.length;
  known = now;
  if (made % 20 === 19) process.stderr.write(`${made + 1} of ${wanted}\n`);
}
await takeTasks();
await visit();
let shown = 0;
for (let tries = 0; (shown = await rows()) < known.size && tries < 100; tries++)
  await page.waitForTimeout(100);
const full = await heap();
await deleteAll();
const left = (await stored()).length;
const after = await heap();
await takeTasks();
await instance.close();
server.close();
server.closeAllConnections();

const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const long = tasks.filter((ms) => ms > 200).sort((a, b) => b - a);
console.log(`| | |
|---|---|
| rounds | ${rounds}: ${count.made} finished, ${count.cancelled} cancelled, ${count.reloaded} reloaded |
| runs stored, shown after a last reload | ${known.size}, ${shown} |
| stored runs lost | ${count.lost} |
| left after all were deleted | ${left} |
| heap at the start, with all runs, after deletion | ${mib(before)}, ${mib(full)}, ${mib(after)} (${(after / before).toFixed(2)}×) |
| tasks of the main thread over 50 ms | ${tasks.length}; over 200 ms ${long.length}; longest ${
  long
    .slice(0, 3)
    .map((ms) => `${ms.toFixed(0)} ms`)
    .join(', ') || 'none'
} |
| errors of the page | ${said.length} |`);
for (const text of said.slice(0, 5)) console.log(text);
const failed = count.lost > 0 || shown < known.size || left > 0 || after > before * MOST_GROWTH;
process.exitCode = failed || said.length > 0 ? 1 : 0;
