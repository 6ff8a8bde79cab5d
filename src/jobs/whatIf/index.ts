/**
 * A change of one layer of the whole quantized model, and what becomes of score and output SQNR on a few
 * samples that nobody evaluates. Only what follows the change is run again.
 */
import { IntactError } from '../../model/error';
import { changed } from '../../quant/change';
import { rangesOf } from '../../quant/layerRanges';
import { needsCalibration } from '../../quant/recipe';
import type { Stats } from '../../quant/types';
import type { Job } from '../job';
import { outcomes } from '../measure/outcome';
import { isSettledByStep, quantizedHere, replanned } from '../measure/replanned';
import { runChanged } from '../measure/whole';
import { keptFor } from './kept';

export const whatIf: Job<'whatIf'> = async (request, context) => {
  const made = quantizedHere(request.run.made, 'there is no recipe that could be changed');
  const { graph, stats } = made;
  const recipe = changed(made.recipe, request.change);
  if (isSettledByStep(made))
    throw new IntactError(
      'usage',
      'A step of this recipe (a training or a rounding) settled how the graph rounds: a change takes a run of its own. Try changes on the run that it started from.',
    );
  if (needsCalibration(recipe) && !stats)
    throw new IntactError(
      'usage',
      'The activations of this run stay float, so it has no ranges for integers. Quantize with an int8 or int16 scheme, and try changes there.',
    );
  const kept = await keptFor(request, made, context);
  const started = performance.now();
  // Statistics are of the layers as they were: a range that is given takes its place.
  const ranges: Stats | undefined =
    stats && request.change.ranges
      ? rangesOf(graph, { ...recipe, ranges: request.change.ranges }, [stats])
      : stats;
  const next = replanned(graph, recipe, ranges, kept.constants);
  const then = outcomes(kept.answers);
  const part = await runChanged(
    next,
    kept.whole,
    await context.backend(),
    context,
    (at, answer) => {
      then.add(at, answer);
    },
  );
  return {
    now: kept.now,
    then: then.outcome(),
    float: kept.float,
    measured: { count: kept.answers.count, sentence: kept.answers.sentence },
    of: kept.of,
    nodes: { run: part.graph.nodes.length, of: next.nodes.length },
    change: request.change,
    ms: performance.now() - started,
  };
};
