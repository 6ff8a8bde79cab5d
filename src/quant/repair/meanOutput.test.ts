/** Means of outputs from means of inputs, against the outputs of the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../model/graph';
import { elementCount } from '../../model/graph';
import { draftOf } from '../../model/passes/draft';
import { linearNode } from '../../model/passes/linearNode';
import { builder, conv, dense, numbers, results } from '../../testing/graphs';
import { inputSums, meanOutput } from '.';

const cases: Record<string, () => Graph> = {
  'convolution, stride 2, same': () => {
    const b = builder();
    const x = b.input('x', [1, 5, 6, 3]);
    const w = b.constant('w', [4, 3, 2, 3]);
    const attrs = conv({ padding: 'SAME', strideH: 2, strideW: 2 });
    return b.graph([b.node('CONV_2D', 'n', attrs, [x, w, b.constant('b', [4])], [1, 3, 3, 4])]);
  },
  'convolution, dilated': () => {
    const b = builder();
    const x = b.input('x', [1, 7, 7, 2]);
    const w = b.constant('w', [3, 3, 3, 2]);
    const attrs = conv({ dilationH: 2, dilationW: 2 });
    return b.graph([b.node('CONV_2D', 'n', attrs, [x, w, b.constant('b', [3])], [1, 3, 3, 3])]);
  },
  'depthwise, two outputs a channel': () => {
    const b = builder();
    const x = b.input('x', [1, 4, 4, 3]);
    const w = b.constant('w', [1, 3, 3, 6]);
    const attrs = { ...conv({ padding: 'SAME' }), depthMultiplier: 2 };
    const bias = b.constant('b', [6]);
    return b.graph([b.node('DEPTHWISE_CONV_2D', 'n', attrs, [x, w, bias], [1, 4, 4, 6])]);
  },
  'transposed, stride 2, same': () => {
    const b = builder();
    const shape = b.integers('shape', [4], [1, 6, 6, 2]);
    const x = b.input('x', [1, 3, 3, 3]);
    const w = b.constant('w', [2, 3, 3, 3]);
    const attrs = { padding: 'SAME', strideH: 2, strideW: 2, activation: 'NONE' } as const;
    const bias = b.constant('b', [2]);
    return b.graph([b.node('TRANSPOSE_CONV', 'n', attrs, [shape, w, x, bias], [1, 6, 6, 2])]);
  },
  dense: () => {
    const b = builder();
    const x = b.input('x', [2, 5]);
    const w = b.constant('w', [3, 5]);
    return b.graph([b.node('FULLY_CONNECTED', 'n', dense, [x, w, b.constant('b', [3])], [2, 3])]);
  },
};

describe('the mean of an output', () => {
  it.each(Object.entries(cases))('of a %s', async (_, make) => {
    const graph = make();
    const [node] = graph.nodes;
    const linear = linearNode(draftOf(graph), node!)!;
    const sums = inputSums(graph, node!, linear);
    sums.add(numbers(elementCount(graph.values[graph.inputs[0]!]!.shape), 7));
    const means = meanOutput(node!, linear, linear.kernel, sums.mean());
    const [output] = await results(graph);
    for (let channel = 0; channel < linear.channels; channel += 1) {
      const mine = [...output!].filter((__, at) => at % linear.channels === channel);
      const mean = mine.reduce((sum, y) => sum + y, 0) / mine.length;
      expect(means[channel]! + linear.offsets![channel]!).toBeCloseTo(mean, 5);
    }
  });
});
