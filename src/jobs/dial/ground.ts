/** What a dial stands on: the run's graph and mixtures of it, the samples that choose, the float model's answers. */
import { primaryIndex, scoringOf, type Scoring } from '../../analysis/score';
import type { Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import { mixturesOf, type Mixtures } from '../../quant/mixed';
import type { Plan, Stats } from '../../quant/types';
import type { Dial } from '../../run/dial';
import type { RunUpdate } from '../../run/types';
import { samplesOfMade } from '../data/samplesOfMade';
import type { JobContext } from '../job';
import { needsOf } from '../needs';
import { runnable } from '../prepared';
import { withInputShapes } from '../resized';
import type { DialRequest } from '../types';

export interface Ground {
  /** The float graph that is converted. */
  readonly graph: Graph;
  /** What answers are held against: the model as it was opened. */
  readonly original: Graph;
  readonly stats: Stats;
  /** The run's own plan, where steps settled parts of it. */
  readonly settled?: Plan;
  readonly plan: Plan;
  readonly mixtures: Mixtures;
  readonly samples: Samples;
  /** Indices of the samples that choose. */
  readonly chosen: readonly number[];
  readonly on: Dial['on'];
  readonly scoring: Scoring;
  readonly backend: Backend;
  readonly context: JobContext<RunUpdate>;
}

/** Fewer selection samples than this tell too little: calibration samples join them. */
const LEAST_SELECTION = 64;
/** With those that joined. */
const JOINED = 400;

export async function groundOf(
  { model, run, samples: request }: DialRequest,
  context: JobContext<RunUpdate>,
): Promise<Ground> {
  const { recipe, plan, graph, stats } = run.made;
  if (!recipe || !plan)
    throw new IntactError(
      'usage',
      'This run is the model as it is: there is nothing to mix. Quantize it first, to int8 or int4.',
    );
  if (!stats)
    throw new IntactError(
      'usage',
      `"${recipe.name}" has no integer activations, so there are no precisions to mix. Take a run of an int8, int4 or int16 scheme.`,
    );
  const mixtures = mixturesOf(graph, recipe, stats);
  const { samples, roles } = await samplesOfMade(run.made, request, context);
  const out = new Set(recipe.leaveOut);
  const calibration: number[] = [];
  for (const index of roles.calibration)
    if (out.size === 0 || !out.has(await samples.sampleKey(index))) calibration.push(index);
  const { chosen, on } = chosenOf(roles.selection, calibration);
  if (chosen.length === 0)
    throw new IntactError(
      'bad-data',
      'There are no selection or calibration samples to choose with, and evaluation samples only report. Give more samples.',
    );
  const scorings = scoringOf(samples.targets, needsOf(graph), samples.synthetic);
  const stepped = recipe.steps.length > 0 || run.made.from !== undefined;
  return {
    ...{ graph, stats, plan, mixtures, samples, chosen, on, context },
    original: runnable(stepped ? originalOf(model.optimized, graph, samples) : graph),
    ...(stepped ? { settled: plan } : {}),
    scoring: scorings[primaryIndex(scorings)]!,
    backend: await context.backend(),
  };
}

/** A step may have changed what the outputs are; then its own graph is what float means. */
function originalOf(opened: Graph, graph: Graph, { inputShapes }: Samples): Graph {
  const original = withInputShapes(opened, inputShapes);
  const sizes = ({ outputs, values }: Graph) =>
    outputs.map((index) => values[index]!.shape.join('×')).join(' ');
  return sizes(original) === sizes(graph) ? original : graph;
}

function chosenOf(
  selection: readonly number[],
  calibration: readonly number[],
): Pick<Ground, 'chosen' | 'on'> {
  if (selection.length >= LEAST_SELECTION) return { chosen: selection, on: 'selection' };
  const joining = calibration.slice(0, Math.max(0, JOINED - selection.length));
  const on = selection.length === 0 ? 'calibration' : joining.length === 0 ? 'selection' : 'both';
  return { chosen: [...selection, ...joining], on };
}
