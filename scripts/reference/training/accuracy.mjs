/** Accuracy before and after training, several seeds of training on one division of the samples. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SEEDS = [1, 2, 3];
const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const deviation = (numbers) =>
  Math.sqrt(
    numbers.reduce((sum, x) => sum + (x - mean(numbers)) ** 2, 0) / Math.max(1, numbers.length - 1),
  );

const digits = {
  model: 'public/samples/mnist-mobilenet.keras',
  data: 'public/samples/mnist.npz',
  choices: { range: 'zero-one' },
  roles: { calibration: 200, evaluation: 2000, seed: 1 },
};
const pictures = {
  model: '../shared/models/mlperf-tiny/resnet8.h5',
  data: '../shared/data/cifar10/cifar10_1000.npz',
  choices: { range: 'raw-255' },
  // All 500 that don't evaluate calibrate and train: too few to keep some for choosing, the last epoch is taken.
  roles: { calibration: 500, evaluation: 500, seed: 1 },
};

const measuring =
  (about) =>
  async ({ root, job }) => {
    const { model, data, options = {}, seeds = SEEDS, conditions, ...rest } = about;
    const [modelFile, dataFile] = [join(root, model), join(root, data)];
    if (!existsSync(modelFile) || !existsSync(dataFile))
      throw new Error(`${model} or ${data} is not beside the checkout.`);
    const one = async (step) => {
      const request = await job.requestOf({ ...rest, model: modelFile, data: dataFile, step });
      const { run } = await job.carryOut(request);
      const figures = job.figuresOf(run);
      const lossToFloat = await job.lossToFloat(request, run);
      const settings = run.made.recipe.steps[0]?.options;
      return {
        ...figures,
        lossToFloat,
        mcnemar: job.againstFloat(run),
        ...(settings && { settings }),
      };
    };
    const alone = await one(undefined);
    const rows = [];
    for (const seed of seeds) {
      rows.push({ seed, ...(await one({ seed, options })) });
      console.error(model, about.scheme, 'alone', alone.integer, 'trained', rows.at(-1).integer);
    }
    const accuracies = rows.map(({ integer }) => integer);
    return {
      conditions,
      float: alone.float,
      alone,
      mean: mean(accuracies),
      deviation: deviation(accuracies),
      rows,
    };
  };

const untouched = 'the settings that the studio recommends, untouched';
export const perTensor = measuring({
  ...{ ...digits, scheme: 'int8-per-tensor' },
  conditions: `mnist-mobilenet.keras, ${untouched}: 7,200 of the 8,000 training digits train, 800 choose the epoch, the 2,000 others evaluate.`,
});
export const int4 = measuring({
  ...{ ...digits, scheme: 'int4' },
  conditions: `mnist-mobilenet.keras, 4-bit weights, ${untouched}: 7,200 of the 8,000 training digits train, 800 choose the epoch, the 2,000 others evaluate.`,
});
export const resnetInt4 = measuring({
  ...{ ...pictures, scheme: 'int4' },
  conditions: `resnet8.h5, 4-bit weights, ${untouched}: one half of cifar10_1000 trains, the last epoch is taken, the other half evaluates.`,
});
export const resnetInt8 = measuring({
  ...{
    ...pictures,
    scheme: 'int8',
    options: { epochs: 2, loss: 'distill' },
    seeds: [1, 2, 3, 4, 5, 6],
  },
  conditions:
    'resnet8.h5, int8 per channel, 2 epochs of distillation: one half of cifar10_1000 trains, the last epoch is taken, the other half evaluates. lossToFloat: Kullback-Leibler divergence from the float model on the evaluation half.',
});
