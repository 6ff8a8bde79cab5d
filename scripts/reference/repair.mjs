/**
 * Repairs: accuracy of models quantized with them, by the shell, on samples that calibration doesn't see.
 * npm run reference -- repair [ROW…]: rows that are not named keep what the file has of them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rows } from './repair/rows.mjs';

export async function run({ root, folder, parts: asked, stamp, previous }) {
  const unknown = asked.filter((name) => !rows.some(({ id }) => id === name));
  if (unknown.length > 0)
    throw new Error(
      `No row ${unknown.join(', ')}; there are ${rows.map(({ id }) => id).join(', ')}.`,
    );
  const made = { ...previous.rows };
  for (const row of rows) {
    if (asked.length > 0 && !asked.includes(row.id)) continue;
    const missing = row.files.filter((file) => !existsSync(join(root, file)));
    if (missing.length > 0) {
      console.log(`${row.id}: skipped, ${missing.join(', ')} not on this machine`);
      continue;
    }
    made[row.id] = { ...stamp(), ...measured(row, { root, folder }) };
    console.log(`${row.id}: ${made[row.id].accuracy} %`);
  }
  const order = rows.filter(({ id }) => Object.hasOwn(made, id));
  return {
    versions: previous.versions ?? {},
    rows: Object.fromEntries(order.map(({ id }) => [id, made[id]])),
  };
}

/** The mean over seeds, which draw rounding; samples and their roles are the same. */
function measured({ args, seeds = [1], label, model }, { root, folder }) {
  const runs = seeds.map((seed) => {
    const report = join(folder, 'report.json');
    const words = [...args, '--fast', '--seed', String(seed)];
    const files = ['--out', join(folder, 'model.tflite'), '--report', report];
    const { status, stderr } = spawnSync(
      'node',
      ['scripts/intact.mjs', 'quantize', ...words, ...files],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(stderr.slice(-4000));
    const { score, scores, repaired = [], fileBytes } = JSON.parse(readFileSync(report, 'utf8'));
    const sqnr = scores.likeness[0].more.find((one) => one.label === 'SQNR')?.value;
    return {
      ...{ seed, accuracy: score.quantized.value, float: score.float.value },
      ...{ samples: score.quantized.samples, sqnr, bytes: fileBytes.quantized },
      said: repaired.flatMap(({ kind, sentences }) => sentences.map((one) => `${kind}: ${one}`)),
    };
  });
  const mean = (key) => runs.reduce((sum, one) => sum + one[key], 0) / runs.length;
  const rounded = (x) => Number(x.toFixed(3));
  return {
    ...{ model, label, command: `npm run -s intact -- quantize ${args.join(' ')} --fast` },
    ...{
      accuracy: rounded(mean('accuracy')),
      float: rounded(mean('float')),
      sqnr: rounded(mean('sqnr')),
    },
    ...{ samples: runs[0].samples, bytes: runs[0].bytes, said: runs[0].said },
    ...(runs.length > 1 ? { seeds: runs.map(({ seed, accuracy }) => ({ seed, accuracy })) } : {}),
  };
}
