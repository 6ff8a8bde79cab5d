/**
 * The Backend control on Chromium's software adapter: what it says, that WebGPU gives the very int8 figures of
 * WASM, and that a device which is lost in the middle of a job costs nothing and is said. Fails, and doesn't
 * skip, where no adapter came.
 */
import type { Page, TestInfo } from '@playwright/test';
import { withSoftwareGpu } from './builtPage';
import {
  button,
  choose,
  expect,
  figures,
  go,
  heading,
  layers,
  openStudio,
  quantize,
  runs,
  settled,
  test,
} from './studio';
import { sample } from './files';

async function openDense(page: Page) {
  await openStudio(page);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  await choose(page, 'Data files', sample.digits);
  await expect(page.getByText('200 for calibration, 2,000 others for evaluation.')).toBeVisible();
}

/** A page of the built studio in a browser with a GPU, with a sample open. */
async function withStudio(info: TestInfo, work: (page: Page) => Promise<void>) {
  await withSoftwareGpu(info, async (browser) => {
    const page = await browser.newPage({ baseURL: info.project.use.baseURL! });
    await openDense(page);
    await work(page);
  });
}

const control = (page: Page) => page.getByLabel('Backend', { exact: true });
const reason = (page: Page) => page.getByRole('status', { name: 'Backend of this run' });

/** Without the times, which differ. */
const timeless = (rows: readonly Record<string, string>[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(([head]) => !/ms|latency|time|quantized$|float$/i.test(head)),
    ),
  );

test('WebGPU gives the very figures of WASM; each run says who answered and why', async () => {
  const info = test.info();
  test.setTimeout(300_000);
  await withStudio(info, async (page) => {
    await expect(control(page)).toHaveValue('auto');
    await expect(
      page.getByText(/^WASM: the adapter \(.*SwiftShader.*\) computes on the CPU/i),
    ).toBeVisible();
    const seen: Record<string, Record<string, string>[]> = {};
    for (const backend of ['wasm', 'webgpu'] as const) {
      await go(page, 'Overview');
      await control(page).selectOption(backend);
      await quantize(page, 200_000);
      await expect(reason(page)).toContainText(
        backend === 'wasm'
          ? 'WASM: as chosen under Backend.'
          : 'as chosen under Backend. Int8 products by',
      );
      await go(page, 'Layers');
      seen[backend] = await figures(layers(page));
    }
    await expect(reason(page)).toContainText(/1,744 samples were answered there/);
    await expect(reason(page)).toContainText('their last digits depend on the adapter');
    await expect(page.getByText(/^Engine: WASM.*; samples on WebGPU$/)).toBeVisible();
    expect(Object.keys(seen['webgpu']![0]!)).toContain('WebGPU, ms');
    expect(seen['webgpu']!.map((row) => Number(row['WebGPU, ms'])).every((ms) => ms > 0)).toBe(
      true,
    );
    expect(Object.keys(seen['wasm']![0]!)).not.toContain('WebGPU, ms');
    expect(timeless(seen['webgpu']!)).toEqual(timeless(seen['wasm']!));
    await go(page, 'Overview');
    const [first, second] = (await figures(runs(page))).filter(
      ({ Scheme }) => Scheme !== 'float32',
    );
    expect(timeless([second!])).toEqual(timeless([first!]));
    await page.reload();
    await expect(control(page)).toHaveValue('webgpu');
  });
});

/** In the page's workers: the device is destroyed behind the batches that were asked for. */
function loseDevice(batches: number) {
  type Device = { queue: { submit(commands: unknown): void }; destroy(): void };
  type Adapter = { requestDevice(options: unknown): Promise<Device> };
  const scope = globalThis as never as { GPUAdapter: { prototype: Adapter }; armed?: boolean };
  const request = scope.GPUAdapter.prototype.requestDevice;
  scope.GPUAdapter.prototype.requestDevice = async function (this: Adapter, options) {
    const device = await request.call(this, options);
    const submit = device.queue.submit.bind(device.queue);
    let left = batches;
    device.queue.submit = (commands) => {
      submit(commands);
      if (scope.armed && left-- === 0) device.destroy();
    };
    return device;
  };
}

test('a device that is lost in the middle of a job: it goes on in WASM, nothing is lost, and it is said', async () => {
  const info = test.info();
  test.setTimeout(300_000);
  await withSoftwareGpu(info, async (browser) => {
    const page = await browser.newPage({ baseURL: info.project.use.baseURL! });
    const workers: Promise<unknown>[] = [];
    page.on('worker', (worker) =>
      workers.push(worker.evaluate(loseDevice, 10).catch(() => undefined)),
    );
    await openDense(page);
    await control(page).selectOption('wasm');
    await quantize(page, 200_000);
    await control(page).selectOption('webgpu');
    await Promise.all(workers);
    // Armed once the self-test is through: the first samples are being evaluated then.
    await button(page, 'Quantize').click();
    await expect(page.getByText(/^Evaluating: sample/).first()).toBeVisible({ timeout: 120_000 });
    for (const worker of page.workers())
      await worker.evaluate(() => {
        (globalThis as never as { armed: boolean }).armed = true;
      });
    await settled(page, 200_000);
    await expect(page.getByText('WebGPU fell back to WASM')).toBeVisible();
    await expect(reason(page)).toContainText(
      /It fell back: The GPU device was lost.*It went on in WASM/,
    );
    const [first, second] = (await figures(runs(page))).filter(
      ({ Scheme }) => Scheme !== 'float32',
    );
    expect(timeless([second!])).toEqual(timeless([first!]));
  });
});
