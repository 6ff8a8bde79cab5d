/** Boxes in pixels beside scores in one tensor: the scores are gone, and the average looks well. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../engine/reference';
import { openFiles } from '../formats';
import type { Graph, Tensor } from '../model/graph';
import { optimize } from '../model/passes/optimize';
import { convert } from '../quant/convert';
import { plan } from '../quant/plan';
import { stockRecipe, withOverrides } from '../quant/recipe';
import { calibrate } from '../quant/stats';
import { random } from '../numbers/random';
import { hasShared, readShared } from '../testing/shared';
import { flatnessWatch, flattened, whereFlattened, type TappedRun } from './alarms';
import { toReal } from './tensors';
import { constant, graphOf, grid, value } from './testing/graphs';

const uniform = (count: number, seed: number, low = -1, high = 1) => {
  const next = random(seed);
  return Array.from({ length: count }, () => low + (high - low) * next());
};

/** Two 1×1 convolutions; boxes of up to `largest`, scores of 0 to 1, joined. */
function detector(largest: number): Graph {
  const conv = (name: string, channels: number) =>
    ({
      op: 'CONV_2D',
      inputs: ['x', `${name}/w`, `${name}/b`],
      output: value(`${name}/conv`, [1, 4, 4, channels]),
      attrs: {
        padding: 'VALID',
        strideW: 1,
        strideH: 1,
        dilationW: 1,
        dilationH: 1,
        activation: 'NONE',
      },
    }) as const;
  const same = (op: 'LOGISTIC', from: string, name: string, shape: readonly number[]) => ({
    op,
    inputs: [from],
    output: value(name, shape),
  });
  return graphOf(
    [
      value('x', [1, 4, 4, 2]),
      constant('box/w', [4, 1, 1, 2], 'float32', uniform(8, 1)),
      constant('box/b', [4], 'float32', [0, 0, 0, 0]),
      constant('score/w', [3, 1, 1, 2], 'float32', uniform(6, 2)),
      constant('score/b', [3], 'float32', [-2, -2, -2]),
      constant('size', [1], 'float32', [largest]),
      constant('box/shape', [3], 'int32', [1, 16, 4]),
      constant('score/shape', [3], 'int32', [1, 16, 3]),
    ],
    [
      conv('box', 4),
      same('LOGISTIC', 'box/conv', 'box/sigmoid', [1, 4, 4, 4]),
      {
        op: 'MUL',
        inputs: ['box/sigmoid', 'size'],
        output: value('box/pixels', [1, 4, 4, 4]),
        attrs: { activation: 'NONE' },
      },
      { op: 'RESHAPE', inputs: ['box/pixels', 'box/shape'], output: value('boxes', [1, 16, 4]) },
      conv('score', 3),
      same('LOGISTIC', 'score/conv', 'score/sigmoid', [1, 4, 4, 3]),
      {
        op: 'RESHAPE',
        inputs: ['score/sigmoid', 'score/shape'],
        output: value('scores', [1, 16, 3]),
      },
      {
        op: 'CONCATENATION',
        inputs: ['boxes', 'scores'],
        output: value('detections', [1, 16, 7]),
        attrs: { axis: 2, activation: 'NONE' },
      },
    ],
    ['x'],
    ['detections'],
  );
}

/** Quantizes, runs float and quantized over the samples, and gives the alarms. */
async function alarmsOf(
  graph: Graph,
  samples: readonly Float32Array[],
  spared: readonly string[] = [],
) {
  const backend = createReferenceBackend();
  const { shape } = graph.values[graph.inputs[0]!]!;
  const feeds = samples.map((data): Tensor[] => [{ shape, dtype: 'float32', data }]);
  const float = await backend.prepare(graph);
  const recipe = withOverrides(
    stockRecipe('int8', { io: 'float32' }),
    Object.fromEntries(spared.map((name) => [name, 'float' as const])),
  );
  const stats = await calibrate(graph, (feed, tap) => float.run(feed, tap), feeds, {
    method: 'minmax',
  });
  const converted = convert(graph, plan(graph, recipe, stats));
  const quantized = await backend.prepare(converted);
  const watch = flatnessWatch(graph);
  for (const feed of feeds) {
    const [wanted] = await float.run(feed);
    const [got] = await quantized.run(feed);
    const output = converted.values[converted.outputs[0]!]!;
    const real = toReal(got!.data, output.quant, new Float32Array(got!.data.length));
    watch.add(0, wanted!.data as Float32Array, real);
  }
  const run: TappedRun = (at, tap) => quantized.run(feeds[at]!, tap);
  return flattened(watch.found(), {
    float: graph,
    quantized: converted,
    run,
    samples: samples.length,
  });
}

describe('boxes beside scores', () => {
  const samples = Array.from({ length: 6 }, (_, at) =>
    Float32Array.from(uniform(32, 10 + at, 0, 1)),
  );

  it('in pixels: the scores’ columns are constant since the concatenation', async () => {
    const [alarm, ...others] = await alarmsOf(detector(320), samples);
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({
      kind: 'flattened',
      output: 'detections',
      columns: [4, 7],
      node: 'detections',
    });
    expect(alarm!.sentence).toMatch(
      /^Columns 4–6 of output “detections” \(float 0\.0\d+ … 0\.[12]\d*\) became 0 for every sample at \S+ “\S+”, where one step of the int8 grid is \d\.\d+\. Keep this operator in float, or bring what it joins to one range/,
    );
  });

  it('in units of the image: no alarm', async () => {
    expect(await alarmsOf(detector(1), samples)).toEqual([]);
  });

  it('kept in float: no alarm', async () => {
    const spared = ['boxes', 'scores', 'box/pixels', 'detections'];
    expect(await alarmsOf(detector(320), samples, spared)).toEqual([]);
  });

  it.skipIf(!hasShared)('of the shared case: columns 4 to 6', { timeout: 60_000 }, async () => {
    const dir = 'cases/detection-boxes-and-scores/';
    const imported = await openFiles([
      { path: 'model.keras', bytes: readShared(`${dir}model.keras`) },
    ]);
    const { graph } = optimize(imported.graph);
    const rows = Array.from({ length: 12 }, (_, at) =>
      Float32Array.from(uniform(20 * 20 * 3, at, 0, 1)),
    );
    const [alarm] = await alarmsOf(graph, rows);
    expect(alarm).toMatchObject({ columns: [4, 7] });
    const node = graph.nodes.find(({ name }) => name === alarm!.node);
    expect(node!.op).toBe('CONCATENATION');
  });
});

describe('where it happened', () => {
  /** x → a → b → y, each result given per sample. */
  const chain = graphOf(
    [value('x', [2])],
    [
      { op: 'RELU', inputs: ['x'], output: value('a', [2], grid(0.5, 0)) },
      { op: 'RELU', inputs: ['a'], output: value('b', [2], grid(0.5, 0)) },
      { op: 'RELU', inputs: ['b'], output: value('y', [2], grid(0.5, 0)) },
    ],
    ['x'],
    ['y'],
  );
  const runOf =
    (values: Readonly<Record<number, (at: number) => readonly number[]>>): TappedRun =>
    async (at, tap) => {
      for (const [index, of] of Object.entries(values))
        tap(Number(index), { data: Int8Array.from(of(at)) });
    };
  const still = () => [3, 4];
  const moves = (at: number) => [at, 1];

  it('is the first operator whose result is constant', async () => {
    const where = (a: typeof moves, b: typeof moves) =>
      whereFlattened(chain, { output: 0 }, runOf({ 0: moves, 1: a, 2: b, 3: still }), 3);
    expect(await where(moves, moves)).toBe(2);
    expect(await where(moves, still)).toBe(1);
    expect(await where(still, still)).toBe(0);
  });

  it('is the last operator where the samples themselves are the same', async () => {
    const run = runOf({ 0: still, 1: still, 2: still, 3: still });
    expect(await whereFlattened(chain, { output: 0 }, run, 3)).toBe(2);
    expect(await whereFlattened(chain, { output: 0 }, run, 0)).toBe(2);
  });

  it('looks at the columns that are flat, not at their neighbours', async () => {
    const half = (at: number) => [7, at];
    const run = runOf({ 0: moves, 1: half, 2: half, 3: half });
    const slices = { axis: 0, from: 0, to: 1 };
    expect(await whereFlattened(chain, { output: 0, slices }, run, 3)).toBe(0);
  });

  it('follows rows of an axis that others lie behind', async () => {
    const rows = graphOf(
      [value('x', [1, 3, 2])],
      [
        { op: 'RELU', inputs: ['x'], output: value('a', [1, 3, 2]) },
        { op: 'RELU', inputs: ['a'], output: value('y', [1, 3, 2]) },
      ],
      ['x'],
      ['y'],
    );
    // Row 1 is still in y, rows 0 and 2 are not; in `a` all of them move.
    const slices = { axis: 1, from: 1, to: 2 };
    const y = (at: number) => [at, 2, 5, 5, 3, at];
    const moving = (at: number) => [1, 1, 5, at, 1, 1];
    const where = (a: typeof moving) =>
      whereFlattened(rows, { output: 0, slices }, runOf({ 0: moving, 1: a, 2: y }), 3);
    expect(await where(moving)).toBe(1);
    expect(await where(y)).toBe(0);
  });

  it('takes a pattern that no sample changes for constant', async () => {
    const pattern = () => [1, 9];
    const wide = graphOf(
      [value('x', [2, 1])],
      [
        { op: 'RELU', inputs: ['x'], output: value('a', [2, 1]) },
        { op: 'RELU', inputs: ['a'], output: value('y', [2, 1]) },
      ],
      ['x'],
      ['y'],
    );
    const where = (a: (at: number) => readonly number[]) =>
      whereFlattened(wide, { output: 0 }, runOf({ 0: moves, 1: a, 2: still }), 2);
    expect(await where(pattern)).toBe(0);
    expect(await where((at) => [at, 9])).toBe(1);
  });

  it('of one sample is told by its positions', async () => {
    const wide = graphOf(
      [value('x', [3, 2])],
      [
        { op: 'RELU', inputs: ['x'], output: value('a', [3, 2]) },
        { op: 'RELU', inputs: ['a'], output: value('y', [3, 2]) },
      ],
      ['x'],
      ['y'],
    );
    const run = runOf({
      0: () => [1, 2, 3, 4, 5, 6],
      1: () => [1, 9, 1, 9, 1, 9],
      2: () => [1, 9, 1, 9, 1, 9],
    });
    expect(await whereFlattened(wide, { output: 0 }, run, 1)).toBe(0);
  });

  it('is where a living input meets a dead one', async () => {
    const sum = graphOf(
      [value('x', [2])],
      [
        { op: 'RELU', inputs: ['x'], output: value('a', [2]) },
        { op: 'RELU', inputs: ['x'], output: value('b', [2]) },
        { op: 'ADD', inputs: ['a', 'b'], output: value('y', [2]), attrs: { activation: 'NONE' } },
      ],
      ['x'],
      ['y'],
    );
    const where = (b: typeof moves) =>
      whereFlattened(sum, { output: 0 }, runOf({ 0: moves, 1: still, 2: b, 3: still }), 2);
    expect(await where(moves)).toBe(2);
    expect(await where(still)).toBe(0);
  });

  it('does not look at shapes that are computed', async () => {
    const shaped = graphOf(
      [value('x', [2])],
      [
        { op: 'SHAPE', inputs: ['x'], output: value('s', [1], { dtype: 'int32' }) },
        { op: 'RELU', inputs: ['x'], output: value('a', [2]) },
        { op: 'RESHAPE', inputs: ['a', 's'], output: value('y', [2]) },
      ],
      ['x'],
      ['y'],
    );
    const run = runOf({ 0: moves, 1: () => [2], 2: still, 3: still });
    expect(await whereFlattened(shaped, { output: 0 }, run, 2)).toBe(1);
  });
});

describe('the alarm', () => {
  const float = graphOf(
    [value('x', [1, 4])],
    [{ op: 'RELU', inputs: ['x'], output: value('y', [1, 4]) }],
    ['x'],
    ['y'],
  );
  const flat = { output: 0, floatMin: -1.234567, floatMax: 20 };
  const alarm = async (more: object, quantized = float) =>
    (
      await flattened([{ ...flat, ...more }], {
        float,
        quantized,
        run: async () => undefined,
        samples: 100,
      })
    )[0]!;

  it('says what, from what to what, where, and what to do', async () => {
    expect(await alarm({ constant: 0.5 })).toEqual({
      kind: 'flattened',
      output: 'y',
      node: 'y',
      sentence:
        'Output “y” (float −1.23 … 20) became 0.5 for every sample at RELU “y”. Keep this operator in float: choose it in the Layers table.',
    });
    expect((await alarm({ slices: { axis: 1, from: 2, to: 3 } })).sentence).toMatch(
      /^Column 2 of output “y” .* each became a constant at/,
    );
    expect(await alarm({ slices: { axis: 0, from: 2, to: 5 } })).toMatchObject({
      columns: [2, 5],
      axis: 0,
      sentence: expect.stringMatching(/^Index 2–4 of axis 0 of output “y”/) as string,
    });
    expect(await alarm({ slices: { axis: 1, from: 0, to: 2 } })).not.toHaveProperty('axis');
  });

  it('stands at the layer before which quantizing put an operator in', async () => {
    const quantized = graphOf(
      [value('x', [1, 4])],
      [
        { op: 'QUANTIZE', name: 'put in', inputs: ['x'], output: value('q', [1, 4], grid(2, 0)) },
        { op: 'RELU', name: 'y', inputs: ['q'], output: value('y', [1, 4], grid(2, 0)) },
      ],
      ['x'],
      ['y'],
    );
    const run: TappedRun = async (at, tap) => {
      tap(0, { data: Float32Array.of(at, at, at, at) });
      tap(1, { data: Int8Array.of(0, 0, 0, 0) });
      tap(2, { data: Int8Array.of(0, 0, 0, 0) });
    };
    const [made] = await flattened([flat], { float, quantized, run, samples: 2 });
    expect(made!.node).toBe('y');
    expect(made!.sentence).toContain('where one step of the int8 grid is 2');
  });

  it('runs no more than eight samples, and none where nothing was found', async () => {
    const seen: number[] = [];
    const run: TappedRun = async (at) => seen.push(at);
    expect(await flattened([], { float, quantized: float, run, samples: 100 })).toEqual([]);
    expect(seen).toEqual([]);
    await flattened([flat], { float, quantized: float, run, samples: 100 });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
