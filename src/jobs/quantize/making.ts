/** recipe → statistics → plan, the recipe's steps in order, → converted graph. */
import type { Graph } from '../../model/graph';
import { convert } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { needsCalibration } from '../../quant/recipe';
import { calibrationsOf, rangesOf } from '../../quant/layerRanges';
import { calibrateAll } from '../../quant/stats';
import type { Plan, Recipe, Stats, Step } from '../../quant/types';
import type { Figures, Made, TrainingLog } from '../../run/types';
import { prepare } from '../prepared';
import type { Report } from '../progress';
import type { StepInput, StepRunners } from './step';
import { runStep } from './steps';

export type Carried = Pick<Made, 'graph' | 'stats' | 'plan' | 'converted' | 'log'> & {
  readonly plan: Plan;
  /** With every step as it was carried out. */
  readonly recipe: Recipe;
  readonly fakeQuant?: Figures['fakeQuant'];
};

type Inputs = Omit<
  StepInput,
  'step' | 'graph' | 'plan' | 'stats' | 'report' | 'learned' | 'position'
> & {
  /** Plan and statistics of the run that the steps start from, where they were made by the same rules. */
  readonly before?: { readonly plan: Plan; readonly stats?: Stats; readonly learned: boolean };
  readonly report: Readonly<Record<'calibrate' | 'steps', Report>>;
};

/** @param start the float graph that the first step gets */
export async function carriedOut(
  start: Graph,
  inputs: Inputs,
  runners?: StepRunners,
): Promise<Carried> {
  const { recipe, report } = inputs;
  let graph = start;
  let { stats, plan } = inputs.before ?? (await planned(graph, inputs));
  let learned = inputs.before?.learned ?? false;
  let log: TrainingLog | undefined;
  let fakeQuant: Figures['fakeQuant'];
  const steps: Step[] = [];
  for (const [position, step] of recipe.steps.entries()) {
    const result = await runStep(
      {
        ...inputs,
        step,
        graph,
        plan,
        learned,
        position,
        ...(stats ? { stats } : {}),
        report: (label, done, total) => {
          report.steps(label, position + done / Math.max(1, total), recipe.steps.length);
        },
      },
      runners,
    );
    const changed = result.graph !== graph;
    graph = result.graph;
    log = result.log ?? log;
    steps.push(result.step ?? step);
    // Of what the last step has left.
    fakeQuant = result.fakeQuant;
    learned = result.plan !== undefined;
    if (result.plan) {
      plan = result.plan;
      stats = result.stats ?? stats;
    } else if (changed) ({ stats, plan } = await planned(graph, inputs));
  }
  return {
    graph,
    plan,
    recipe: steps.length > 0 ? { ...recipe, steps } : recipe,
    converted: convert(graph, plan),
    ...(stats ? { stats } : {}),
    ...(log ? { log } : {}),
    ...(fakeQuant ? { fakeQuant } : {}),
  };
}

async function planned(graph: Graph, inputs: Inputs): Promise<{ stats?: Stats; plan: Plan }> {
  const { recipe } = inputs;
  if (!needsCalibration(recipe)) return { plan: planOf(graph, recipe) };
  const stats = await calibrated(graph, inputs);
  return { stats, plan: planOf(graph, recipe, stats) };
}

async function calibrated(
  graph: Graph,
  { recipe, samples, roles, backend, context, report }: Inputs,
): Promise<Stats> {
  const chosen = roles.calibration;
  report.calibrate(`Calibrating on ${chosen.length} samples`, 0, 1);
  const float = await prepare(backend, graph);
  try {
    const all = await calibrateAll(
      float.graph,
      (tensors, tap) => float.executable.run(tensors, tap),
      {
        length: chosen.length,
        at: async (position) => {
          await context.share.border();
          return float.feeds(await samples.read(chosen[position]!));
        },
      },
      calibrationsOf(recipe),
      (done, total) => {
        report.calibrate(`Calibrating: sample ${Math.min(done, total)} of ${total}`, done, total);
      },
    );
    return rangesOf(float.graph, recipe, all);
  } finally {
    float.dispose();
  }
}
