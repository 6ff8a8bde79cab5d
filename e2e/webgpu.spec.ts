/**
 * The WebGPU kernels in the browser, on Chromium's software adapter: exactness, and a device that is lost
 * while batches are under way. Fails, and doesn't skip, where no adapter came.
 */
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/serve.mjs';
import { expect, test } from './studio';

test('WebGPU equals the reference on every case it takes; a lost device loses nothing', async () => {
  const info = test.info();
  test.setTimeout(400_000);
  const folder = info.outputPath('page');
  await build({
    root: fileURLToPath(new URL('./kernels', import.meta.url)),
    configFile: false,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2022', outDir: folder, emptyOutDir: true },
  });
  const { server, address } = await serve(0, { folder });
  const { executablePath } = info.project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
    ],
  });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => window.checkGpu !== undefined);
    const { lost, label, ...found } = await page.evaluate(() => window.checkGpu!());
    console.log({ label, lost, ...found });
    expect(label).toMatch(/^WebGPU (dot4|f32)/);
    expect(found).toMatchObject({ failing: [], differences: [], whole: '', same: true });
    expect(found.answers).toBe(201);
    expect(found.ran).toBeGreaterThan(120);
    expect(lost).toContain('went on in WASM');
  } finally {
    await browser.close();
    server.close();
  }
});
