/** SQuant's bounds (arXiv 2202.07471 §3.3): errors of kernels and channels, and the fewest flips that reach them. */
import { describe, expect, it } from 'vitest';
import { draftOf } from '../../model/passes/draft';
import { linearNode } from '../../model/passes/linearNode';
import { builder, conv, dense, numbers } from '../../testing/graphs';
import { kernelsOf } from './kernels';
import { squant } from './squant';

const indices = (...list: number[]) => Int32Array.from(list);

describe('SQuant', () => {
  it('flips the largest errors of a kernel until they sum to less than half a step', () => {
    // Errors to the nearest: −0.4, −0.3, −0.45, 0.2; their sum −0.95 asks for one flip, of the third.
    const steps = Float64Array.from([1.4, 2.3, 0.45, -1.2]);
    const got = squant({ steps, channels: [[indices(0, 1, 2, 3)]] }, 127);
    expect([...got]).toEqual([1, 2, 1, -1]);
  });

  it('then one element of as many kernels as the channel needs', () => {
    // Each kernel's errors sum to −0.4, those of the channel to −1.2: one flip, in the kernel with the largest sum.
    const steps = Float64Array.from([0.3, 1.1, 0.35, 2.05, 0.1, 3.31]);
    const channels = [[indices(0, 1), indices(2, 3), indices(4, 5)]];
    const got = squant({ steps, channels }, 127);
    expect([...got]).toEqual([0, 1, 0, 2, 0, 4]);
  });

  it('takes a flip back where the channel asks for it', () => {
    // First kernel: errors sum to 1.35, one flip of −0.45 … leaves 0.35; second −0.45, third −0.45: sum −0.55.
    const steps = Float64Array.from([0.55, 0.55, 0.55, 1.45, 2.45]);
    const channels = [[indices(0, 1, 2), indices(3), indices(4)]];
    const got = squant({ steps, channels }, 127);
    const error = got.reduce((sum, q, at) => sum + q - steps[at]!, 0);
    expect(Math.abs(error)).toBeLessThanOrEqual(0.5 + 1e-9);
  });

  it('keeps to the grid', () => {
    const steps = Float64Array.from([7, 6.6, 6.6, 6.6, -9]);
    const got = squant({ steps, channels: [[indices(0, 1, 2, 3, 4)]] }, 7);
    expect(Math.max(...got)).toBe(7);
    expect(Math.min(...got)).toBe(-7);
  });

  it('meets its bounds on a convolution and on a dense layer', () => {
    const b = builder();
    const x = b.input('x', [1, 6, 6, 5]);
    const w = b.constant(
      'w',
      [4, 3, 3, 5],
      numbers(180, 5).map((v) => 7 * v),
    );
    const y = b.node('CONV_2D', 'conv', conv(), [x, w, -1], [1, 4, 4, 4]);
    const v = b.constant(
      'v',
      [3, 64],
      numbers(192, 6).map((one) => 7 * one),
    );
    const graph = b.graph([b.node('FULLY_CONNECTED', 'dense', dense, [y, v, -1], [1, 3])]);
    for (const node of graph.nodes) {
      const linear = linearNode(draftOf(graph), node)!;
      const steps = Float64Array.from(linear.kernel);
      const got = squant({ steps, channels: kernelsOf(node, linear) }, 7);
      const sum = (list: Iterable<number>) => {
        let total = 0;
        for (const at of list) total += got[at]! - steps[at]!;
        return Math.abs(total);
      };
      for (const kernels of kernelsOf(node, linear)) {
        expect(sum(kernels.flatMap((kernel) => [...kernel]))).toBeLessThanOrEqual(0.5 + 1e-9);
        for (const kernel of kernels) expect(sum(kernel)).toBeLessThanOrEqual(1 + 1e-9);
      }
      steps.forEach((step, at) => {
        expect(Math.abs(got[at]! - step)).toBeLessThan(1);
      });
    }
  });
});
