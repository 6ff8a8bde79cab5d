/** Expert settings of training in the page: what they name is what the recipe carries out. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import {
  button,
  expect,
  figures,
  go,
  layers,
  leading,
  runs,
  sampleButton,
  settled,
  test,
} from './studio';

const training = (page: Page) => page.getByRole('region', { name: 'Training', exact: true });
const about = (page: Page) => page.getByRole('region', { name: /^How .* came about$/ });
const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const check = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });
const select = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });
const trained = (page: Page) => runs(page).getByRole('row', { name: /, trained/ });

async function opened(page: Page) {
  await page.goto('./');
  await sampleButton(page, 'MNIST MobileNet').click();
  await expect(button(page, 'Train (QAT)')).toBeEnabled({ timeout: 90_000 });
  await settled(page);
}

async function finished(page: Page, timeout = 200_000) {
  await expect(training(page)).toBeVisible({ timeout: 30_000 });
  await expect(training(page)).toBeHidden({ timeout });
  await settled(page);
}

/** What the rules of the file say that they were made with. */
async function recipe(page: Page) {
  const download = page.waitForEvent('download');
  await button(page, 'Recipe JSON').click();
  const file = await download;
  const rules = JSON.parse(readFileSync(await file.path(), 'utf8')) as { made_with: unknown }[];
  return rules[0]!.made_with;
}

test('int4, a frozen layer, labels, absolute Adam, the control; then on from the trained run', async ({
  page,
}) => {
  test.setTimeout(480_000);
  await opened(page);
  await select(page, 'Scheme').selectOption('int4');
  await page.getByText('Training settings').click();
  // Unfolded settings leave the scheme and the buttons in reach.
  await expect(select(page, 'Scheme')).toBeVisible();
  await expect(button(page, 'Train (QAT)')).toBeInViewport();
  await field(page, 'Epochs').fill('1');
  await field(page, 'Training samples').fill('640');
  await select(page, 'Loss').selectOption('labels');
  await select(page, 'Optimizer').selectOption('adam');
  await field(page, 'Training seed').fill('7');
  await select(page, 'Frozen layers').fill('block1_p');
  await page.getByRole('option', { name: 'block1_pw' }).click();
  await page.keyboard.press('Escape');
  await check(page, 'Train float too (control)').check();
  await button(page, 'Train (QAT)').click();
  await expect(training(page)).toContainText('On wasm', { timeout: 60_000 });
  // Other runs can be looked at meanwhile, in every place.
  await go(page, 'Layers');
  await expect(layers(page)).toBeVisible();
  await expect(training(page)).toBeVisible();
  await go(page, 'Overview');
  await expect(trained(page)).toHaveCount(1, { timeout: 200_000 });
  await expect(runs(page).getByRole('row', { name: /float trained \(control\)/ })).toHaveCount(1, {
    timeout: 200_000,
  });
  await settled(page);
  const labels = (await figures(runs(page))).map((row) => row['Scheme'] ?? '');
  expect(labels.join('; ')).toMatch(
    /int4 weights, int8 activations; .*int4 weights, int8 activations, trained; .*int4 weights, int8 activations, float trained \(control\)/,
  );
  await expect(about(page)).toContainText('Frozen: block1_pw');
  expect(await recipe(page)).toMatchObject({
    name: 'int4, trained',
    steps: [
      {
        ...{ kind: 'train', seed: 7, samples: 640 },
        options: {
          ...{ epochs: 1, loss: 'labels', optimizer: 'adam', learningRate: 0.001 },
          frozenNodes: ['block1_pw'],
        },
      },
    ],
  });

  await check(page, 'Train float too (control)').uncheck();
  await check(page, 'Start from the selected run').check();
  await select(page, 'Loss').selectOption('distill');
  await check(page, 'Images may be mirrored').check();
  await button(page, 'Train (QAT)').click();
  await finished(page);
  await expect(trained(page)).toHaveCount(2);
  await expect(about(page)).toContainText(
    'It goes on from an earlier run and learns from the float model as it was opened.',
  );
  expect(await recipe(page)).toMatchObject({
    steps: [{ options: { loss: 'distill', augment: { shift: 2, flip: true } } }],
  });
});

test('a layer that the recipe keeps float stays float', async ({ page }) => {
  test.setTimeout(200_000);
  await opened(page);
  await go(page, 'Layers');
  await layers(page)
    .getByRole('row', { name: /^block1_pw/ })
    .getByRole('combobox')
    .selectOption('float');
  await page.getByText('Training settings').click();
  await field(page, 'Epochs').fill('1');
  await field(page, 'Training samples').fill('320');
  await button(page, 'Train (QAT)').click();
  await finished(page);
  const rows = await figures(layers(page));
  const smaller = (name: string) => rows.find((one) => one['Layer'] === name)?.['Size ÷'];
  // As many bytes as before: its weights are still floats, another's are not.
  expect(smaller('block1_pw')).toBe('≈1');
  expect(leading(smaller('block2_pw')!.slice(1))).toBeGreaterThan(1.5);
  await go(page, 'Overview');
  await button(page, 'Verify in LiteRT').click();
  await expect(page.getByRole('status', { name: 'Verification' })).toContainText('✓', {
    timeout: 60_000,
  });
});
