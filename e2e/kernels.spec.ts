/**
 * The WASM builds in the browser that people use: node has no relaxed SIMD, so that only this test
 * sees them. Every build that computes exactly here equals the reference on every case.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { serve } from '../scripts/serve.mjs';
import { expect, test } from './studio';

test('every WASM build equals the reference; the fastest exact one is chosen', async ({
  page,
}, info) => {
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
  try {
    await page.goto(address);
    await page.waitForFunction(() => window.checkKernels !== undefined);
    expect(await page.evaluate(() => crossOriginIsolated), 'cross-origin isolated').toBe(true);
    const checks = await page.evaluate(() => window.checkKernels!());
    for (const { variant, validates, available, chosen, cases } of checks)
      console.log({ variant, validates, available, chosen, cases });

    expect(checks.map(({ variant }) => variant)).toEqual(['usdot', 'sdot', 'dot16']);
    for (const { variant, differences, available, cases } of checks) {
      expect(differences, variant).toEqual([]);
      if (available) expect(cases, variant).toBeGreaterThan(100);
    }
    expect(checks.find(({ variant }) => variant === 'dot16')!.available).toBe(true);
    const best = checks.find(({ available }) => available)!;
    expect(checks.filter(({ chosen }) => chosen).map(({ variant }) => variant)).toEqual([
      best.variant,
    ]);
    const relaxed = checks.filter(({ variant }) => variant !== 'dot16');
    if (relaxed.some(({ validates }) => validates))
      expect(best.variant, 'relaxed SIMD is here, so a relaxed build is chosen').not.toBe('dot16');
  } finally {
    server.close();
  }
});
