import { describe, expect, it } from 'vitest';
import type { Node } from '../model/graph';
import { flatnessWatch, type Flat } from './flatness';
import { graphOf, value } from './testing/graphs';

type Sample = readonly (readonly [float: number, quantized: number])[];

/** Watches one output of the shape, made by `op` from inputs of the given widths on the last axis. */
function found(
  shape: readonly number[],
  samples: readonly Sample[],
  { op = 'ELU' as Node['op'], widths = [shape.at(-1) ?? 1], axis = shape.length - 1 } = {},
): readonly Flat[] {
  const parts = widths.map((width, at) =>
    value(
      `p${at}`,
      shape.map((size, on) => (on === axis ? width : size)),
    ),
  );
  const graph = graphOf(
    parts,
    [
      {
        op: widths.length > 1 ? 'CONCATENATION' : op,
        inputs: widths.map((_, at) => `p${at}`),
        output: value('y', shape),
        attrs: widths.length > 1 ? { axis } : { activation: 'NONE' },
      },
    ],
    widths.map((_, at) => `p${at}`),
    ['y'],
  );
  const watch = flatnessWatch(graph);
  for (const sample of samples)
    watch.add(
      0,
      sample.map(([float]) => float),
      sample.map(([, quantized]) => quantized),
    );
  return watch.found();
}
const times = (count: number, make: (at: number) => Sample) =>
  Array.from({ length: count }, (_, at) => make(at));
const alive = (at: number) => [at, at] as const;

describe('a whole output', () => {
  it('is flat where float varies and quantized does not', () => {
    expect(
      found(
        [1, 2],
        times(3, (at) => [
          [at, 5],
          [-at, 7],
        ]),
      ),
    ).toEqual([{ output: 0, floatMin: -2, floatMax: 2 }]);
    expect(
      found(
        [1, 1],
        times(2, (at) => [[at, 4]]),
      ),
    ).toEqual([{ output: 0, floatMin: 0, floatMax: 1, constant: 4 }]);
    expect(
      found(
        [],
        times(2, (at) => [[at, 4]]),
      ),
    ).toHaveLength(1);
  });

  it('is not flat of one number, where float is constant too, or anything lives', () => {
    expect(
      found(
        [1, 1],
        times(1, (at) => [[at, 4]]),
      ),
    ).toEqual([]);
    expect(
      found(
        [1, 1],
        times(3, () => [[2, 4]]),
      ),
    ).toEqual([]);
    expect(
      found(
        [1, 1],
        times(3, (at) => [alive(at)]),
      ),
    ).toEqual([]);
    expect(
      found(
        [1, 2],
        times(3, (at) => [[at, 0], alive(at)]),
      ),
    ).toEqual([]);
  });

  it('holds columns that are constant in float, beside those that were flattened', () => {
    expect(
      found(
        [1, 2],
        times(3, (at) => [
          [at, 0],
          [3, 3],
        ]),
      ),
    ).toHaveLength(1);
  });

  it('needs float to vary by a thousandth of itself', () => {
    const near = (change: number) =>
      found(
        [1, 1],
        times(2, (at) => [[100 + at * change, 100]]),
      );
    expect(near(0.05)).toEqual([]);
    expect(near(0.2)).toHaveLength(1);
  });

  it('of probabilities needs a move of 1/64: what is all but decided rounds to a constant', () => {
    const moved = (op: Node['op'], by: number) =>
      found(
        [1, 1],
        times(3, (at) => [[at * by, 0]]),
        { op },
      ).length;
    expect(moved('LOGISTIC', 0.5 / 64)).toBe(1);
    expect(moved('LOGISTIC', 0.49 / 64)).toBe(0);
    expect(moved('SOFTMAX', 0.49 / 64)).toBe(0);
    expect(moved('FULLY_CONNECTED', 0.49 / 64)).toBe(1);
  });
});

describe('blocks that were joined', () => {
  const join = { widths: [2, 1] };

  it('are flat where all their columns are, each at a constant of its own', () => {
    expect(
      found(
        [1, 3],
        times(4, (at) => [[at, 0], [at, 1], alive(at)]),
        join,
      ),
    ).toEqual([{ output: 0, slices: { axis: 1, from: 0, to: 2 }, floatMin: 0, floatMax: 3 }]);
    expect(
      found(
        [1, 3],
        times(4, (at) => [alive(at), alive(at), [at + 1, 0]]),
        join,
      ),
    ).toEqual([
      { output: 0, slices: { axis: 1, from: 2, to: 3 }, floatMin: 1, floatMax: 4, constant: 0 },
    ]);
  });

  it('need four numbers a column', () => {
    const made = (count: number) =>
      found(
        [1, 3],
        times(count, (at) => [alive(at), alive(at), [at + 1, 0]]),
        join,
      );
    expect(made(3)).toEqual([]);
    expect(made(4)).toHaveLength(1);
    // Positions count as well.
    expect(
      found(
        [1, 4, 3],
        times(1, () => [0, 1, 2, 3].flatMap((at) => [alive(at), alive(at), [at, 0]] as Sample)),
        join,
      ),
    ).toHaveLength(1);
  });

  it('are lost where half their columns are flat and the rest is noise', () => {
    const half = (noise: number) =>
      found(
        [1, 3],
        times(4, (at) => [[at + 1, 0], [at + 1, at + 1 + noise], alive(at)]),
        join,
      );
    // Signal 2 · 30; noise 30 of the flat column, and four times noise².
    expect(half(0)).toEqual([]);
    expect(half(0.1)).toEqual([]);
    expect(half(1)).toHaveLength(1);
  });

  it('may be rows of another axis', () => {
    const sample = (at: number): Sample => [
      [at + 1, 0], [at + 2, 0],
      alive(at), alive(2 * at),
    ]; // prettier-ignore
    expect(found([1, 2, 2], times(4, sample), { widths: [1, 1], axis: 1 })).toEqual([
      {
        output: 0,
        slices: { axis: 1, from: 0, to: 1 },
        floatMin: 1,
        floatMax: 5,
        constant: 0,
      },
    ]);
  });
});

describe('columns of one operator', () => {
  const columns = (count: number, flat: readonly number[], samples = 8, op: Node['op'] = 'ELU') =>
    found(
      [1, count],
      times(samples, (at) =>
        Array.from({ length: count }, (_, column) =>
          flat.includes(column) ? ([at + 1, 3] as const) : alive(at),
        ),
      ),
      { op },
    );

  it('are flat in runs', () => {
    expect(columns(5, [1, 2, 4])).toEqual([
      {
        output: 0,
        slices: { axis: 1, from: 1, to: 3 },
        floatMin: 1,
        floatMax: 8,
        constant: 3,
      },
      expect.objectContaining({ slices: { axis: 1, from: 4, to: 5 } }),
    ]);
  });

  it('need eight numbers each, and a tenth of the columns: a dead feature is no loss', () => {
    expect(columns(5, [1], 7)).toEqual([]);
    expect(columns(10, [9])).toHaveLength(1);
    expect(columns(11, [9])).toEqual([]);
  });

  it('of probabilities are classes that nobody saw', () => {
    expect(columns(5, [1, 2], 8, 'SOFTMAX')).toEqual([]);
    expect(columns(5, [1, 2], 8, 'LOGISTIC')).toEqual([]);
  });
});

it('ignores an output that the graph does not have', () => {
  const watch = flatnessWatch(graphOf([value('x', [1])], [], ['x'], ['x']));
  watch.add(3, [1], [1]);
  expect(watch.found()).toEqual([]);
});
