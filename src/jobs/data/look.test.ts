/** What trials measure: log loss by NumPy, divergence and spread by hand, the head up to the first normalization. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import type { Graph } from '../../model/graph';
import { needsOf } from '../needs';
import { openModel } from '../open';
import { tinyContext, tinyGraph, tinySamples } from '../testing/tiny';
import { divergence, lookAt, normalizedHead, spread, unsettled } from './look';
import { lossesOf } from './losses';

const backend = () => Promise.resolve(createReferenceBackend());
const moving = { mean: Float32Array.of(1, -2), variance: Float32Array.of(4, 0.25) };
/** The tiny model, its first layer's output scaled by one. */
const normalized: Graph = {
  ...tinyGraph,
  values: [
    ...tinyGraph.values,
    { name: 'bn', shape: [1, 2], dtype: 'float32' },
    { name: 'bn/scale', shape: [2], dtype: 'float32', data: Float32Array.of(1, 1), moving },
  ],
  nodes: [
    tinyGraph.nodes[0]!,
    {
      name: 'bn/mul',
      op: 'MUL',
      attrs: { activation: 'NONE' },
      inputs: [2, 6],
      outputs: [5],
      layer: 0,
    },
    { ...tinyGraph.nodes[1]!, inputs: [5, 3, -1] } as Graph['nodes'][number],
  ],
};

describe('losses', () => {
  const target = [0, 1, 0];
  const probabilities = [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
  ];
  const answers = (rows: readonly (readonly number[])[]) =>
    rows.map((row, at) => ({ output: Float32Array.from(row), target: target[at]! }));
  const classes = { kind: 'classes', output: 0, count: 3 } as const;

  it('are log losses at the best temperature, whatever the scale of logits', () => {
    const losses = lossesOf(answers(probabilities), classes, 'softmax')!;
    [0.09716375, 0.03077166, 1.32913595].forEach((loss, at) => {
      expect(losses[at]).toBeCloseTo(loss, 5);
    });
    const logits = probabilities.map((row) => row.map((p) => Math.log(p)));
    const scaled = logits.map((row) => row.map((x) => 16 * x));
    const [plain, wide] = [logits, scaled].map((rows) =>
      lossesOf(answers(rows), classes, 'linear')!,
    );
    plain!.forEach((loss, at) => {
      expect(wide![at]).toBeCloseTo(loss, 4);
    });
  });

  it('are errors of numbers, shares of wrong pixels, and none of a sample without a label', () => {
    const numbers = { kind: 'numbers', output: 0, size: 2 } as const;
    const output = Float32Array.of(1, 3);
    expect([...lossesOf([{ output, target: Float32Array.of(2, 1) }], numbers, 'linear')!]).toEqual([
      1.5,
    ]);
    const mask = { kind: 'mask', output: 0, classes: 2 } as const;
    const pixels = Float32Array.of(1, 0, 0, 1, 1, 0, 1, 0);
    const truth = Int32Array.of(0, 0, 0, 255);
    expect(lossesOf([{ output: pixels, target: truth }], mask, 'softmax')![0]).toBeCloseTo(1 / 3);
    expect(lossesOf([{ output, target: undefined }], classes, 'softmax')![0]).toBeNaN();
    expect(lossesOf([], { kind: 'reconstruction', output: 0 }, 'linear')).toBeUndefined();
  });
});

describe('a look at the model', () => {
  it('measures divergence and spread as NumPy does', () => {
    const seen = { mean: Float32Array.of(2, -2.5), variance: Float32Array.of(1, 1) };
    // 0.44315 and 1.30685: the median of two is the upper.
    expect(divergence(seen, moving)).toBeCloseTo(1.30685282, 6);
    expect(divergence(moving, moving)).toBeCloseTo(0, 6);
    // A moving average after 50 steps of momentum 0.99 keeps 0.99^50 = 0.605 of mean 0 and variance 1.
    const kept = 0.99 ** 50;
    const short = {
      mean: seen.mean.map((mean) => (1 - kept) * mean),
      variance: Float32Array.of(0.04, 9).map((variance) => kept + (1 - kept) * variance),
    };
    const own = { mean: seen.mean, variance: Float32Array.of(0.04, 9) };
    expect(divergence(own, short)).toBeGreaterThan(0.5);
    expect(unsettled(own, short)).toBeLessThan(0.001);
    expect(unsettled({ ...own, mean: Float32Array.of(9, 9) }, short)).toBeGreaterThan(0.2);
    const answers = [
      [0.9, 0.1],
      [0.5, 0.5],
      [0.2, 0.8],
    ].map((row) => Float32Array.from(row));
    expect(spread(answers)).toBeCloseTo(0.7546486, 5);
  });

  it('runs the head up to the first normalization whose statistics are known', async () => {
    expect(normalizedHead(tinyGraph)).toBeUndefined();
    const head = normalizedHead(normalized)!;
    expect(head.graph.nodes.map(({ name }) => name)).toEqual(['first']);
    const look = lookAt(backend, { graph: normalized, optimized: tinyGraph }, needsOf(tinyGraph));
    const read = tinySamples.read;
    const [found] = await look([{ value: 'none', read }], [2, 3], [[1, 2]], 'all');
    // y of A and B: (21.2, 5), (19.7, 19.55); means 20.45, 12.275, variances 0.5625, 52.925625.
    const each = [
      0.5 * (Math.log(4 / 0.5625) + (0.5625 + 19.45 ** 2) / 4 - 1),
      0.5 * (Math.log(0.25 / 52.925625) + (52.925625 + 14.275 ** 2) / 0.25 - 1),
    ];
    expect(found!.statistics!.layer).toBe('first');
    expect(found!.statistics!.divergence).toBeCloseTo(Math.max(...each), 2);
    expect(found!.spread).toBeUndefined();
  });

  it('finds the statistics that Keras kept', async () => {
    const path = fileURLToPath(
      new URL('../../../public/samples/mnist-mobilenet.keras', import.meta.url),
    );
    const files = [{ path: 'm.keras', bytes: new Uint8Array(readFileSync(path)) }];
    const { graph } = await openModel({ files }, tinyContext());
    const head = normalizedHead(graph)!;
    expect(head.moving.mean.length).toBe(head.moving.variance.length);
    expect(head.moving.variance.every((value) => value >= 0)).toBe(true);
  });
});
