import { toInput } from '../analysis/tensors';
import { preprocess } from '../data/preprocess';
import { IntactError } from '../model/error';
import { elementCount, type Graph, type Tensor } from '../model/graph';
import type { Samples } from './types';

/** Input tensors of one sample for any graph with these inputs (float or quantized). */
export type Feeds = (graph: Graph, sample: number) => Tensor[];

/**
 * Shape that a sample must have, batch included: the model's input, or for several inputs all their
 * numbers in a row. An input whose batch is fixed at another number than 1 is one sample as a whole.
 */
export function sampleShapeOf(graph: Graph): readonly number[] {
  const shapes = graph.inputs.map((index) => graph.values[index]!.shape);
  const [only] = shapes;
  if (only && shapes.length === 1) return (only[0] ?? 1) === 1 ? only : [1, ...only];
  return [1, shapes.reduce((sum, shape) => sum + elementCount(shape), 0)];
}

/**
 * Samples → input tensors. Several inputs are cut from one sample in order, so that a sample must
 * hold as many numbers as all inputs together.
 * @param model the float graph whose inputs define what a sample must be
 * @throws IntactError `bad-data` where samples and inputs don't fit
 */
export function feedsOf(samples: Samples, model: Graph): Feeds {
  const { dataset, preprocessing } = samples;
  const shapes = model.inputs.map((index) => model.values[index]!.shape);
  if (shapes.length === 0)
    throw new IntactError('bad-data', 'This model has no input, so there is nothing to feed.');
  const sizes = shapes.map(elementCount);
  const total = sizes.reduce((a, b) => a + b, 0);
  const given = elementCount(dataset.sampleShape);
  if (shapes.length > 1 && given !== total)
    throw new IntactError(
      'bad-data',
      `The model has ${shapes.length} inputs with ${total} numbers in all, but a sample holds ${given}. Give arrays whose rows are the inputs one after the other.`,
    );
  const shape = sampleShapeOf(model);
  const limits = model.inputs.map((index) => (dataset.synthetic ? indexLimit(model, index) : 0));
  const whole = new Float32Array(total);
  return (graph, sample) => {
    preprocess(dataset, sample, preprocessing, shape, whole);
    let start = 0;
    return graph.inputs.map((index, position) => {
      const part = whole.slice(start, start + sizes[position]!);
      start += sizes[position]!;
      const limit = limits[position]!;
      if (limit > 0) for (let i = 0; i < part.length; i++) part[i] = Math.floor(part[i]! * limit);
      return toInput(part, graph.values[index]!);
    });
  };
}

/**
 * Rows of the table that an input's values index (an embedding, also behind arithmetic on integers,
 * with which TFLite's converter lets negative indices count from the end), 0 when it is no index:
 * made-up samples must stay inside it.
 */
function indexLimit(graph: Graph, input: number): number {
  const front = [input];
  const seen = new Set(front);
  while (front.length > 0) {
    const value = front.pop()!;
    for (const node of graph.nodes) {
      const position = node.inputs.indexOf(value);
      if (position < 0) continue;
      if (node.op === 'GATHER' && position === 1) {
        const table = graph.values[node.inputs[0]!]!;
        return table.shape[node.attrs.axis < 0 ? 0 : node.attrs.axis] ?? 0;
      }
      if (node.op === 'EMBEDDING_LOOKUP' && position === 0)
        return graph.values[node.inputs[1]!]!.shape[0] ?? 0;
      const next = node.outputs[0]!;
      const { dtype } = graph.values[next]!;
      const carries = node.op === 'RESHAPE' || dtype === 'int32' || dtype === 'int64';
      if (carries && !seen.has(next)) {
        seen.add(next);
        front.push(next);
      }
    }
  }
  return 0;
}
