/**
 * The WASM builds in the browser that people use: node has no relaxed SIMD, so that only this test
 * sees them. Every build that computes exactly here equals the reference on every case.
 */
import { withPage } from './builtPage';
import { expect, test } from './studio';

test('every WASM build equals the reference; the fastest exact one is chosen', async ({
  page,
}, info) => {
  await withPage('kernels', info, async (address) => {
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
  });
});

test('threads are there, compute the same to the last bit, and rest when nothing runs', async ({
  page,
}, info) => {
  await withPage('kernels', info, async (address) => {
    await page.goto(address);
    await page.waitForFunction(() => window.checkThreads !== undefined);
    const check = await page.evaluate(() => window.checkThreads!());
    // A page that silently fell back to one thread fails here.
    expect(check.threads).toBe(check.asked);
    expect(check.label).toContain(`${check.asked} threads`);
    expect(check.tiles, 'tiles that helpers did').toBeGreaterThan(8);
    expect(check.differences).toEqual([]);
    expect(check.resting, 'helpers that use no processor').toBe(check.helpers);
  });
});

test('the studio takes the threads that are chosen, and says how many made its figures', async ({
  page,
}) => {
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  test.skip(cores < 2, 'One core: one thread.');
  const most = Math.min(8, cores);
  await page.goto('/');
  await page.getByRole('button', { name: 'Try sample: MNIST dense' }).click();
  await expect(page.getByLabel('Threads')).toHaveValue(String(most));
  const engine = page.getByText(/^Engine: WASM/);
  await expect(engine).toHaveText(new RegExp(`, ${most} threads$`));
  await page.getByLabel('Threads').selectOption('1');
  await page.getByRole('button', { name: 'Quantize', exact: true }).click();
  await expect(engine).toHaveText(/, 1 thread$/);
  await page.reload();
  await expect(page.getByLabel('Threads')).toHaveValue('1');
});
