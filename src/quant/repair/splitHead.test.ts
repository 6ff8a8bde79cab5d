/** A joint head in its parts: the same numbers, in the TFLite runtime, and the joint output put together again. */
import { describe, expect, it } from 'vitest';
import { builder, conv, plain, results } from '../../testing/graphs';
import { partsOf, rejoined, splitHead, splittable } from '.';

/** Boxes [1, 4, 4] and scores [1, 4, 2] along the last axis; with a relabelling end where asked for. */
function detector(flat = false) {
  const b = builder();
  const x = b.input('x', [1, 2, 2, 3]);
  const head = (name: string, channels: number) => {
    const weights = b.constant(`${name}/w`, [channels, 1, 1, 3]);
    const bias = b.constant(`${name}/b`, [channels]);
    const y = b.node('CONV_2D', name, conv(), [x, weights, bias], [1, 2, 2, channels]);
    const shape = b.integers(`${name}/shape`, [3], [1, 4, channels]);
    return b.node('RESHAPE', `${name}/flat`, {}, [y, shape], [1, 4, channels]);
  };
  const parts = [head('boxes', 4), head('scores', 2)];
  const joint = b.node('CONCATENATION', 'joint', { ...plain, axis: -1 }, parts, [1, 4, 6]);
  const last = flat
    ? b.node('RESHAPE', 'end', {}, [joint, b.integers('end/shape', [2], [1, 24])], [1, 24])
    : joint;
  return b.graph([last]);
}

describe('a split head', () => {
  it.each([false, true])('has the parts of the joint output, relabelled: %s', async (flat) => {
    const before = detector(flat);
    const { graph, split } = splitHead(before, 'joint');
    expect(graph.outputs.map((index) => graph.values[index]!.name)).toEqual([
      'boxes/flat:0',
      'scores/flat:0',
    ]);
    expect(graph.nodes.map(({ name }) => name)).not.toContain('joint');
    const [joint] = await results(before);
    const parts = await results(graph);
    expect(partsOf(split, joint!)).toEqual(parts);
    const again = rejoined(graph, split);
    expect(again.values[again.outputs[0]!]).toMatchObject({
      name: flat ? 'end:0' : 'joint:0',
      shape: flat ? [1, 24] : [1, 4, 6],
    });
    expect(await results(again)).toEqual([joint]);
    expect(splittable(before)).toEqual(['joint']);
    expect(splittable(graph)).toEqual([]);
  });

  it('is refused where the node is another, or something computes with it', () => {
    const graph = detector();
    expect(() => splitHead(graph, 'boxes')).toThrow(/is a CONV_2D, no CONCATENATION/);
    expect(() => splitHead(graph, 'nothing')).toThrow(/is no layer of this model/);
    const b = builder();
    const x = b.input('x', [1, 2]);
    const y = b.node('RELU', 'relu', {}, [x], [1, 2]);
    const joint = b.node('CONCATENATION', 'joint', { ...plain, axis: 1 }, [x, y], [1, 4]);
    const end = b.graph([b.node('LOGISTIC', 'sigmoid', {}, [joint], [1, 4])]);
    expect(() => splitHead(end, 'joint')).toThrow(/"sigmoid" computes with its result/);
    expect(() => splitHead(b.graph([joint]), 'joint')).toThrow(/the model's input "x"/);
  });
});
