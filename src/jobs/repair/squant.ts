/** `round` by SQuant: needs no samples. Activations keep the plan's ranges. */
import { roundWeights } from '../../quant/repair';
import type { StepRunner } from '../quantize/step';
import { plural } from '../../analysis/format';

export const squant: StepRunner<'round'> = async ({
  graph,
  plan,
  stats,
  context,
  report,
  learned,
}) => {
  const { border } = context.share;
  const found = await roundWeights(graph, plan, async (done, total) => {
    report(`Rounding by SQuant: ${done} of ${total} layers`, done, total);
    await border();
  });
  if (found.layers === 0)
    return {
      graph,
      said: ['Nothing was rounded: no layer has its weights on a grid of integers.'],
    };
  return {
    ...{ graph, plan: found.plan, learned },
    ...(stats ? { stats } : {}),
    said: [
      `SQuant rounded the weights of ${plural(found.layers, 'layer')}, ${plural(found.moved, 'weight')} of ${found.of.toLocaleString('en-US')} not to the nearest integer.`,
    ],
  };
};
