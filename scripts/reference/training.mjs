/**
 * Training: accuracy, step time, memory, breaks, exports. Parts are measured and kept one by one, each with
 * the commit that it was measured on: npm run reference -- training PART…
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Module and what it exports: (context) => { conditions, …figures }. */
const parts = {
  tutorial: ['./training/tutorial.mjs', 'measure'],
  families: ['./training/families.mjs', 'measure'],
  speed: ['./training/speed.mjs', 'measure'],
  'per-tensor': ['./training/accuracy.mjs', 'perTensor'],
  int4: ['./training/accuracy.mjs', 'int4'],
  'resnet8-int4': ['./training/accuracy.mjs', 'resnetInt4'],
  'resnet8-int8': ['./training/accuracy.mjs', 'resnetInt8'],
};

export async function run({ previous, parts: asked, stamp, bundle, ...context }) {
  const chosen = asked.length > 0 ? asked : Object.keys(parts);
  const unknown = chosen.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0)
    throw new Error(`No part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  const folder = await bundle([
    'scripts/reference/training/job.ts',
    'scripts/reference/training/speed.ts',
    'src/cli/gradients.ts',
  ]);
  const job = await import(pathToFileURL(join(folder, 'job.mjs')).href);
  const made = { ...previous.parts };
  let versions = previous.versions ?? {};
  for (const name of chosen) {
    const [file, member] = parts[name];
    const { [member]: measure } = await import(file);
    const { versions: theirs, ...figures } = await measure({ ...context, bundled: folder, job });
    versions = { ...versions, ...theirs };
    made[name] = { ...stamp(), ...figures };
  }
  return { versions, parts: made };
}
