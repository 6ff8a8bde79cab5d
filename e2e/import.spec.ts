/** Models and data of every kind come in by the inputs and by a drop; wrong files are told apart. */
import type { Page } from '@playwright/test';
import { hasShared, readShared, sharedPath } from '../src/testing/shared';
import {
  classFolders,
  denseTflite,
  irisCsv,
  keras2File,
  payload,
  place,
  read,
  sample,
  tfjsModel,
  zipOf,
  type Payload,
} from './files';
import {
  alert,
  choose,
  drop,
  expect,
  figures,
  go,
  heading,
  layers,
  openStudio,
  quantize,
  settled,
  test,
} from './studio';

interface Model {
  readonly title: string;
  readonly files: () => Promise<Payload[]> | Payload[];
  readonly name: string | RegExp;
  readonly description: RegExp;
}

const fromDisk = (path: string) => [payload(path.split('/').at(-1)!, read(path))];

const models: readonly Model[] = [
  {
    title: '.tflite',
    files: async () => [await denseTflite()],
    name: /mnist.dense/,
    description: /TensorFlow Lite|TFLite/,
  },
  {
    title: '.keras',
    files: () => fromDisk(sample.mobilenet),
    name: 'mnist_mobilenet',
    description: /Keras 3/,
  },
  { title: '.h5', files: () => fromDisk(sample.dense), name: 'mnist_dense', description: /HDF5/ },
  { title: 'Keras 2 .h5', files: () => fromDisk(keras2File), name: /./, description: /HDF5/ },
  {
    title: 'TF.js model.json with its shard',
    files: tfjsModel,
    name: 'iris_tfjs',
    description: /TensorFlow\.js|TF\.js/,
  },
  {
    title: 'a zip of a TF.js model',
    files: () => [zipOf('iris.zip', tfjsModel())],
    name: 'iris_tfjs',
    description: /TensorFlow\.js|TF\.js/,
  },
];

async function expectModel(page: Page, { name, description }: Pick<Model, 'name' | 'description'>) {
  await expect(heading(page)).toHaveText(name);
  await settled(page);
  await expect(alert(page)).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Model', exact: true })).toContainText(description);
  expect(await figures(layers(page))).not.toHaveLength(0);
}

const modelName = async (page: Page) => (await heading(page).textContent()) ?? '';

test('models by the "Model files" input', async ({ page }) => {
  await openStudio(page);
  for (const model of models)
    await test.step(model.title, async () => {
      await choose(page, 'Model files', await model.files());
      await expectModel(page, model);
    });
});

test('models by a drop, one after the other', async ({ page }, info) => {
  await openStudio(page);
  for (const [index, model] of models.entries())
    await test.step(model.title, async () => {
      await drop(page, place(info.outputPath(String(index)), await model.files()));
      await expectModel(page, model);
    });
});

test('a folder of a TF.js model, dropped and chosen', async ({ page }, info) => {
  place(info.outputPath('iris'), tfjsModel());
  const expected = { name: 'iris_tfjs', description: /TensorFlow\.js|TF\.js/ };
  await openStudio(page);
  await drop(page, [info.outputPath('iris')]);
  await expectModel(page, expected);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  await choose(page, 'Folder of a model', info.outputPath('iris'));
  await expectModel(page, expected);
});

test.describe('reference models', () => {
  test.skip(!hasShared, 'the reference models are not beside the checkout');

  test('float and quantized .tflite, Keras 2 .h5, TF.js', async ({ page }) => {
    await openStudio(page);
    for (const [paths, name] of [
      [['mlperf-tiny/vww_96_int8.tflite'], /./],
      [['mlperf-tiny/resnet8.h5'], /./],
      [['mlperf-tiny/kws_hybrid.tflite'], /./],
      [['abalone/model.json', 'abalone/weights.bin'], /./],
      [['mlperf-tiny/vww_96.h5'], /./],
    ] as const)
      await test.step(paths[0], async () => {
        const before = await modelName(page);
        await choose(
          page,
          'Model files',
          paths.map((path) => sharedPath(`models/${path}`)),
        );
        await expect(heading(page)).not.toHaveText(before);
        await expectModel(page, { name, description: /./ });
      });
  });

  test('a regression on a CSV: abalone', async ({ page }) => {
    await openStudio(page);
    await choose(page, 'Model files', [
      sharedPath('models/abalone/model.json'),
      sharedPath('models/abalone/weights.bin'),
    ]);
    await expect(heading(page)).not.toHaveText(/Make a trained/);
    const csv = Buffer.from(readShared('models/abalone/abalone.csv'));
    await choose(page, 'Data files', { ...payload('abalone.csv', csv) });
    await expect(page.getByRole('region', { name: 'Data', exact: true })).toContainText(
      /samples of 8/,
    );
    await settled(page);
    await expect(alert(page)).toHaveCount(0);
  });
});

interface Data {
  readonly title: string;
  readonly files: Payload[];
  readonly text: RegExp;
}

const pictures: readonly Data[] = [
  {
    title: '.npz',
    files: fromDisk(sample.digits),
    text: /28×28.*10,000 samples of 784/,
  },
  {
    title: 'a zip of class folders',
    files: [zipOf('digits.zip', classFolders())],
    text: /24 samples.*3 classes/,
  },
];

test('data by the "Data files" input', async ({ page }) => {
  const panel = page.getByRole('region', { name: 'Data', exact: true });
  await openStudio(page);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  for (const { title, files, text } of pictures)
    await test.step(title, async () => {
      await choose(page, 'Data files', files);
      await expect(panel).toContainText(text);
      await settled(page);
      await expect(alert(page)).toHaveCount(0);
      await expect(page.getByRole('figure', { name: 'What the network will see' })).toBeVisible();
    });
});

test('class folders as a folder, chosen and dropped; then quantized', async ({ page }, info) => {
  place(info.outputPath('digits'), classFolders());
  const panel = page.getByRole('region', { name: 'Data', exact: true });
  await openStudio(page);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  await choose(page, 'Folder of samples', info.outputPath('digits'));
  await expect(panel).toContainText(/24 samples.*3 classes/);
  await page.getByRole('button', { name: 'Remove data' }).click();
  await expect(panel).not.toContainText('24 samples');
  await drop(page, [info.outputPath('digits')]);
  await expect(panel).toContainText(/24 samples.*3 classes/);
  await quantize(page);
  expect((await figures(page.getByRole('table', { name: 'Runs' })))[0]!['Accuracy']).toMatch(/%/);
});

test('model and CSV in one drop; scored without a word of synthetic', async ({ page }, info) => {
  await openStudio(page);
  await drop(page, place(info.outputPath(), [...tfjsModel(), irisCsv()]));
  await expect(heading(page)).toHaveText('iris_tfjs');
  await expect(page.getByRole('region', { name: 'Data', exact: true })).toContainText(
    /60 samples of 4/,
  );
  await quantize(page);
  await expect(page.getByRole('table', { name: 'Runs' })).not.toContainText('synthetic');
});

test('without data: synthetic samples, and every figure that depends on them says so', async ({
  page,
}) => {
  await openStudio(page);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
  await quantize(page);
  const rows = await figures(page.getByRole('table', { name: 'Runs' }));
  for (const row of rows) expect(Object.values(row).join(' ')).toContain('synthetic');
  await go(page, 'Layers');
  await expect(page.getByRole('region', { name: 'Charts per layer' })).toContainText('synthetic');
  await expect(page.getByRole('region', { name: 'Layers of the model' })).toContainText(
    'synthetic',
  );
});

/** torch.save's zip. */
const pytorch = zipOf('net.pt', [
  payload('net/data.pkl', Uint8Array.of(0x80, 2, 0x2e)),
  payload('net/version', '3\n'),
  payload('net/data/0', new Uint8Array(16)),
]);

const wrong: readonly { file: Payload; says: RegExp }[] = [
  { file: payload('model.h5', '<!DOCTYPE html><html><body>404</body></html>'), says: /web page/ },
  { file: fromDisk(sample.digits)[0]!, says: /NumPy/ },
  { file: pytorch, says: /PyTorch/ },
  { file: payload('empty.tflite', ''), says: /empty/ },
  { file: payload('model.tflite', 'version https://git-lfs.github.com/spec/v1\n'), says: /LFS/ },
  { file: payload('what.bin', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), says: /not recognised/ },
  { file: payload('cut.h5', read(sample.dense).subarray(0, 5000)), says: /\w.*\.$/ },
  { file: payload('cut.keras', read(sample.mobilenet).subarray(0, 50_000)), says: /\w.*\.$/ },
];

test('wrong files are refused with a sentence, and the open model stays', async ({ page }) => {
  await openStudio(page);
  await choose(page, 'Model files', tfjsModel());
  await expect(heading(page)).toHaveText('iris_tfjs');
  for (const { file, says } of wrong)
    await test.step(file.name, async () => {
      await choose(page, 'Model files', file);
      await expect(alert(page)).toHaveCount(1);
      await expect(alert(page)).toContainText(says);
      await expect(alert(page)).toContainText(/[.!]/);
      await expect(alert(page)).not.toContainText(/undefined|TypeError|RangeError|\bat \w+ \(/);
      await expect(heading(page)).toHaveText('iris_tfjs');
      await alert(page).getByRole('button', { name: 'Dismiss' }).click();
      await expect(alert(page)).toHaveCount(0);
    });
  await choose(page, 'Data files', payload('notes.csv', '<html>no data</html>'));
  await expect(alert(page)).toContainText(/no data that Intact reads/);
  await choose(page, 'Model files', sample.dense);
  await expect(heading(page)).toHaveText('mnist_dense');
});

test('a quantized .tflite is shown with its parameters and scored as it is', async ({ page }) => {
  test.skip(!hasShared, 'needs ../shared');
  await openStudio(page);
  await choose(page, 'Model files', [sharedPath('models/mlperf-tiny/resnet8_int8.tflite')]);
  await expect(heading(page)).toHaveText(/resnet8_int8/);
  await expect(page.getByRole('button', { name: 'Quantize', exact: true })).toBeDisabled();
  await choose(page, 'Data files', [sharedPath('data/cifar10/cifar10_1000.npz')]);
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  // The TFLite runtime scores 92.5 % on all 1,000 of these images (shared/README.md).
  await expect(page.getByRole('status', { name: 'Evaluation' })).toContainText(/9[123]\.\d %/);
});
