/** Each layer's effect on the score of a run that is there, on as many samples as are asked for. */
import { findingsOf } from '../../analysis/findings';
import { scoringOf } from '../../analysis/score';
import { IntactError } from '../../model/error';
import { samplesOfMade } from '../data/samplesOfMade';
import type { Job } from '../job';
import { growing } from '../measure/growing';
import { isMeasurable, layersAlone } from '../measure/isolated';
import { everySensitivity } from '../measure/sensitivities';
import { needsOf } from '../needs';
import { runnable } from '../prepared';
import { phases } from '../progress';

export const sensitivity: Job<'sensitivity'> = async (
  { run: start, samples: request, count },
  context,
) => {
  const { made } = start;
  const { recipe, plan, graph, stats } = made;
  if (!recipe || !plan)
    throw new IntactError(
      'usage',
      'This run is the model as it is: there is no quantized layer whose effect on the score could be measured.',
    );
  const { samples, roles } = await samplesOfMade(made, request, context);
  const run = growing({ ...start, pending: ['sensitivity'] }, context.events);
  const layers = layersAlone(
    { graph, recipe, plan, ...(stats ? { stats } : {}) },
    made.layers.filter(isMeasurable).map(({ id }) => id),
    new Map(),
  );
  const report = phases(context.events, { alone: 1 });
  await everySensitivity(
    {
      ...{ context, report, samples, roles, growing: run },
      backend: await context.backend(),
      scorings: scoringOf(samples.targets, needsOf(graph), samples.synthetic),
      float: runnable(graph),
      quantized: runnable(made.converted),
    },
    layers,
    count,
  );
  run.set({ findings: findingsOf(run.run) });
  return { ...run.run, pending: [] };
};
