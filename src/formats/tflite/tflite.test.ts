import { readdirSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import { byteSize } from '../../model/graph';
import { feedsOf } from '../../testing/feeds';
import { runOracle } from '../../testing/oracle';
import { random } from '../../testing/random';
import { hasShared, readShared, sharedPath } from '../../testing/shared';
import { readTflite, writeTflite } from './index';

const folder = (path: string) =>
  hasShared
    ? readdirSync(sharedPath(path))
        .filter((name) => name.endsWith('.tflite'))
        .map((name) => `${path}/${name}`)
    : [];
const models = ['models/mlperf-tiny', 'models/mnist-conv-fc', 'models/one-op'].flatMap(folder);

async function outputs(bytes: Uint8Array, graph: Graph) {
  const results = await runOracle(bytes, feedsOf(graph, random(7)));
  return results.map(({ shape, dtype, data }) => ({ shape, dtype, data }));
}

/** Sizes of the slice are inputs of this model: its output has no size before it runs. */
const dynamic = ['models/one-op/single_slice.tflite'];
/** Operators newer than the runtime in node: it refuses the original, whatever the reason. */
const beyondOracle = [
  'models/one-op/dynamic_update_slice.tflite',
  'models/one-op/simple_composite.tflite',
  'models/one-op/single_gelu.tflite',
  'models/one-op/embedding_lookup.tflite',
];
/** Per-channel weights with float activations take FULLY_CONNECTED version 12; the file says 1. */
const newerVersion = ['models/mnist-conv-fc/partly_quantized_mnist.tflite'];

describe.skipIf(!hasShared)('every .tflite of shared/models', () => {
  it.each(models.filter((path) => !dynamic.includes(path)))(
    '%s reads, and comes back from writing with the same outputs',
    async (path) => {
      const bytes = readShared(path);
      const { graph, issues } = readTflite(bytes);
      expect(issues.filter((issue) => issue.severity === 'error')).toEqual([]);
      const written = writeTflite(graph);
      expect(isDeepStrictEqual(readTflite(written).graph, graph)).toBe(true);
      expect(isDeepStrictEqual(writeTflite(graph), written)).toBe(true);
      if (newerVersion.includes(path)) return;
      const original = await outputs(bytes, graph).catch(() => undefined);
      if (!original) expect(beyondOracle).toContain(path);
      else expect(await outputs(written, graph)).toEqual(original);
    },
  );

  it('names a size that is known only at run time', () => {
    const { graph, issues } = readTflite(readShared(dynamic[0]!));
    expect(graph.nodes.map((node) => node.op)).toEqual(['UNSUPPORTED']);
    expect(issues[0]!.message).toContain('depends on data');
  });

  it('reads the body of a composite in its place', () => {
    const { graph } = readTflite(readShared('models/one-op/simple_composite.tflite'));
    expect(graph.nodes.map((node) => [node.op, node.name])).toEqual([['ADD', 'output']]);
  });

  it('reads the first of two signatures and names the other', () => {
    const { graph, issues } = readTflite(readShared('models/one-op/two_signatures.tflite'));
    expect(graph.nodes.map((node) => node.op)).toEqual(['ADD']);
    expect(issues[0]!.message).toContain('"multiply"');
  });

  it('reads the signature that is asked for, and refuses one that is not there', () => {
    const bytes = readShared('models/one-op/two_signatures.tflite');
    const { graph, issues, signatures } = readTflite(bytes, 'm', { signature: 'multiply' });
    expect(graph.nodes.map((node) => node.op)).toEqual(['MUL']);
    expect(signatures).toEqual({ read: 'multiply', all: ['add', 'multiply'] });
    expect(issues[0]!.message).toMatch(
      /"multiply", as chosen, and leaves out "add" \(1 operator\)/,
    );
    expect(() => readTflite(bytes, 'm', { signature: 'divide' })).toThrow(/"add", "multiply"/);
  });
});

/** What each file is: operators of the graph that is opened, or the code of the refusal. */
const hostile: Record<string, string> = {
  'conv3d_huge_im2col.tflite': 'UNSUPPORTED',
  'conv_huge_im2col.tflite': 'CONCATENATION CONV_2D ADD',
  'custom_sinh.tflite': 'UNSUPPORTED',
  'dynamic_shapes.tflite': 'UNSUPPORTED',
  'empty_model.tflite': 'malformed',
  'nested_while.tflite': 'UNSUPPORTED',
  'no_signatures_no_tensor_names.tflite': 'ADD',
  'no_subgraphs.tflite': 'malformed',
  'softplus_flex.tflite': 'UNSUPPORTED',
  'sparse_tensor.tflite': 'UNSUPPORTED',
  'string_input_model.tflite': 'UNSUPPORTED',
  'test_model_broken.tflite': 'not-this-format',
  'topo_sort_fork_violation.tflite': 'ADD MUL ADD MUL ADD',
  'zero_size_constant.tflite': 'RESHAPE',
};

describe('hostile bytes', () => {
  /** An Imported, or an IntactError; anything else fails the test. */
  function attempt(bytes: Uint8Array): string {
    try {
      return readTflite(bytes)
        .graph.nodes.map((node) => node.op)
        .join(' ');
    } catch (thrown) {
      if (!(thrown instanceof IntactError)) throw thrown;
      expect(thrown.message).toMatch(/^[A-Z].*\.$/s);
      return thrown.code;
    }
  }

  it.each(folder('hostile'))('%s is opened rightly or refused, quickly', (path) => {
    const start = performance.now();
    const result = attempt(readShared(path));
    expect(performance.now() - start).toBeLessThan(2000);
    const expected = hostile[path.slice('hostile/'.length)];
    expect(expected === 'UNSUPPORTED' ? result.split(' ') : [result]).toContain(expected);
  });

  it.skipIf(!hasShared)('opens what claims a tensor of more than 344 MB', () => {
    const { graph } = readTflite(readShared('hostile/conv_huge_im2col.tflite'));
    const sizes = graph.values.map(({ dtype, shape }) => byteSize(dtype, shape));
    expect(Math.max(...sizes)).toBeGreaterThan(344e6);
  });

  it
    .skipIf(!hasShared)
    .each([
      'models/mlperf-tiny/kws_int8.tflite',
      'models/mnist-conv-fc/conv_fc_mnist.tflite',
      'models/one-op/simple_composite.tflite',
      'models/one-op/single_pad.tflite',
    ])('%s cut off anywhere is refused', (path) => {
    const bytes = readShared(path);
    for (let part = 0; part < 40; part++) attempt(bytes.slice(0, (bytes.length * part) / 40));
    for (let cut = 1; cut < 40; cut++) attempt(bytes.slice(0, bytes.length - cut));
  });

  it
    .skipIf(!hasShared)
    .each([
      'models/mlperf-tiny/kws_int8.tflite',
      'models/one-op/branching_conv_fc.tflite',
      'models/one-op/simple_composite.tflite',
    ])('200 mutations of %s', (path) => {
    const bytes = readShared(path);
    const { next } = random(1);
    const results = new Map<string, number>();
    for (let round = 0; round < 200; round++) {
      const changed = bytes.slice();
      for (let times = 0; times < 1 + round / 20; times++)
        changed[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
      const start = performance.now();
      const result = attempt(changed);
      expect(performance.now() - start).toBeLessThan(2000);
      results.set(result, (results.get(result) ?? 0) + 1);
    }
    expect(results.size).toBeGreaterThan(1);
  });
});
