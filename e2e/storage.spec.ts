/** What is stored survives damage, other tabs and large runs; a session goes to another machine as one file. */
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { crc32 } from '../src/files/inflate';
import { keras2File, payload, sample, type Payload } from './files';
import {
  alert,
  button,
  choose,
  expect,
  figures,
  heading,
  openDense,
  openStudio,
  quantize,
  runs,
  settled,
  test,
} from './studio';

const rows = async (page: Page) => (await figures(runs(page))).length;
const stored = (page: Page) => runs(page).getByRole('img', { name: /^Stored/ });

test('a stored run that cannot be read is set aside; the page is not blank', async ({ page }) => {
  await openDense(page);
  await quantize(page);
  await expect(stored(page)).toHaveCount(2);
  await page.evaluate(
    () =>
      new Promise<void>((done, failed) => {
        const opening = indexedDB.open('intact');
        opening.onerror = () => failed(new Error('not opened'));
        opening.onsuccess = () => {
          const db = opening.result;
          const change = db.transaction('runs', 'readwrite');
          change.objectStore('runs').put({ run: { id: 'x', createdAt: 5 }, modelKey: '?' }, 'x');
          change.oncomplete = () => {
            db.close();
            done();
          };
        };
      }),
  );
  for (let visit = 0; visit < 2; visit++) {
    await page.reload();
    await expect(heading(page)).toHaveText('mnist_dense');
    await expect.poll(() => rows(page)).toBe(2);
  }
  await button(page, 'Storage').click();
  await expect(page.getByRole('dialog', { name: 'Storage' })).toContainText(
    /set aside, not deleted/,
  );
});

test('what one tab deletes and opens costs no run of another', async ({ page, context }) => {
  await openDense(page);
  await quantize(page);
  await expect(stored(page)).toHaveCount(2);
  const other = await context.newPage();
  await other.goto('./');
  await expect(heading(other)).toHaveText('mnist_dense');
  await other.getByLabel('Scheme', { exact: true }).selectOption('float16');
  await quantize(other);
  await expect(stored(other)).toHaveCount(3);
  // The first tab deletes all that it made and goes on with another model.
  await expect.poll(() => rows(page)).toBe(3);
  await button(page, 'Storage').click();
  await page
    .getByRole('dialog', { name: 'Storage' })
    .getByRole('button', { name: /^Delete \d other run/ })
    .click();
  await page.keyboard.press('Escape');
  await choose(page, 'Model files', keras2File);
  await settled(page);
  await page.close();
  const left = await rows(other);
  expect(left).toBeGreaterThan(0);
  await other.close();

  const again = await context.newPage();
  await again.goto('./');
  await expect.poll(() => rows(again)).toBe(left);
  await runs(again).getByRole('row').last().click();
  const download = again.waitForEvent('download');
  await button(again, 'Export .tflite').click();
  expect(
    readFileSync(await (await download).path())
      .subarray(4, 8)
      .toString(),
  ).toBe('TFL3');
  await expect(alert(again)).toHaveCount(0);
});

test('a session in one file is opened on another machine, samples and all', async ({
  page,
  browser,
  baseURL,
}) => {
  await openDense(page);
  await quantize(page);
  await settled(page);
  await button(page, 'Storage').click();
  const view = page.getByRole('dialog', { name: 'Storage' });
  await view.getByRole('checkbox', { name: /^With the samples/ }).check();
  const download = page.waitForEvent('download');
  await view.getByRole('button', { name: 'Save session' }).click();
  const file = await (await download).path();
  const here = await figures(runs(page));

  const machine = await browser.newContext({ baseURL: baseURL! });
  const there = await machine.newPage();
  await openStudio(there);
  await choose(there, 'Model files', payload('mine.session.zip', readFileSync(file)));
  await expect(heading(there)).toHaveText('mnist_dense');
  const shown = (table: Awaited<ReturnType<typeof figures>>) =>
    table.map((row) => [row['Accuracy'], row['File size'], row['Calibration']]);
  await expect.poll(async () => shown(await figures(runs(there)))).toEqual(shown(here));
  // Its samples are there too: another run can be made.
  await settled(there);
  await there.getByLabel('Scheme', { exact: true }).selectOption('dynamic');
  await quantize(there);
  expect(await rows(there)).toBe(3);
  await machine.close();
});

/** 28 × 28 by its header, a gigabyte by its content. */
function pngBomb(): Payload {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(28, 0);
  header.writeUInt32BE(28, 4);
  header[8] = 8;
  const content = deflateSync(Buffer.alloc(2 ** 28), { level: 9 });
  return payload(
    'bomb.png',
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', content),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

const hostile: Record<string, () => Payload> = {
  'sixteen bytes of IDX that claim 2³² samples of nothing': () =>
    payload('idx-ubyte', Buffer.from([0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0])),
  'a small picture that unfolds to 256 MB': pngBomb,
  'a quoted cell of 20 MB': () => payload('a.csv', `a,b\n"${'x'.repeat(20_000_000)}",1\n`),
};

for (const [name, file] of Object.entries(hostile)) {
  test(`${name}: the page answers, says what it is, and the next model opens`, async ({ page }) => {
    await openStudio(page);
    await choose(page, 'Model files', sample.dense);
    await expect(heading(page)).toHaveText('mnist_dense');
    await settled(page);
    await page.evaluate(() => {
      const seen = { last: performance.now(), longest: 0 };
      (globalThis as unknown as { seen: typeof seen }).seen = seen;
      setInterval(() => {
        const now = performance.now();
        seen.longest = Math.max(seen.longest, now - seen.last);
        seen.last = now;
      }, 50);
    });
    await choose(page, 'Data files', file());
    await settled(page);
    const region = page.getByRole('region', { name: /data/i }).first();
    await expect(alert(page).or(region).first()).toBeVisible();
    const longest = await page.evaluate(
      () => (globalThis as unknown as { seen: { longest: number } }).seen.longest,
    );
    expect(longest, 'the page stood still').toBeLessThan(15_000);
    await choose(page, 'Model files', keras2File);
    await expect(heading(page)).not.toHaveText('mnist_dense');
  });
}
