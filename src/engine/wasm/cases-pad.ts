/** Seeded cases of a PAD and the convolution behind it, which may take it in (folds.ts). */
import { elementCount, type Value } from '../../model/graph';
import { feedsOf } from '../../testing/feeds';
import type { Random } from '../../testing/random';
import type { SuiteCase } from '../suite/build';
import { convolutionCase, type Kind } from './cases';

/**
 * A convolution whose image is what a PAD made of a smaller one. Now and then the border is another number than the
 * convolution's own would be, or the copy is an output too: then both run.
 */
export function paddedCase(random: Random, kind: Kind): SuiteCase {
  const { graph, name } = convolutionCase(random, kind, random.next() < 0.5);
  const [image] = graph.values as [Value, ...Value[]];
  const [n, h, w, c] = image.shape as [number, number, number, number];
  const part = (size: number) => random.int(0, Math.min(2, size - 1));
  const [top, left] = [part(h), part(w)];
  const [bottom, right] = [part(h - top), part(w - left)];
  const shape = [n, h - top - bottom, w - left - right, c];
  const isOther = random.next() < 0.15;
  const border = isOther ? 7 : (image.quant?.zeroPoint[0] ?? 0);
  const constant = {
    ...image,
    name: 'border',
    shape: [],
    data: kind === 'int8' ? Int8Array.of(border) : Float32Array.of(border),
  };
  const pairs = Int32Array.of(0, 0, top, bottom, left, right, 0, 0);
  const paddings = { name: 'paddings', shape: [4, 2], dtype: 'int32', data: pairs } as const;
  const first = graph.values.length;
  const values = [...graph.values, { ...image, name: 'small', shape }, paddings, constant];
  const op = isOther || random.next() < 0.5 ? 'PADV2' : 'PAD';
  const inputs = op === 'PAD' ? [first, first + 1] : [first, first + 1, first + 2];
  const pad = { name: 'pad', op, attrs: {}, inputs, outputs: [0], layer: 0 } as const;
  const made = {
    ...graph,
    values,
    nodes: [pad, ...graph.nodes],
    inputs: [first],
    outputs: random.next() < 0.15 ? [...graph.outputs, 0] : graph.outputs,
  };
  return {
    name: `${op} ${pairs.join()} of ${elementCount(shape)}, ${name}`,
    graph: made,
    feeds: feedsOf(made, random),
  };
}
