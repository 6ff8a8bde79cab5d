import { describe, expect, it } from 'vitest';
import type { Node } from '../model/graph';
import { endsOf } from './ends';
import { blocksOf, cameFrom, computedInputs, type Region } from './regions';
import { constant, graphOf, value } from './testing/graphs';

const slices = (axis: number, from: number, to: number) => ({ axis, from, to });

/** Where a region of the result of one operator comes from, inputs by name. */
function from(
  op: Node['op'],
  inputs: readonly (readonly number[])[],
  output: readonly number[],
  region: Region['slices'],
  { attrs = {}, constants = [] as readonly ReturnType<typeof constant>[] } = {},
) {
  const names = inputs.map((_, at) => `v${at}`);
  const graph = graphOf(
    [...inputs.map((shape, at) => value(names[at]!, shape)), ...constants],
    [
      {
        op,
        inputs: [...names, ...constants.map(({ name }) => name)],
        output: value('y', output),
        attrs,
      },
    ],
    names,
    ['y'],
  );
  const made = graph.outputs[0]!;
  return cameFrom(
    graph,
    graph.nodes[0]!,
    region ? { value: made, slices: region } : { value: made },
  );
}

describe('where columns come from', () => {
  const block = slices(2, 1, 3);

  it('is the same place of every input, element by element', () => {
    expect(from('RELU', [[1, 5, 7]], [1, 5, 7], block)).toEqual([{ value: 0, slices: block }]);
    expect(
      from(
        'ADD',
        [
          [1, 5, 7],
          [1, 5, 7],
        ],
        [1, 5, 7],
        block,
      ),
    ).toEqual([
      { value: 0, slices: block },
      { value: 1, slices: block },
    ]);
    // Broadcast aligns the last axes; an axis of size one is spread over all.
    expect(from('MUL', [[1, 5, 7], [7]], [1, 5, 7], block)).toEqual([
      { value: 0, slices: block },
      { value: 1, slices: slices(0, 1, 3) },
    ]);
    expect(
      from(
        'MUL',
        [
          [1, 5, 7],
          [5, 1],
        ],
        [1, 5, 7],
        block,
      )[1],
    ).toEqual({ value: 1 });
    expect(from('MUL', [[1, 5, 7], [7]], [1, 5, 7], slices(1, 0, 2))[1]).toEqual({ value: 1 });
  });

  it('is the whole input where all columns mix', () => {
    expect(from('FULLY_CONNECTED', [[1, 4]], [1, 7], slices(1, 0, 2))).toEqual([{ value: 0 }]);
    expect(from('SOFTMAX', [[1, 7]], [1, 7], slices(1, 0, 2))).toEqual([{ value: 0 }]);
    expect(from('RELU', [[1, 7]], [1, 7], undefined)).toEqual([{ value: 0 }]);
  });

  it('is the same channel where an operator keeps channels apart', () => {
    const pooled = from('MAX_POOL_2D', [[1, 8, 8, 6]], [1, 4, 4, 6], slices(3, 2, 4));
    expect(pooled).toEqual([{ value: 0, slices: slices(3, 2, 4) }]);
    expect(from('MAX_POOL_2D', [[1, 8, 8, 6]], [1, 4, 4, 6], slices(1, 2, 4))).toEqual([
      { value: 0 },
    ]);
    expect(from('STRIDED_SLICE', [[1, 8, 6]], [8, 6], slices(1, 2, 4))).toEqual([{ value: 0 }]);
  });

  it('follows an axis through a reshape that leaves it', () => {
    expect(from('RESHAPE', [[1, 5, 5, 4]], [1, 25, 4], slices(2, 1, 2))).toEqual([
      { value: 0, slices: slices(3, 1, 2) },
    ]);
    expect(from('RESHAPE', [[1, 100]], [1, 25, 4], slices(2, 1, 2))).toEqual([{ value: 0 }]);
    expect(from('SQUEEZE', [[1, 1, 4, 1]], [4], slices(0, 1, 2))).toEqual([
      { value: 0, slices: slices(2, 1, 2) },
    ]);
    // The same size elsewhere is another axis.
    expect(from('RESHAPE', [[4, 3]], [3, 4], slices(1, 1, 2))).toEqual([{ value: 0 }]);
  });

  it('follows a transpose', () => {
    const order = constant('order', [3], 'int32', [0, 2, 1]);
    expect(
      from('TRANSPOSE', [[1, 5, 7]], [1, 7, 5], slices(1, 2, 3), { constants: [order] }),
    ).toEqual([{ value: 0, slices: slices(2, 2, 3) }]);
  });

  it('finds the inputs of a concatenation that the columns were', () => {
    const join = (region: Region['slices'], axis = 2) =>
      from(
        'CONCATENATION',
        [
          [1, 5, 4],
          [1, 5, 3],
        ],
        [1, 5, 7],
        region,
        { attrs: { axis } },
      );
    expect(join(slices(2, 4, 7))).toEqual([{ value: 1 }]);
    expect(join(slices(2, 0, 4), -1)).toEqual([{ value: 0 }]);
    expect(join(slices(2, 3, 6))).toEqual([
      { value: 0, slices: slices(2, 3, 4) },
      { value: 1, slices: slices(2, 0, 2) },
    ]);
    expect(join(slices(1, 0, 2))).toEqual([
      { value: 0, slices: slices(1, 0, 2) },
      { value: 1, slices: slices(1, 0, 2) },
    ]);
  });

  it('leaves constants and absent inputs out', () => {
    const graph = graphOf(
      [value('x', [1, 4]), constant('w', [7, 4])],
      [{ op: 'FULLY_CONNECTED', inputs: ['x', 'w', 'no bias'], output: value('y', [1, 7]) }],
      ['x'],
      ['y'],
    );
    expect(graph.nodes[0]!.inputs).toEqual([0, 1, -1]);
    expect(computedInputs(graph, graph.nodes[0]!)).toEqual([0]);
  });
});

describe('blocks that were joined', () => {
  const parts = [value('a', [1, 5, 4]), value('b', [1, 5, 3]), value('c', [1, 2, 7])];
  const join = {
    op: 'CONCATENATION',
    inputs: ['a', 'b'],
    output: value('ab', [1, 5, 7]),
    attrs: { axis: 2 },
  } as const;

  it('have their borders, nested joins too', () => {
    const graph = graphOf(
      [...parts, value('d', [1, 5, 2])],
      [
        join,
        {
          op: 'CONCATENATION',
          inputs: ['d', 'ab'],
          output: value('y', [1, 5, 9]),
          attrs: { axis: -1 },
        },
      ],
      ['a', 'b', 'd'],
      ['y'],
    );
    expect(blocksOf(graph, graph.outputs[0]!, 2)).toEqual([0, 2, 6, 9]);
    expect(blocksOf(graph, graph.outputs[0]!, 1)).toBeUndefined();
    expect(blocksOf(graph, 0, 2)).toBeUndefined();
    expect(blocksOf(graph, graph.outputs[0]!, 7)).toBeUndefined();
  });

  it('are followed back through what keeps the axis', () => {
    const graph = graphOf(
      [...parts, constant('k', [1]), constant('order', [3], 'int32', [0, 2, 1])],
      [
        join,
        { op: 'MUL', inputs: ['ab', 'k'], output: value('m', [1, 5, 7]) },
        { op: 'TRANSPOSE', inputs: ['m', 'order'], output: value('t', [1, 7, 5]) },
        { op: 'DEQUANTIZE', inputs: ['t'], output: value('y', [1, 7, 5]) },
      ],
      ['a', 'b'],
      ['y'],
    );
    expect(blocksOf(graph, graph.outputs[0]!, 1)).toEqual([0, 4, 7]);
  });

  it('end where columns mix, or where two paths meet', () => {
    const graph = graphOf(
      [...parts, constant('w', [7, 7])],
      [
        join,
        { op: 'FULLY_CONNECTED', inputs: ['ab', 'w'], output: value('f', [1, 5, 7]) },
        { op: 'ADD', inputs: ['ab', 'f'], output: value('s', [1, 5, 7]) },
      ],
      ['a', 'b'],
      ['f', 's'],
    );
    expect(blocksOf(graph, graph.outputs[0]!, 2)).toBeUndefined();
    expect(blocksOf(graph, graph.outputs[1]!, 2)).toBeUndefined();
  });

  it('of a single input are none', () => {
    const graph = graphOf(
      parts,
      [{ ...join, inputs: ['a'], output: value('y', [1, 5, 4]) }],
      ['a'],
      ['y'],
    );
    expect(blocksOf(graph, graph.outputs[0]!, 2)).toBeUndefined();
  });
});

describe('what ends a graph', () => {
  const ends = (...steps: readonly (readonly [Node['op'], object?])[]) => {
    const graph = graphOf(
      [value('v0', [1, 4]), constant('k', [2], 'int32')],
      steps.map(([op, attrs = {}], at) => ({
        op,
        attrs,
        inputs: [`v${at}`, 'k'],
        output: value(`v${at + 1}`, [1, 4]),
      })),
      ['v0'],
      [`v${steps.length}`],
    );
    return endsOf(graph, 0);
  };

  it('is seen through the model’s border and moves', () => {
    expect(ends(['SOFTMAX'], ['RESHAPE'], ['TRANSPOSE'], ['SQUEEZE'], ['EXPAND_DIMS'])).toBe(
      'softmax',
    );
    expect(ends(['LOGISTIC'], ['QUANTIZE'], ['DEQUANTIZE'])).toBe('sigmoid');
  });

  it('is linear where no activation is fused', () => {
    expect(ends(['FULLY_CONNECTED', { activation: 'NONE' }], ['RESHAPE'])).toBe('linear');
    expect(ends(['FULLY_CONNECTED', { activation: 'RELU' }])).toBe('other');
    expect(ends(['MEAN', { keepDims: true }])).toBe('linear');
    expect(ends(['RELU'])).toBe('other');
  });

  it('is nothing known where there is no operator, or no output', () => {
    expect(ends()).toBe('other');
    expect(ends(['RESHAPE'])).toBe('other');
    const graph = graphOf([value('x', [1])], [], ['x'], []);
    expect(endsOf(graph, 0)).toBe('other');
  });
});
