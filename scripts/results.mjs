/**
 * Our figures of docs/results.md: every scheme of the three models through the command-line twin.
 *   node scripts/results.mjs            needs ../shared for ResNet-8; skips it, saying so, without
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'intact-results-'));
const mnist = 'public/samples/mnist.npz';
const shared = '../shared';
const models = [
  {
    file: `${shared}/models/mlperf-tiny/resnet8.h5`,
    data: `${shared}/data/cifar10/cifar10_1000.npz`,
    options: ['--preprocess', 'raw-255', '--samples', '200'],
  },
  { file: 'public/samples/mnist-dense.h5', data: mnist, options: ['--samples', '500'] },
  { file: 'public/samples/mnist-mobilenet.keras', data: mnist, options: ['--samples', '500'] },
];

console.log('| model | scheme | accuracy % | samples | bytes |\n|---|---|---|---|---|');
for (const { file, data, options } of models) {
  if (!existsSync(join(root, file))) {
    console.log(`| ${file} | skipped: not on this machine | | | |`);
    continue;
  }
  for (const scheme of ['float16', 'dynamic', 'int8', 'int8-per-tensor', 'int4']) {
    const out = join(folder, 'model.tflite');
    const report = join(folder, 'report.json');
    const args = [
      'run',
      '-s',
      'intact',
      '--',
      'quantize',
      file,
      '--data',
      data,
      '--scheme',
      scheme,
      '--fast',
      '--out',
      out,
      '--report',
      report,
      ...options,
    ];
    const { status, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const { model, score, fileBytes } = JSON.parse(readFileSync(report, 'utf8'));
    const row = (name, { value, samples }, bytes) =>
      console.log(`| ${model} | ${name} | ${value.toFixed(2)} | ${samples} | ${bytes} |`);
    if (scheme === 'float16') row('float32', score.float, fileBytes.float);
    row(scheme, score.quantized, statSync(out).size);
  }
}
