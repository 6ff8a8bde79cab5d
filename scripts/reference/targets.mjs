/** Output SQNR of int8 models, ours for every target beside TFLiteConverter's, in the current LiteRT. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export async function run({ root, folder, python, load }) {
  const script = join(root, 'scripts/reference/targets.py');
  python([script, 'prepare', folder, root]);
  const { quantize } = await load('/scripts/reference/quantize.ts');
  const { models } = JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8'));
  for (const { name, file } of models) {
    const samples = join(folder, `${name}.calibration.f32`);
    const made = await quantize(file, samples, ['litert', 'tflite-2021']);
    for (const [target, bytes] of Object.entries(made))
      writeFileSync(join(folder, `${name}.${target}.tflite`), bytes);
  }
  python([script, 'measure', folder]);
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
}
