/**
 * Training on WebGPU in the browser, on its software adapter: losses of the first steps equal those on
 * WASM. Without an adapter the test fails: a path that nothing tests would be no path.
 */
import { copyFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withPage, withSoftwareGpu } from './builtPage';
import { sample } from './files';
import { expect, test } from './studio';
import type { StepsAnswer, StepsAsked } from './training/check';

const wasm = fileURLToPath(
  new URL(
    '../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ),
);

const beside = (folder: string) => {
  for (const path of [wasm, sample.dense, sample.mobilenet, sample.digits])
    copyFileSync(path, join(folder, basename(path)));
};

/** By labels: at the loss of distillation, near zero here, one step of the output's grid is a fifth. */
const cases: readonly (Omit<StepsAsked, 'backend'> & { readonly within: number })[] = [
  {
    name: basename(sample.dense),
    ...{ steps: 20, batch: 32, within: 1e-3 },
    ...{ data: basename(sample.digits), divideBy: 255, loss: 'distill' },
  },
  {
    name: basename(sample.mobilenet),
    ...{ steps: 2, batch: 32, within: 1e-3 },
    ...{ data: basename(sample.digits), divideBy: 255, loss: 'labels' },
  },
];

test('the first training steps on WebGPU have the losses that they have on WASM', async () => {
  const info = test.info();
  test.setTimeout(300_000);
  const steps = (address: string) =>
    withSoftwareGpu(info, async (browser) => {
      const page = await browser.newPage();
      await page.goto(address);
      await page.waitForFunction(() => window.trainingSteps !== undefined);
      for (const { within, ...asked } of cases) {
        const on = (backend: StepsAsked['backend']): Promise<StepsAnswer> =>
          page.evaluate((request) => window.trainingSteps!(request), { ...asked, backend });
        const [expected, made] = [await on('wasm'), await on('webgpu')];
        expect(made.adapter, 'a WebGPU adapter').toContain('swiftshader');
        expect(made.losses).toHaveLength(asked.steps);
        made.losses.forEach((loss, step) => {
          const gap = Math.abs(loss / expected.losses[step]! - 1);
          expect(gap, `${asked.name}, step ${step + 1}: ${loss}`).toBeLessThan(within);
        });
      }
    });
  await withPage('training', info, steps, beside);
  rmSync(info.outputPath('page'), { recursive: true, force: true });
});
