/** A crash of the drawing code costs one card, never the page, whatever is stored. */
import type { Page } from '@playwright/test';
import {
  alert,
  button,
  expect,
  figures,
  go,
  heading,
  openDense,
  openStudio,
  quantize,
  runs,
  test,
  type Watched,
} from './studio';

const stored = (page: Page) => runs(page).getByRole('img', { name: /^Stored/ });
const rows = async (page: Page) => (await figures(runs(page))).filter((row) => row['File size']);

/** Of crashes that a test provokes, React and the browser tell in the console. */
function expectErrors(watched: Watched) {
  expect(watched.errors.length).toBeGreaterThan(0);
  watched.errors.splice(0);
}

/** Gives the last stored run figures that pass for figures, and can't be drawn. */
async function breakLastRun(page: Page) {
  await page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(new Error('refused'));
      });
    const db = await asked(indexedDB.open('intact'));
    type Run = { id: string; at: number; figures: string; blobs: string[] };
    const all = await asked<Run[]>(db.transaction('runs').objectStore('runs').getAll());
    const run = all.sort((a, b) => a.at - b.at).at(-1)!;
    const pack = await asked<Uint8Array>(
      db.transaction('chunks').objectStore('chunks').get([run.figures, 0]),
    );
    const length = new DataView(pack.buffer, pack.byteOffset).getUint32(0, true);
    const found = JSON.parse(new TextDecoder().decode(pack.subarray(4, 4 + length))) as {
      whole: { scores: unknown[] };
      alarms: unknown[];
    };
    found.whole.scores = [null];
    found.alarms = [null, { sentence: {} }];
    const json = new TextEncoder().encode(JSON.stringify(found));
    const from = Math.ceil((4 + json.length) / 8) * 8;
    const small = pack.subarray(Math.ceil((4 + length) / 8) * 8);
    const bytes = new Uint8Array(from + small.length);
    new DataView(bytes.buffer).setUint32(0, json.length, true);
    bytes.set(json, 4);
    bytes.set(small, from);
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const address = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const change = db.transaction(['runs', 'chunks', 'blobs'], 'readwrite');
    change.objectStore('chunks').put(bytes, [address, 0]);
    const blob = { bytes: bytes.length, chunks: 1, refs: 1, since: Date.now() };
    change.objectStore('blobs').put(blob, address);
    const blobs = [...run.blobs.filter((one) => one !== run.figures), address];
    change.objectStore('runs').put({ ...run, figures: address, blobs }, run.id);
    await new Promise<void>((done) => {
      change.oncomplete = () => done();
    });
    db.close();
  });
}

test('a stored run that cannot be drawn costs its cards alone; left out, it stays stored', async ({
  page,
  watched,
}) => {
  await openDense(page);
  await quantize(page);
  await expect(stored(page)).toHaveCount(2);
  await breakLastRun(page);
  await page.reload();
  await expect(heading(page)).toHaveText('mnist_dense');
  await expect(alert(page).first()).toContainText('could not be drawn');
  await expect(button(page, 'Quantize')).toBeEnabled();
  await go(page, 'Layers');
  await expect(heading(page)).toHaveText('mnist_dense');
  await go(page, 'Overview');
  await alert(page).first().getByRole('button', { name: 'Leave out this run' }).click();
  await expect(alert(page)).toHaveCount(0);
  expect(await rows(page)).toHaveLength(1);

  await page.waitForTimeout(500); // the session is written a moment after a change
  await page.reload();
  await expect.poll(async () => (await rows(page)).length).toBe(1);
  await expect(alert(page)).toHaveCount(0);
  await button(page, 'Storage').click();
  const view = page.getByRole('dialog', { name: 'Storage' });
  await expect(view).toContainText('One run is left out of the page and still stored');
  await view.getByRole('button', { name: 'Show it again' }).click();
  await expect(alert(page).first()).toContainText('could not be drawn');
  await alert(page).first().getByRole('button', { name: 'Reload this card' }).click();
  await expect(alert(page).first()).toContainText('could not be drawn');
  expectErrors(watched);
});

test('a card whose code cannot be loaded, or that throws, can be drawn again', async ({
  page,
  watched,
}) => {
  let refused = true;
  await page.context().route('**/assets/CompareView*.js', (route) =>
    refused
      ? route.fulfill({
          contentType: 'text/javascript',
          body: 'export default () => { throw new Error("planted"); }',
        })
      : route.continue(),
  );
  await openDense(page);
  await quantize(page);
  await go(page, 'Compare');
  await expect(alert(page)).toContainText('Comparison could not be drawn');
  await expect(heading(page)).toHaveText('mnist_dense');
  await go(page, 'Overview');
  await expect(alert(page)).toHaveCount(0);
  expect(await rows(page)).toHaveLength(2);
  refused = false;
  await page.reload();
  await go(page, 'Compare');
  await expect(page.getByRole('region', { name: 'Comparison' })).toContainText('Choose two');
  expectErrors(watched);
});

test('where the frame itself crashes, the page opens without the session, saves or clears it', async ({
  page,
  watched,
}) => {
  await page.addInitScript(() => {
    const own = globalThis.matchMedia.bind(globalThis);
    globalThis.matchMedia = (query) => {
      if (localStorage.getItem('poison')) throw new Error('planted');
      return own(query);
    };
  });
  await openDense(page);
  await quantize(page);
  await expect(stored(page)).toHaveCount(2);
  await page.evaluate(() => localStorage.setItem('poison', '1'));
  await page.reload();
  await expect(heading(page)).toHaveText('The page could not be drawn');
  await button(page, 'Draw it again').click();
  await expect(heading(page)).toHaveText('The page could not be drawn');
  const download = page.waitForEvent('download');
  await button(page, 'Save the session to a file').click();
  expect((await download).suggestedFilename()).toMatch(/\.session\.zip$/);

  await page.evaluate(() => localStorage.removeItem('poison'));
  await button(page, 'Open without the stored session').click();
  await expect(page.getByRole('status')).toContainText('Opened without the stored session');
  await expect(heading(page)).toHaveText(/^Make a trained network/);
  await openStudio(page);
  await expect(heading(page)).toHaveText('mnist_dense');

  await page.evaluate(() => localStorage.setItem('poison', '1'));
  await page.reload();
  await button(page, 'Clear the stored session').click();
  await page.evaluate(() => localStorage.removeItem('poison'));
  await button(page, 'Yes, delete everything').click();
  await expect(heading(page)).toHaveText(/^Make a trained network/);
  expectErrors(watched);
});
