/** What the first page costs, and a second visit. */
import { expect, openStudio, test } from './studio';

test('the first page is at most 300 kB, and a reload fetches hashed files no more', async ({
  page,
}) => {
  const sent: { path: string; bytes: number; cached: boolean }[] = [];
  page.on('requestfinished', (request) => {
    void (async () => {
      const { responseBodySize } = await request.sizes();
      const timing = await page.evaluate(
        (name) =>
          performance
            .getEntriesByName(name)
            .map((entry) => (entry as PerformanceResourceTiming).transferSize),
        request.url(),
      );
      const path = new URL(request.url()).pathname;
      sent.push({ path, bytes: responseBodySize, cached: timing[0] === 0 });
    })();
  });
  await openStudio(page);
  await page.waitForLoadState('networkidle');
  await expect.poll(() => sent.length).toBeGreaterThan(3);
  const bytes = sent.reduce((sum, one) => sum + one.bytes, 0);
  expect(bytes).toBeLessThanOrEqual(300_000);
  expect(bytes).toBeGreaterThan(100_000);
  sent.length = 0;
  await page.reload();
  await page.waitForLoadState('networkidle');
  await expect.poll(() => sent.length).toBeGreaterThan(3);
  const hashed = sent.filter(({ path }) => path.startsWith('/assets/'));
  expect(hashed.length).toBeGreaterThan(2);
  expect(hashed.filter(({ cached }) => !cached)).toEqual([]);
});
