/** One small model of every kind: trained for an epoch, exported, and run in ai-edge-litert. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TRAINED = 512;
const COMPARED = 50;

export async function measure({ root, folder, python, job }) {
  const script = join(root, 'scripts/reference/training/families.py');
  python([script, 'prepare', folder, join(root, 'public/samples/mnist.npz')]);
  const { models, versions } = JSON.parse(readFileSync(join(folder, 'families.json'), 'utf8'));
  spawnSync(process.execPath, [join(root, 'scripts/reference/training/tfjsModel.mjs'), folder]);
  const listed = [
    ...models.map(({ name, file, data }) => ({
      name,
      model: join(folder, file),
      data: join(folder, data),
    })),
    {
      name: 'tfjs_layers',
      model: ['model.json', 'weights.bin'].map((file) => join(folder, file)),
      data: join(root, 'public/samples/mnist.npz'),
      choices: { range: 'zero-one' },
    },
  ];
  const rows = [];
  for (const { name, ...files } of listed) {
    const roles = { calibration: 100, evaluation: 400, seed: 1 };
    const asked = (step) => job.requestOf({ ...files, scheme: 'int8', roles, step });
    const request = await asked({
      seed: 1,
      samples: TRAINED,
      options: { epochs: 2, loss: 'distill', minSamplesToChoose: 2 * TRAINED },
    });
    const alone = await job.carryOut(await asked(undefined));
    const { run, bytes } = await job.carryOut(request);
    writeFileSync(join(folder, `${name}.trained.tflite`), bytes);
    const { inputs, outputs } = await job.evaluated(request, run, COMPARED);
    inputs.forEach((numbers, at) => writeFileSync(join(folder, `${name}.input${at}.f32`), numbers));
    writeFileSync(join(folder, `${name}.outputs.f32`), outputs);
    const { log } = run.made;
    rows.push({
      name,
      ...job.figuresOf(run),
      alone: job.figuresOf(alone.run).integer,
      lossAlone: await job.lossToFloat(request, alone.run),
      lossTrained: await job.lossToFloat(request, run),
      trainable: log.trainable,
      frozen: log.frozen,
      bytes: bytes.length,
    });
    console.error(name, rows.at(-1).alone, rows.at(-1).integer);
  }
  writeFileSync(join(folder, 'trained.json'), JSON.stringify(rows.map(({ name }) => name)));
  python([script, 'compare', folder]);
  const compared = JSON.parse(readFileSync(join(folder, 'families.result.json'), 'utf8'));
  return {
    versions: { ...versions, ...compared.versions },
    conditions: `Int8 per channel, two epochs of distillation on ${TRAINED} digits; ${COMPARED} evaluation samples in ai-edge-litert against our engine, elements that differ.`,
    rows: rows.map((row, at) => ({ ...row, litert: compared.rows[at] })),
  };
}
