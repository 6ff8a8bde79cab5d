/**
 * Sparing, beside quantizing alone: the whole model quantized but for one layer, for each; and the whole
 * model with weights alone, or activations alone, quantized. On evaluation samples, of which it reports.
 */
import { scoringOf } from '../../analysis/score';
import { IntactError } from '../../model/error';
import { convert, type Constants } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { withOverrides } from '../../quant/recipe';
import type { Figures } from '../../run/types';
import type { Outcome } from '../../run/outcome';
import { samplesOfMade } from '../data/samplesOfMade';
import type { Job } from '../job';
import { growing } from '../measure/growing';
import { isMeasurable } from '../measure/isolated';
import { steppedPlan } from '../measure/madeOf';
import { answersThatFit, keptAnswers, outcomeOf, outcomes } from '../measure/outcome';
import { quantizedHere, type QuantizedMade } from '../measure/replanned';
import { keptWhole, runChanged, wholeThatFits } from '../measure/whole';
import { affordable, workOf } from '../measure/work';
import { needsOf } from '../needs';
import { runnable } from '../prepared';
import { phases } from '../progress';
import { activationsOnly, weightsOnly } from './parts';

/** Multiply-accumulates that all layers together may take, and samples of each. */
const WORK = 2.7e11;
const SAMPLES = { least: 8, most: 256 } as const;

/** Stopped, it resolves with the layers that are done. */
export const spare: Job<'spare'> = async ({ run: start, samples: request, count }, context) => {
  const made = quantizedHere(start.made, 'there is no quantized layer that could be spared');
  const run = growing({ ...start, pending: [] }, context.events);
  try {
    await everySpared(made, { start, request, count, run }, context);
  } catch (thrown) {
    const stopped = thrown instanceof IntactError && thrown.code === 'cancelled';
    if (!stopped || !context.stop.stopped) throw thrown;
  }
  return { ...run.run, pending: [] };
};

type Args = Parameters<typeof spare>[0];
interface Asked {
  readonly start: Args['run'];
  readonly request: Args['samples'];
  readonly count: Args['count'];
  readonly run: ReturnType<typeof growing>;
}

async function everySpared(
  made: QuantizedMade,
  { start, request, count, run }: Asked,
  context: Parameters<typeof spare>[1],
): Promise<void> {
  const { graph, plan } = made;
  const { samples, roles } = await samplesOfMade(start.made, request, context);
  const backend = await context.backend();
  const layers = start.made.layers.filter(isMeasurable).map(({ id }) => id);
  const converted = runnable(start.made.converted);
  const fits = Math.min(answersThatFit(graph), wholeThatFits(converted));
  const paid = affordable(WORK, workOf(graph) * Math.max(1, layers.length / 2), SAMPLES);
  const wanted = count === 'all' ? Infinity : (count ?? paid);
  const chosen = roles.evaluation.slice(0, Math.min(fits, wanted));
  const report = phases(context.events, { keep: 2, parts: 1, layers: 8 });
  const kept = await keptAnswers({
    ...{ float: runnable(graph), samples, backend, context },
    scorings: scoringOf(samples.targets, needsOf(graph), samples.synthetic),
    choosing: { indices: chosen, sentence: `the first ${chosen.length} evaluation samples` },
    report: (done, total) => {
      report.keep(`Float answers: sample ${done} of ${total}`, done, 2 * total);
    },
  });
  const whole = await keptWhole(converted, kept.samples, backend, context, (done, total) => {
    report.keep(`Keeping the model’s numbers: sample ${done} of ${total}`, total + done, 2 * total);
  });
  const now = outcomes(kept);
  kept.samples.forEach((_, at) => {
    now.add(at, whole.outputs[at]!);
  });
  const all = now.outcome();

  const parts: [keyof Parts, Outcome][] = [];
  const each = {
    weightsOnly: weightsOnly(graph, plan),
    activationsOnly: activationsOnly(graph, plan),
  };
  for (const [part, one] of Object.entries(each) as [keyof Parts, typeof graph | undefined][]) {
    report.parts('The whole model with weights or activations alone quantized', parts.length, 2);
    if (one) parts.push([part, await outcomeOf(one, kept, backend, context)]);
  }
  run.set({ parts: { whole: all, samples: kept.count, ...Object.fromEntries(parts) } });
  run.publish('now');

  const constants: Constants = new Map();
  for (const [position, layer] of layers.entries()) {
    report.layers(
      `All but layer ${position + 1} of ${layers.length}, on ${kept.count} samples: ${layer}`,
      position,
      layers.length,
    );
    const gathered = outcomes(kept);
    const spared = runnable(sparing(made, layer, constants));
    await runChanged(spared, whole, backend, context, (at, answer) => {
      gathered.add(at, answer);
    });
    const { score } = gathered.outcome();
    run.setLayers(new Map([[layer, { spared: gained(score.value, all.score.value) }]]));
    run.set({ counts: { ...run.run.figures.counts, spared: kept.count } });
    run.publish('soon');
  }
}
type Parts = Pick<NonNullable<Figures['parts']>, 'weightsOnly' | 'activationsOnly'>;

/** Nothing where both are exact. */
const gained = (spared: number, all: number): number => (spared === all ? 0 : spared - all);

/** The run with this layer in float; where steps settled how it rounds, as they did. */
function sparing(made: QuantizedMade, layer: string, constants: Constants) {
  const { graph, recipe, plan, stats } = made;
  const own = planOf(graph, withOverrides(recipe, { [layer]: 'float' }), stats);
  return convert(graph, recipe.steps.length === 0 ? own : steppedPlan(own, plan), constants);
}
