/** Several models in one file; what each answers is LiteRT's (scripts/fixtures/make_signature_fixtures.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { byReference } from '../../testing/run';
import { readTflite } from './index';

const file = (name: string) =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))));
const { x, answers } = JSON.parse(new TextDecoder().decode(file('signatures.json'))) as {
  x: number[][];
  answers: Record<'embed' | 'classify', number[][]>;
};

async function answer(name: string, signature?: string) {
  const { graph } = readTflite(file(name), 'm', signature === undefined ? {} : { signature });
  const [output] = await byReference(graph, [
    { dtype: 'float32', shape: [1, 8], data: Float32Array.from(x[0]!) },
  ]);
  return [...(output!.data as Float32Array)];
}
const near = (got: readonly number[], wanted: readonly number[]) => {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, at) => expect(value).toBeCloseTo(wanted[at]!, 5));
};

describe('a file with several models', () => {
  it.each(['embed', 'classify'] as const)('answers as signature %s does', async (key) => {
    near(await answer('signatures.tflite', key), answers[key][0]!);
  });

  it('without signatures offers its subgraphs by their names', async () => {
    const { signatures, issues } = readTflite(file('subgraphs.tflite'));
    expect(signatures?.all).toEqual(['part_0', 'part_1']);
    expect(issues[0]!.message).toMatch(/subgraphs without signatures.*the largest.*leaves out/);
    const largest = signatures!.read;
    const other = signatures!.all.find((key) => key !== largest)!;
    near(await answer('subgraphs.tflite'), answers.classify[0]!);
    near(await answer('subgraphs.tflite', other), answers.embed[0]!);
    expect(() => readTflite(file('subgraphs.tflite'), 'm', { signature: 'embed' })).toThrow(
      /no signatures, and no subgraph "embed"/,
    );
  });

  it('reads the largest, and says so', async () => {
    const { signatures, issues } = readTflite(file('signatures.tflite'));
    expect(signatures).toEqual({ read: 'classify', all: ['classify', 'embed'] });
    expect(issues[0]).toMatchObject({ severity: 'warning' });
    expect(issues[0]!.message).toContain('"classify", the largest, and leaves out "embed"');
    near(await answer('signatures.tflite'), answers.classify[0]!);
  });
});
