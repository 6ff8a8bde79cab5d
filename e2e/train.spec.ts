/** Training in the page: live, held, taken up after a reload, kept, verified; TF.js only once it starts. */
import type { Page } from '@playwright/test';
import { button, expect, runs, sampleButton, test } from './studio';

const training = (page: Page) => page.getByRole('region', { name: 'Training' });
const of = (page: Page, name: string) => training(page).getByRole('button', { name, exact: true });

async function sampleOpened(page: Page) {
  await page.goto('./');
  await sampleButton(page, 'MNIST dense').click();
  await expect(button(page, 'Train (QAT)')).toBeEnabled({ timeout: 90_000 });
  // All 8,000 digits calibrate and train: without selection samples no epoch is chosen, and none ends it early.
  await page.getByRole('textbox', { name: 'Calibration', exact: true }).fill('8000');
  await page.keyboard.press('Tab');
  await page.waitForTimeout(1500);
  await expect(button(page, 'Train (QAT)')).toBeEnabled({ timeout: 30_000 });
}

async function begun(page: Page, epochs: number) {
  await page.getByText('Training settings').click();
  await page.getByRole('textbox', { name: 'Epochs' }).fill(String(epochs));
  await button(page, 'Train (QAT)').click();
  await expect(training(page)).toContainText(/Step [1-9][\d,]* of/, { timeout: 60_000 });
}

test('trains the sample: curves, pause and resume, stop and keep, verified', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await sampleOpened(page);
  expect(asked.filter((url) => /tfjs|\/train-/.test(url))).toEqual([]);
  await begun(page, 9000);
  expect(asked.some((url) => url.includes('tfjs-backend-wasm-simd.wasm'))).toBe(true);
  await expect(
    training(page).getByRole('img', { name: 'Training and selection loss over epochs' }),
  ).toBeVisible();
  await of(page, 'Pause').click();
  await expect(training(page)).toContainText('paused');
  await page.waitForTimeout(500);
  const step = async () => /Step ([\d,]+)/.exec((await training(page).textContent()) ?? '')?.[1];
  const held = await step();
  await page.waitForTimeout(1000);
  expect(await step()).toBe(held);
  await of(page, 'Resume').click();
  await expect.poll(step).not.toBe(held);
  await of(page, 'Stop and keep').click();
  await expect(training(page)).toBeHidden({ timeout: 90_000 });
  await expect(runs(page).getByRole('row', { name: /trained/ })).toBeVisible();
});

test('goes on after a reload in the middle', async ({ page }) => {
  await sampleOpened(page);
  await begun(page, 9000);
  await expect(training(page)).toContainText('Checkpoint kept', { timeout: 60_000 });
  await page.waitForTimeout(500);
  await page.reload();
  await expect(training(page)).toContainText(/broken off at step [\d,]+ of/, { timeout: 60_000 });
  const text = (await training(page).textContent()) ?? '';
  const from = Number(/at step ([\d,]+)/.exec(text)![1]!.replace(',', ''));
  await of(page, 'Go on').click();
  await expect(training(page)).toContainText(/Step [1-9][\d,]* of/, { timeout: 60_000 });
  const now = Number(
    /Step ([\d,]+)/.exec((await training(page).textContent()) ?? '')![1]!.replace(',', ''),
  );
  expect(now).toBeGreaterThanOrEqual(from);
  await of(page, 'Cancel').click();
  await expect(training(page)).toContainText('broken off', { timeout: 20_000 });
  await of(page, 'Give it up').click();
  await expect(training(page)).toBeHidden();
});
