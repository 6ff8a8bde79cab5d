/** The studio in a real browser, as a person or a screen reader finds it: by role and name. */
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { sample, type Payload } from './files';

export { expect };

export type SampleName = 'MNIST dense' | 'MNIST MobileNet';

/** What the page said and asked for while a test ran. */
export interface Watched {
  /** Errors in the console of the page or its workers, uncaught ones among them. */
  readonly errors: string[];
  /** Addresses outside the page's own origin. */
  readonly foreign: string[];
  /** What the Content-Security-Policy refused. */
  readonly violations: string[];
}

/**
 * Every test ends with: no console error, no request to another origin, no CSP violation. A test that
 * provokes an error takes it out of `watched` itself.
 */
export const test = base.extend<{ watched: Watched }>({
  watched: [
    async ({ page }, use) => {
      const watched: Watched = { errors: [], foreign: [], violations: [] };
      page.on('console', (message) => {
        const text = message.text();
        if (/content security policy/i.test(text)) watched.violations.push(text);
        else if (message.type() === 'error') watched.errors.push(text);
      });
      page.on('pageerror', (error) => watched.errors.push(String(error)));
      page.on('request', (request) => {
        const url = new URL(request.url());
        const local = ['blob:', 'data:'].includes(url.protocol) || url.hostname === 'localhost';
        if (!local) watched.foreign.push(request.url());
      });
      await use(watched);
      expect(watched).toEqual({ errors: [], foreign: [], violations: [] });
    },
    { auto: true },
  ],
});

export const runs = (page: Page) => page.getByRole('table', { name: 'Runs' });
export const layers = (page: Page) => page.getByRole('table', { name: 'Layers' });
export const progress = (page: Page) => page.getByRole('progressbar');
export const alert = (page: Page) => page.getByRole('alert');
export const heading = (page: Page) => page.getByRole('heading', { level: 1 });
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const sampleButton = (page: Page, name: SampleName) => button(page, `Try sample: ${name}`);
/** Charts, not the thumbnails of samples and not the inspector's pictures. */
export const chart = (page: Page) =>
  page
    .getByRole('region', { name: 'Charts per layer' })
    .getByRole('img', { name: /of \d+ layers/ });

/** Goes to a place by its link in the header. */
export async function go(page: Page, place: 'Overview' | 'Layers' | 'Compare') {
  const link = page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: place });
  await link.click();
  await expect(link).toHaveAttribute('aria-current', 'page');
}

export async function openStudio(page: Page) {
  await page.goto('./');
  await expect(sampleButton(page, 'MNIST dense')).toBeEnabled();
}

/** Gives files to a labelled input, as the file picker does. */
export async function choose(
  page: Page,
  input:
    'Model files' | 'Data files' | 'Evaluation samples' | 'Folder of samples' | 'Folder of a model',
  files: Parameters<Locator['setInputFiles']>[0],
) {
  await page.getByLabel(input, { exact: true }).setInputFiles(files);
}

/** No job runs and none waits. */
export async function settled(page: Page, timeout = 90_000) {
  await expect(progress(page)).toHaveCount(0, { timeout });
}

/** A model with digits, read and settled. */
export async function openWithDigits(
  page: Page,
  model: string,
  name: string,
  digits: string | Payload = sample.digits,
) {
  await openStudio(page);
  await choose(page, 'Model files', model);
  await expect(heading(page)).toHaveText(name);
  await choose(page, 'Data files', digits);
  await expect(page.getByText('200 for calibration')).toBeVisible();
  await settled(page);
}

export const openDense = (page: Page) => openWithDigits(page, sample.dense, 'mnist_dense');

/** Presses Quantize and waits until the run has every figure. */
export async function quantize(page: Page, timeout = 60_000) {
  const rows = runs(page).getByRole('row');
  const before = await runCount(page);
  await button(page, 'Quantize').click();
  await expect
    .poll(() => runCount(page), { timeout, message: 'a new row in the Runs table' })
    .toBe(before + 1);
  await settled(page, timeout);
  await expect(rows.last()).not.toContainText('…');
}

/** Quantized runs: the rows but for the head, float32 and "No runs yet". */
export async function runCount(page: Page): Promise<number> {
  return (await figures(runs(page))).filter(isRun).length;
}

export const isRun = (row: Readonly<Record<string, string>>) =>
  row['File size'] !== undefined && row['Scheme'] !== 'float32';

/** A table as records: the text of each cell under the text of its column's head. */
export function figures(table: Locator): Promise<Record<string, string>[]> {
  return table.evaluate((element) => {
    const text = (cell: Element) => (cell.textContent ?? '').replace(/\s+/g, ' ').trim();
    const heads = [...element.querySelectorAll('thead th')].map(text);
    return [...element.querySelectorAll('tbody tr')].map((row) =>
      Object.fromEntries([...row.children].map((cell, index) => [heads[index] ?? '', text(cell)])),
    );
  });
}

/** The first number of a cell: "98.7 % Δ −0.2" → 98.7. */
export function leading(text: string | undefined): number {
  const found = /[−-]?\d[\d,]*(\.\d+)?/.exec(text ?? '');
  return found ? Number(found[0].replace('−', '-').replaceAll(',', '')) : NaN;
}

/** A drop from the file manager onto the middle of the page: files or folders by their paths. */
export async function drop(page: Page, paths: readonly string[]) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const { width, height } = page.viewportSize()!;
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height / 2, data });
  await session.detach();
}
