/** One sample through one run: every output, and what one layer makes of it, as real numbers. */
import { toReal } from '../../analysis/tensors';
import { IntactError } from '../../model/error';
import type { Job } from '../job';
import { outputsByNode, withPrepared } from '../prepared';
import { samplesOfMade } from '../data/samplesOfMade';
import { withInputShapes } from '../resized';

/** Numbers of one tensor that are sent: what a picture can show. */
const MOST_VALUES = 2 ** 20;

export const activations: Job<'activations'> = async (
  { made, samples: request, index, layer },
  context,
) => {
  const { samples } = await samplesOfMade(made, request, context);
  if (index < 0 || index >= samples.count)
    throw new IntactError(
      'bad-data',
      `There is no sample ${index + 1}: "${samples.name}" has ${samples.count}.`,
    );
  const sample = await samples.read(index);
  const graph = withInputShapes(made.converted, samples.inputShapes);
  const backend = await context.backend();
  return withPrepared(backend, [graph], async ([prepared]) => {
    const { values, outputs } = prepared!.graph;
    const wanted = layer === undefined ? undefined : outputsByNode(prepared!.graph).get(layer);
    let activation: { shape: readonly number[]; values: Float32Array } | undefined;
    const reals = await prepared!.run(sample, (at, { shape, data }) => {
      if (at !== wanted) return;
      const real = new Float32Array(data.length);
      toReal(data, values[at]!.quant, real);
      activation = { shape: [...shape], values: real.slice(0, MOST_VALUES) };
    });
    return {
      outputs: reals.map((real, at) => ({
        name: values[outputs[at]!]!.name,
        shape: values[outputs[at]!]!.shape,
        values: real.slice(0, MOST_VALUES),
      })),
      ...(activation ? { activation } : {}),
    };
  });
};
