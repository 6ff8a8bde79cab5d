/** The command-line twin as people's pipelines call it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openOracle } from '../src/testing/oracle';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'intact-cli-'));

function intact(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('node', ['scripts/intact.mjs', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run -s intact', () => {
  const model = 'public/samples/mnist-dense.h5';
  const data = 'public/samples/mnist.npz';

  it('inspects', () => {
    const { status, stdout } = intact('inspect', model, '--json');
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as { params: number; nodes: { op: string }[] };
    expect(found.params).toBe(784 * 128 + 128 + 128 * 10 + 10);
    expect(found.nodes.map(({ op }) => op)).toEqual(['FULLY_CONNECTED', 'FULLY_CONNECTED']);
  });

  it('quantizes into a file that the TFLite runtime opens, with a report', async () => {
    const out = join(folder, 'x.tflite');
    const report = join(folder, 'r.json');
    const { status, stderr } = intact(
      ...['quantize', model, '--data', data, '--scheme', 'int8', '--calibration'],
      ...['percentile:99.99', '--samples', '100', '--evaluation', '200', '--io', 'int8'],
      ...['--out', out, '--report', report],
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const oracle = await openOracle(new Uint8Array(readFileSync(out)));
    expect(oracle.inputs[0]).toMatchObject({ dtype: 'int8', shape: [1, 784] });
    oracle.dispose();
    const { fileBytes, layers, score } = JSON.parse(readFileSync(report, 'utf8')) as {
      fileBytes: { quantized: number };
      layers: { isolated?: unknown; accumulated?: unknown; msFloat?: number }[];
      score: { float: { value: number }; quantized: { value: number } };
    };
    expect(fileBytes.quantized).toBe(statSync(out).size);
    expect(layers).toHaveLength(2);
    for (const layer of layers) expect(layer).toMatchObject({ isolated: {}, accumulated: {} });
    expect(Math.abs(score.float.value - score.quantized.value)).toBeLessThan(2);
  });

  it('evaluates', () => {
    const { status, stdout } = intact(
      ...['evaluate', model, '--data', data, '--preprocess', 'zero-one', '--json'],
    );
    expect(status).toBe(0);
    // Keras' own accuracy of this file on these 2,000 digits (scripts/samples/train.py prints it).
    expect((JSON.parse(stdout) as { score: { value: number } }).score.value).toBeCloseTo(93.95, 6);
  });

  it('ends with 1 and a sentence for refused input, with 2 for wrong usage', () => {
    const page = join(folder, 'model.h5');
    writeFileSync(page, '<!doctype html><title>404</title>');
    const refused = intact('inspect', page);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/web page/);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
    expect(intact('inspect', 'no-such-file').status).toBe(1);
    expect(intact('quantize', model).status).toBe(2);
  });
});
