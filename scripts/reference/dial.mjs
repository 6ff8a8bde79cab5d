/**
 * Mixed precision: what a budget finds, against every layer int8, int16 and with int4 weights, and the curve that it was
 * chosen from; all through the command-line twin. npm run reference -- dial PART…
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const digits = {
  model: 'public/samples/mnist-mobilenet.keras',
  data: 'public/samples/mnist.npz',
  options: ['--samples', '200'],
};
const pictures = {
  model: '../shared/models/mlperf-tiny/resnet8.h5',
  data: '../shared/data/cifar10/cifar10_1000.npz',
  options: ['--preprocess', 'raw-255', '--samples', '200', '--evaluation', '500'],
};

const parts = {
  'mobilenet-per-tensor': {
    ...digits,
    scheme: 'int8-per-tensor',
    whole: ['int8-per-tensor', 'int8', 'int16x8'],
    budgets: ['accuracy:0.5:fastest', 'high:10%'],
  },
  'mobilenet-int4': {
    ...digits,
    scheme: 'int4',
    whole: ['int4', 'int8', 'int16x8'],
    budgets: ['accuracy:0.5', 'size:17kB'],
  },
  'resnet8-int4': {
    ...pictures,
    scheme: 'int4',
    whole: ['int4', 'int8', 'int16x8'],
    budgets: ['accuracy:1', 'size:70kB', 'high:20%', 'size:50kB'],
  },
};

export async function run({ root, folder, previous, parts: asked, stamp }) {
  const chosen = asked.length > 0 ? asked : Object.keys(parts);
  const unknown = chosen.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0)
    throw new Error(`No part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  const made = { ...previous.parts };
  for (const name of chosen) {
    const { model, data, options, scheme, whole, budgets } = parts[name];
    if (!existsSync(join(root, model)) || !existsSync(join(root, data)))
      throw new Error(`${model} or ${data} is not beside the checkout.`);
    const report = (...more) => {
      const file = join(folder, 'report.json');
      const out = ['--out', join(folder, 'model.tflite'), '--report', file];
      const args = ['quantize', model, '--data', data, ...options, '--fast', ...out, ...more];
      const command = ['run', '-s', 'intact', '--', ...args];
      const { status, stderr } = spawnSync('npm', command, { cwd: root, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return JSON.parse(readFileSync(file, 'utf8'));
    };
    const evaluated = ({ score, fileBytes }) => ({
      accuracy: score.quantized.value,
      float: score.float.value,
      samples: score.quantized.samples,
      bytes: fileBytes.quantized,
    });
    made[name] = {
      ...stamp(),
      model,
      scheme,
      options,
      whole: whole.map((one) => ({ scheme: one, ...evaluated(report('--scheme', one)) })),
      budgets: budgets.map((budget) => {
        const all = report('--scheme', scheme, '--budget', budget);
        const { points, chosen: choice, on, samples, float } = all.mixedPrecision;
        const mixtures = points.map(({ high, low, score, sqnr, bytes, highShare, found }) => {
          return { found, high, low, accuracy: score.value, sqnr, bytes, highShare };
        });
        return {
          budget,
          met: choice.met,
          sentence: choice.sentence,
          chosenOn: { on, samples, float: float.score.value },
          chosen: mixtures[choice.point],
          evaluated: evaluated(all),
          mixtures,
        };
      }),
    };
  }
  return { versions: {}, parts: made };
}
