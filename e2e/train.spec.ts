/** Training in the page: live, held, taken up after a break, kept, verified; TF.js only once it starts. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page, Worker } from '@playwright/test';
import { openFiles } from '../src/formats';
import {
  alert,
  button,
  expect,
  runs,
  sampleButton,
  settled,
  test,
  type SampleName,
} from './studio';

const training = (page: Page) => page.getByRole('region', { name: 'Training', exact: true });
const of = (page: Page, name: string) => training(page).getByRole('button', { name, exact: true });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

async function sampleOpened(page: Page, name: SampleName = 'MNIST dense') {
  await page.goto('./');
  await sampleButton(page, name).click();
  await expect(button(page, 'Train (QAT)')).toBeEnabled({ timeout: 90_000 });
  await settled(page);
}

async function settings(page: Page, epochs: number) {
  await page.getByText('Training settings').click();
  await field(page, 'Epochs').fill(String(epochs));
}

async function begun(page: Page, epochs: number) {
  await settings(page, epochs);
  await button(page, 'Train (QAT)').click();
  await expect(training(page)).toContainText(/Step [1-9][\d,]* of/, { timeout: 60_000 });
}

const stepOf = async (page: Page) =>
  Number(
    /Step ([\d,]+)/.exec((await training(page).textContent()) ?? '')?.[1]?.replaceAll(',', ''),
  );
const keptOf = async (page: Page) =>
  Number(
    /as of step ([\d,]+)/
      .exec((await training(page).textContent()) ?? '')?.[1]
      ?.replaceAll(',', ''),
  );

async function downloaded(page: Page, name: string) {
  const download = page.waitForEvent('download');
  await button(page, name).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: new Uint8Array(readFileSync(await file.path())) };
}

const floats = async ({ name, bytes }: { name: string; bytes: Uint8Array }) => {
  const { graph } = await openFiles([{ path: name, bytes }]);
  return graph.values.flatMap(({ data }) => (data instanceof Float32Array ? [...data] : []));
};

test('trains the sample: curves, pause and resume, stop and keep, verified', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await sampleOpened(page);
  expect(asked.filter((url) => /tfjs|\/train-/.test(url))).toEqual([]);
  await begun(page, 9000);
  expect(asked.some((url) => url.includes('tfjs-backend-wasm-simd.wasm'))).toBe(true);
  await expect(training(page)).toContainText(/samples per second/);
  await expect(training(page)).toContainText('On wasm, 1 worker: a step is one pass');
  for (const name of [
    'Training and selection loss over epochs',
    'Integer accuracy on the selection samples over epochs',
  ])
    await expect(training(page).getByRole('img', { name })).toBeVisible();
  await of(page, 'Pause').click();
  await expect(training(page)).toContainText('paused');
  await page.waitForTimeout(500);
  const held = await stepOf(page);
  await page.waitForTimeout(1000);
  expect(await stepOf(page)).toBe(held);
  await of(page, 'Resume').click();
  await expect.poll(() => stepOf(page)).toBeGreaterThan(held);
  await of(page, 'Stop and keep').click();
  await expect(training(page)).toBeHidden({ timeout: 90_000 });
  await expect(runs(page).getByRole('row', { name: /trained/ })).toBeVisible();
  await settled(page);

  const about = page.getByRole('region', { name: /^How .* came about$/ });
  await expect(about).toContainText(/With fake quantization, as training saw it: accuracy/);
  await expect(about).toContainText('Stopped by hand');
  await button(page, 'Verify in LiteRT').click();
  const verification = page.getByRole('status', { name: 'Verification' });
  await expect(verification).toContainText('✓ Identical', { timeout: 60_000 });

  const trained = await downloaded(page, 'Trained float .tflite');
  expect(trained.name).toMatch(/^mnist.dense-trained-float32\.tflite$/);
  const weights = await floats(trained);
  expect(weights.length).toBeGreaterThanOrEqual(784 * 128 + 128 + 1280 + 10);
  const before = await floats({
    name: 'mnist-dense.h5',
    bytes: new Uint8Array(readFileSync('public/samples/mnist-dense.h5')),
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, x) => total + x, 0);
  // The weights are the taken epoch's: where no epoch was better, those of the start.
  const isStart = (await about.innerText()).includes('Epoch 0 was taken');
  expect(Math.abs(sum(weights) - sum(before)) < 1e-3).toBe(isStart);
});

test('the page stays fluid while it trains, hidden or not', async ({ page }) => {
  await sampleOpened(page);
  await begun(page, 9000);
  const longest = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const until = performance.now() + 3000;
        let [last, gap] = [performance.now(), 0];
        const frame = () => {
          const now = performance.now();
          gap = Math.max(gap, now - last);
          last = now;
          if (now < until) requestAnimationFrame(frame);
          else resolve(gap);
        };
        requestAnimationFrame(frame);
      }),
  );
  console.log(`longest frame while training: ${longest.toFixed(0)} ms`);
  expect(longest).toBeLessThan(500);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect(training(page)).toContainText('This tab was hidden');
  const then = await stepOf(page);
  await expect.poll(() => stepOf(page)).toBeGreaterThan(then);
});

test('goes on after a reload in the middle, and a cancelled one can be kept or given up', async ({
  page,
}) => {
  await sampleOpened(page);
  await begun(page, 9000);
  await expect(training(page)).toContainText('Checkpoint kept', { timeout: 60_000 });
  await page.waitForTimeout(500);
  await page.reload();
  await expect(training(page)).toContainText(/broken off; it is kept as of step [\d,]+ of/, {
    timeout: 60_000,
  });
  const from = await keptOf(page);
  await of(page, 'Go on').click();
  await expect(training(page)).toContainText(/Step [1-9][\d,]* of/, { timeout: 60_000 });
  expect(await stepOf(page)).toBeGreaterThanOrEqual(from);
  await of(page, 'Cancel').click();
  await expect(training(page)).toContainText('You cancelled the training', { timeout: 20_000 });
  await of(page, 'Keep as a run').click();
  await expect(training(page)).toBeHidden({ timeout: 60_000 });
  await expect(runs(page).getByRole('row', { name: /trained/ })).toBeVisible();
  await settled(page);

  // The reload forgot the epochs: the recommended ones would be over before anybody cancels.
  await begun(page, 9000);
  await expect(training(page)).toContainText('Checkpoint kept', { timeout: 60_000 });
  await of(page, 'Cancel').click();
  await of(page, 'Give it up').click();
  await expect(training(page)).toBeHidden();
  await page.reload();
  await expect(button(page, 'Train (QAT)')).toBeEnabled({ timeout: 90_000 });
  await expect(training(page)).toBeHidden();
});

/** Helpers of the kernels sleep in a wait that answers nobody. */
const working = (page: Page) => page.workers().filter((one) => !one.url().includes('kernels'));

/** Ends itself, as a worker does that the browser ends: without a word. */
async function kill(page: Page, which: (name: string) => boolean) {
  const named = await Promise.all(
    working(page).map(async (worker: Worker) => ({
      worker,
      name: await worker.evaluate(() => (self as unknown as { name: string }).name).catch(() => ''),
    })),
  );
  const found = named.filter(({ name }) => which(name));
  expect(found.length, named.map(({ name }) => name).join(', ')).toBeGreaterThan(0);
  await found[0]!.worker.evaluate(() => setTimeout(() => self.close(), 0)).catch(() => undefined);
}

for (const [who, which] of [
  ['worker that trains', (name: string) => name.includes('#long')],
  ['helper', (name: string) => !name.includes('#') && name !== ''],
] as const)
  test(`a ${who} that dies loses nothing: it is said, and the training goes on`, async ({
    page,
  }) => {
    await sampleOpened(page, 'MNIST MobileNet');
    await begun(page, 200);
    await expect(training(page)).toContainText(/On wasm, [2-9] workers/);
    await expect(training(page)).toContainText('Checkpoint kept', { timeout: 60_000 });
    await kill(page, which);
    await expect(alert(page)).toContainText(/worker stopped: it was ended from outside/, {
      timeout: 20_000,
    });
    await expect(training(page)).toContainText('could not go on; it is kept as of step');
    const from = await keptOf(page);
    await of(page, 'Go on').click();
    await expect(training(page)).toContainText(/Step [1-9][\d,]* of/, { timeout: 60_000 });
    expect(await stepOf(page)).toBeGreaterThanOrEqual(from);
  });

test('another tab offers a training only once the tab that trains is gone', async ({
  page,
  context,
}) => {
  await sampleOpened(page);
  await begun(page, 9000);
  await expect(training(page)).toContainText('Checkpoint kept', { timeout: 60_000 });
  const other = await context.newPage();
  await other.goto('./');
  await expect(button(other, 'Train (QAT)')).toBeEnabled({ timeout: 90_000 });
  await other.waitForTimeout(2000);
  await expect(training(other)).toBeHidden();
  await page.close();
  await expect(training(other)).toContainText('it is kept as of step', { timeout: 20_000 });
});

test('a full storage is said, and the training goes on', async ({ page }) => {
  await page.addInitScript(() => {
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function (this: IDBObjectStore, ...given) {
      if (this.name === 'checkpoints') throw new DOMException('full', 'QuotaExceededError');
      return add.apply(this, given);
    };
  });
  await sampleOpened(page);
  await begun(page, 9000);
  await expect(page.getByText('Checkpoint not stored')).toBeVisible({ timeout: 60_000 });
  const then = await stepOf(page);
  await expect.poll(() => stepOf(page)).toBeGreaterThan(then);
  await of(page, 'Cancel').click();
  // Kept as long as the page is open.
  await expect(of(page, 'Go on')).toBeEnabled({ timeout: 20_000 });
});

/** The whole page with one core lent, whatever this machine has. */
async function oneCore(context: BrowserContext) {
  const one =
    "Object.defineProperty(WorkerNavigator.prototype, 'hardwareConcurrency', { get: () => 1 });\n";
  await context.route(/assets\/jobs-[^/]*\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: one + (await response.text()) });
  });
}

test('one worker and two make the same file, byte for byte', async ({ page, context }) => {
  const files: Uint8Array[] = [];
  for (const workers of ['2 workers', '1 worker']) {
    if (workers === '1 worker') await oneCore(context);
    await sampleOpened(page, 'MNIST MobileNet');
    await settings(page, 2);
    await button(page, 'Train (QAT)').click();
    await expect(training(page)).toContainText(`On wasm, ${workers}`, { timeout: 60_000 });
    await expect(training(page)).toBeHidden({ timeout: 90_000 });
    await settled(page);
    files.push((await downloaded(page, 'Export .tflite')).bytes);
  }
  expect(Buffer.compare(files[0]!, files[1]!)).toBe(0);
});
