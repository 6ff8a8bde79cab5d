/** Every model on every backend, each in a process of its own: what run.sh of the packed folder starts. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const steps = process.argv[2] ?? '30';
const limit = 1000 * Number(process.argv[3] ?? '45');
const dawn = join(tmpdir(), 'intact-dawn.node');
if (!existsSync(dawn))
  writeFileSync(dawn, brotliDecompressSync(readFileSync(join(here, 'dawn.node.br'))));
const cases = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8'));
const env = { ...process.env, DAWN: dawn, TFJS_WASM: `${here}/` };

/** Passes as the product has them, and the whole batch at once, which suits a GPU better. */
const ways = [
  ['wasm', undefined],
  ['webgpu', undefined],
  ['webgpu', '32'],
];
const results = [];
for (const [model, data] of cases)
  for (const [backend, micro] of ways) {
    const { status, stdout, stderr, error } = spawnSync(
      process.execPath,
      [join(here, 'main.mjs'), join(here, model), join(here, data), backend, steps].concat(
        micro ? [micro] : [],
      ),
      { env, timeout: limit, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    const line = stdout?.trim().split('\n').pop() ?? '';
    const made = status === 0 && line.startsWith('{') ? JSON.parse(line) : undefined;
    results.push(
      made ?? {
        ...{ model, backend, microBatch: micro, status },
        failed: `${error ?? ''} ${stderr?.slice(-2000)}`,
      },
    );
    const { failed, losses, median, least } = results.at(-1);
    console.error(
      [
        model,
        backend,
        micro ?? '',
        failed ?? `${median.toFixed(2)} ms (least ${least.toFixed(2)})`,
        losses?.slice(0, 3),
      ].join(' '),
    );
  }
console.log(JSON.stringify(results, null, 1));
