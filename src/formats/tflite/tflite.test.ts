import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import { elementCount } from '../../model/graph';
import { openOracle } from '../../testing/oracle';
import { hasShared, readShared, sharedPath } from '../../testing/shared';
import { readTflite, writeTflite } from './index';

const folder = (path: string) =>
  readdirSync(sharedPath(path))
    .filter((name) => name.endsWith('.tflite'))
    .map((name) => `${path}/${name}`);
const models = hasShared
  ? ['models/mlperf-tiny', 'models/mnist-conv-fc', 'models/one-op'].flatMap(folder)
  : [];

/** Seeded numbers in 0…1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function feeds(graph: Graph): number[][] {
  const next = random(7);
  return graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    return Array.from({ length: elementCount(shape) }, () => {
      if (dtype === 'bool') return next() < 0.5 ? 0 : 1;
      if (dtype === 'int8') return Math.floor(next() * 256) - 128;
      if (dtype.startsWith('int')) return Math.floor(next() * 2);
      return next() * 4 - 2;
    });
  });
}

async function outputs(bytes: Uint8Array, graph: Graph) {
  const oracle = await openOracle(bytes);
  const results = oracle.run(feeds(graph)).map(({ shape, dtype, data }) => ({ shape, dtype, data }));
  oracle.dispose();
  return results;
}

describe.skipIf(!hasShared)('every .tflite of shared/models', () => {
  it.each(models)('%s', async (path) => {
    const bytes = readShared(path);
    const { graph, issues } = readTflite(bytes);
    expect(issues.filter((issue) => issue.severity === 'error')).toEqual([]);
    const written = writeTflite(graph);
    expect(readTflite(written).graph).toEqual(graph);
    const original = await outputs(bytes, graph).catch((error: Error) => error.message);
    if (typeof original === 'string') console.log(path, original);
    else expect(await outputs(written, graph)).toEqual(original);
  });
});

describe.skipIf(!hasShared)('shared/hostile', () => {
  it.each(hasShared ? folder('hostile') : [])('%s', (path) => {
    const start = performance.now();
    try {
      const { graph, issues } = readTflite(readShared(path));
      console.log(path, graph.nodes.map((n) => n.op).join(), issues.map((i) => i.message));
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(IntactError);
      console.log(path, (thrown as IntactError).code, (thrown as IntactError).message);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
