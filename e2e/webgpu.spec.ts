/**
 * The WebGPU kernels in the browser, on Chromium's software adapter: exactness, and a device that is lost
 * while batches are under way. Fails, and doesn't skip, where no adapter came.
 */
import { withPage, withSoftwareGpu } from './builtPage';
import { expect, test } from './studio';

test('WebGPU equals the reference on every case it takes; a lost device loses nothing', async () => {
  const info = test.info();
  test.setTimeout(400_000);
  await withPage('kernels', info, (address) =>
    withSoftwareGpu(info, async (browser) => {
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
    }),
  );
});
