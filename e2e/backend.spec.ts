/**
 * The Backend control on Chromium's software adapter: what it says, that WebGPU gives the very int8 figures of
 * WASM, and that a device which is lost in the middle of a job costs nothing and is said. Fails, and doesn't
 * skip, where no adapter came.
 */
import type { Page, TestInfo, Worker } from '@playwright/test';
import { withSoftwareGpu } from './builtPage';
import { expect, figures, go, layers, leading, openDense, quantize, runs, test } from './studio';

async function openBoth(page: Page) {
  await openDense(page);
  await expect(page.getByText('200 for calibration, 2,000 others for evaluation.')).toBeVisible();
}

/** A page of the built studio in a browser with a GPU, with a sample open. */
async function withStudio(info: TestInfo, work: (page: Page) => Promise<void>) {
  await withSoftwareGpu(info, async (browser) => {
    const page = await browser.newPage({ baseURL: info.project.use.baseURL! });
    await openBoth(page);
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
    const times = seen['webgpu']!.map((row) => leading(row['WebGPU, ms']));
    expect(times.every((ms) => ms >= 0) && times.some((ms) => ms > 0)).toBe(true);
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

/** Helper threads wait without hearing anything: they would never answer. */
const runsJobs = (worker: Worker) => /\/jobs-[^/]*\.js$/.test(new URL(worker.url()).pathname);

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
    page.on('worker', (worker) => {
      if (runsJobs(worker)) workers.push(worker.evaluate(loseDevice, 10));
    });
    await openBoth(page);
    await Promise.all(workers);
    await control(page).selectOption('webgpu');
    await quantize(page, 200_000);
    const arm = async (armed: boolean) => {
      for (const worker of page.workers().filter(runsJobs))
        await worker.evaluate((now) => {
          (globalThis as never as { armed: boolean }).armed = now;
        }, armed);
    };
    // The device is open and tested: what is submitted now are batches of samples, 110 of them.
    await arm(true);
    await quantize(page, 200_000);
    await expect(page.getByText('WebGPU fell back to WASM')).toBeVisible();
    await expect(reason(page)).toContainText(
      /It fell back: The GPU device was lost.*It went on in WASM/,
    );
    await arm(false);
    await quantize(page, 200_000);
    await expect(reason(page)).toContainText('1,744 samples were answered there');
    await expect(reason(page)).not.toContainText('It fell back');
    const [first, lost, anew] = (await figures(runs(page))).filter(
      ({ Scheme }) => Scheme !== 'float32',
    );
    expect(timeless([lost!])).toEqual(timeless([first!]));
    expect(timeless([anew!])).toEqual(timeless([first!]));
  });
});
