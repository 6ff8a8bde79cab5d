/** What you see is what you ship: the export in LiteRT.js on the page, and in the TFLite runtime here. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { toInput, toReal } from '../src/analysis/tensors';
import { openSamples } from '../src/data/open';
import { rolesOf } from '../src/data/roles';
import { createReferenceBackend } from '../src/engine/reference';
import { openFiles } from '../src/formats';
import { needsOf } from '../src/jobs/needs';
import { elementCount, type Graph } from '../src/model/graph';
import { openOracle } from '../src/testing/oracle';
import { hasShared, sharedPath } from '../src/testing/shared';
import { bytes as sizeText } from '../src/analysis/format';
import { read, sample } from './files';
import {
  button,
  choose,
  expect,
  figures,
  leading,
  openStudio,
  openWithDigits,
  quantize,
  runs,
  test,
} from './studio';

async function open(page: Page, model: string, name: string) {
  await openWithDigits(page, model, name);
  await expect(page.getByText('200 for calibration, 2,000 others for evaluation.')).toBeVisible();
}

async function exported(page: Page): Promise<{ name: string; bytes: Uint8Array }> {
  const download = page.waitForEvent('download');
  await button(page, 'Export .tflite').click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: new Uint8Array(readFileSync(await file.path())) };
}

/** The evaluation samples of the page's roles, as the networks of the samples were trained: x / 255. */
async function evaluationDigits(model: Graph) {
  const bytes = new Blob([read(sample.digits)]);
  const samples = await openSamples(
    {
      kind: 'files',
      name: 'mnist.npz',
      key: 'digits',
      files: [{ path: 'mnist.npz', bytes }],
      choices: { range: 'zero-one' },
    },
    needsOf(model),
  );
  const { evaluation } = rolesOf(samples, { calibration: 200, evaluation: 2000, seed: 1 });
  return Promise.all(
    evaluation.map(async (index) => {
      const { inputs, targets } = await samples.read(index);
      return { label: targets[0] as number, pixels: inputs[0]! };
    }),
  );
}

const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((best, x, i, all) => (x > all[best]! ? i : best), 0);

/**
 * The runtime's accuracy on all digits, in %, and its largest output; for the first 20, its numbers
 * against our engine's: how many differ, and the largest relative difference.
 */
async function inTheRuntime(file: Uint8Array) {
  const { graph } = await openFiles([{ path: 'export.tflite', bytes: file }]);
  const oracle = await openOracle(file);
  const ours = await createReferenceBackend().prepare(graph);
  const input = graph.values[graph.inputs[0]!]!;
  let right = 0;
  let different = 0;
  let farthest = 0;
  let peak = 0;
  const digits = await evaluationDigits(graph);
  for (const [position, { pixels, label }] of digits.entries()) {
    const feed = toInput(pixels, input);
    const [theirs] = oracle.run([feed.data as Float32Array | Int8Array]);
    if (largest(theirs!.data) === label) right++;
    for (const x of theirs!.data) peak = Math.max(peak, Math.abs(x));
    if (position >= 20) continue;
    const [mine] = await ours.run([feed]);
    expect(theirs!.data).toHaveLength(elementCount(mine!.shape));
    const reals = toReal(mine!.data, undefined, new Float32Array(theirs!.data.length));
    reals.forEach((x, i) => {
      const gap = Math.abs(x - theirs!.data[i]!);
      if (gap > 0) different++;
      farthest = Math.max(farthest, gap / Math.max(1, Math.abs(x)));
    });
  }
  oracle.dispose();
  return { accuracy: (100 * right) / digits.length, different, farthest, peak };
}

async function lastRun(page: Page) {
  return (await figures(runs(page))).at(-1)!;
}

const verification = (page: Page) => page.getByRole('status', { name: 'Verification' });

async function verified(page: Page) {
  await button(page, 'Verify in LiteRT').click();
  await expect(verification(page)).toBeVisible({ timeout: 60_000 });
  const text = (await verification(page).textContent()) ?? '';
  const [, samples, identical, difference] =
    /([\d,]+) samples, ([\d,]+) identical, largest difference (\d+(?:\.\d+)?)/.exec(text) ?? [];
  return {
    samples: leading(samples),
    identical: leading(identical),
    difference: Number(difference),
  };
}

/** The runtime of the oracle: another target than the default, for it rounds dense layers otherwise. */
const runtimeHere = 'TFLite (2021)';

for (const { title, model, name } of [
  { title: 'MNIST dense', model: sample.dense, name: 'mnist_dense' },
  { title: 'MNIST MobileNet', model: sample.mobilenet, name: 'mnist_mobilenet' },
]) {
  test(`${title}, int8: identical in LiteRT.js and in the TFLite runtime`, async ({ page }) => {
    await open(page, model, name);
    for (const target of ['LiteRT (current)', runtimeHere]) {
      await page.getByLabel('Target', { exact: true }).selectOption(target);
      await quantize(page);
      const { samples, identical, difference } = await verified(page);
      expect(samples).toBeGreaterThanOrEqual(1000);
      expect({ identical, difference }, target).toEqual({ identical: samples, difference: 0 });
    }
    const shown = await lastRun(page);
    const file = await exported(page);
    expect(file.name).toMatch(/int8.*\.tflite$/);
    expect(shown['File size']).toContain(sizeText(file.bytes.length));
    const runtime = await inTheRuntime(file.bytes);
    expect(runtime.different).toBe(0);
    expect(shown['Accuracy']).toContain(`${runtime.accuracy.toFixed(1)} %`);
  });
}

/**
 * LiteRT.js' XNNPACK puts dynamic activations on an asymmetric grid of 8 bits, the TFLite runtime and
 * we on a symmetric one (docs/bit-exactness.md): a step of that grid lies between them.
 */
for (const { scheme, ofPeak } of [
  { scheme: 'float16', ofPeak: 1e-5 },
  { scheme: 'dynamic', ofPeak: 1 / 127 },
]) {
  test(`${scheme}: opens in the TFLite runtime with the accuracy shown`, async ({ page }) => {
    await open(page, sample.dense, 'mnist_dense');
    await page.getByLabel('Scheme', { exact: true }).selectOption(scheme);
    await page.getByLabel('Target', { exact: true }).selectOption(runtimeHere);
    await quantize(page);
    const shown = await lastRun(page);
    const file = await exported(page);
    expect(shown['File size']).toContain(sizeText(file.bytes.length));
    const runtime = await inTheRuntime(file.bytes);
    expect(shown['Accuracy']).toContain(`${runtime.accuracy.toFixed(1)} %`);
    expect(runtime.farthest).toBeLessThan(1e-5);
    const { samples, difference } = await verified(page);
    expect(samples).toBeGreaterThanOrEqual(1000);
    expect(difference).toBeLessThan(ofPeak * runtime.peak);
  });
}

test('ResNet-8 on CIFAR-10 keeps its accuracy and is identical in LiteRT.js', async ({ page }) => {
  test.skip(!hasShared, 'the reference models are not beside the checkout');
  await openStudio(page);
  await choose(page, 'Model files', sharedPath('models/mlperf-tiny/resnet8.h5'));
  await expect(page.getByRole('region', { name: 'Model', exact: true })).toContainText('HDF5');
  await choose(page, 'Data files', sharedPath('data/cifar10/cifar10_1000.npz'));
  await expect(page.getByRole('region', { name: 'Data', exact: true })).toContainText(
    /1,000 samples of 32 × 32 × 3/,
  );
  // The network takes 0 … 255 (its published accuracy is 87 %).
  await page.getByLabel('Value range', { exact: true }).selectOption('0 … 255');
  await page.getByLabel('Calibration', { exact: true }).first().fill('100');
  await page.getByLabel('Evaluation', { exact: true }).fill('200');
  await quantize(page, 90_000);
  const [float, int8] = await figures(runs(page));
  expect(leading(float!['Accuracy'])).toBeGreaterThan(85);
  expect(leading(int8!['Accuracy'])).toBeGreaterThan(leading(float!['Accuracy']) - 2);
  const { samples, identical, difference } = await verified(page);
  expect({ identical, difference }).toEqual({ identical: samples, difference: 0 });
});

test('the export with int8 tensors at its border, the recipe and the table leave too', async ({
  page,
}) => {
  await open(page, sample.dense, 'mnist_dense');
  await quantize(page);
  await page
    .getByRole('radiogroup', { name: 'Tensors at the border of the export' })
    .getByText('int8', { exact: true })
    .click();
  const file = await exported(page);
  const oracle = await openOracle(file.bytes);
  expect(oracle.inputs.map(({ dtype }) => dtype)).toEqual(['int8']);
  const [output] = oracle.run([new Int8Array(784)]);
  expect(output!.dtype).toBe('int8');
  oracle.dispose();

  const texts: Record<string, string> = {};
  for (const name of ['Recipe JSON', 'Layers CSV']) {
    const download = page.waitForEvent('download');
    await button(page, name).click();
    texts[name] = readFileSync(await (await download).path(), 'utf8');
  }
  expect(Array.isArray(JSON.parse(texts['Recipe JSON']!))).toBe(true);
  const [head, ...rows] = texts['Layers CSV']!.trim().split(/\r?\n/);
  expect(head).toMatch(/layer/i);
  expect(rows).toHaveLength(2);
});
