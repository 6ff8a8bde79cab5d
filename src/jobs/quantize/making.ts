/** recipe → statistics → plan, the recipe's steps in order, → converted graph. */
import type { Graph } from '../../model/graph';
import { convert, type Constants } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { needsCalibration } from '../../quant/recipe';
import { calibrationsOf, rangesOf } from '../../quant/layerRanges';
import { keptRounding } from '../../quant/rounded';
import { calibrateAll, collecting, refuseNoSamples, type Collecting } from '../../quant/stats';
import type { Plan, Recipe, Stats, Step } from '../../quant/types';
import type { Split } from '../../quant/repair';
import type { Figures, Made, Repaired, TrainingLog } from '../../run/types';
import { activationBytes, constantBytes, workOf } from '../measure/work';
import { prepare, runnable } from '../prepared';
import type { Report } from '../progress';
import { inOrder } from '../shards/inOrder';
import { statisticsShard } from './statistics';
import type { StepInput, StepRunners } from './step';
import { measuringSplit, type Measuring } from './measuring';
import { runStep } from './steps';

export type Carried = Pick<
  Made,
  'graph' | 'stats' | 'plan' | 'converted' | 'log' | 'repaired' | 'splits'
> & {
  readonly plan: Plan;
  /** With every step as it was carried out. */
  readonly recipe: Recipe;
  readonly fakeQuant?: Figures['fakeQuant'];
  /** Of `converted`. */
  readonly constants: Constants;
  /** What is measured is measured with these: of the outputs that there are now. */
  readonly measuring: Measuring;
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
  given: Inputs,
  runners?: Partial<StepRunners>,
): Promise<Carried> {
  const { recipe, report } = given;
  let inputs = given;
  let graph = start;
  let { stats, plan } = inputs.before ?? (await planned(graph, inputs));
  let learned = inputs.before?.learned ?? false;
  let log: TrainingLog | undefined;
  let fakeQuant: Figures['fakeQuant'];
  const steps: Step[] = [];
  const repaired: Repaired[] = [];
  const splits: Split[] = [];
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
    const before = { graph, plan };
    const changed = result.graph !== graph;
    graph = result.graph;
    log = result.log ?? log;
    steps.push(result.step ?? step);
    if (result.said) repaired.push({ kind: step.kind, sentences: result.said });
    if (result.split) {
      splits.push(result.split);
      inputs = { ...inputs, ...measuringSplit(inputs, [result.split]) };
    }
    // Of what the last step has left.
    fakeQuant = result.fakeQuant;
    learned = result.learned ?? result.plan !== undefined;
    if (result.plan) {
      plan = result.plan;
      stats = result.stats ?? stats;
    } else if (changed) {
      ({ stats, plan } = await planned(graph, inputs));
      plan = keptRounding(before, { graph, plan });
    }
  }
  if (steps.length > 0) report.steps('Converting', steps.length, steps.length);
  const constants: Constants = new Map();
  return {
    graph,
    plan,
    constants,
    recipe: steps.length > 0 ? { ...recipe, steps } : recipe,
    converted: convert(graph, plan, constants),
    measuring: inputs,
    ...(repaired.length > 0 ? { repaired } : {}),
    ...(splits.length > 0 ? { splits } : {}),
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

async function calibrated(graph: Graph, inputs: Inputs): Promise<Stats> {
  const { recipe, roles, report } = inputs;
  const count = roles.calibration.length;
  report.calibrate(`Calibrating on ${count} samples`, 0, 1);
  const into = collecting(runnable(graph), calibrationsOf(recipe));
  refuseNoSamples(count);
  // Where every number is counted, all of them would have to be sent.
  return into.every || inputs.context.share.lent() < 2
    ? calibratedHere(graph, inputs)
    : calibratedTogether(graph, inputs, into);
}

const told = (report: Report, done: number, count: number) => {
  report(`Calibrating: sample ${Math.min(done, count)} of ${count}`, done, count);
};

/** In one engine, with all its threads. */
async function calibratedHere(
  graph: Graph,
  { recipe, samples, roles, backend, context, report }: Inputs,
): Promise<Stats> {
  const chosen = roles.calibration;
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
        told(report.calibrate, done, total);
      },
    );
    return rangesOf(float.graph, recipe, all);
  } finally {
    float.dispose();
  }
}

/** The same, with the samples shared among workers. */
async function calibratedTogether(
  made: Graph,
  { recipe, samples, roles, backend, context, report }: Inputs,
  { watched, add, stats }: Collecting,
): Promise<Stats> {
  const chosen = roles.calibration;
  const graph = runnable(made);
  const setup = { graph, watched };
  const own = await statisticsShard(setup, backend);
  try {
    await inOrder(
      {
        ...{ kind: 'statistics', setup, own, count: chosen.length },
        bytes: constantBytes(graph) + activationBytes(graph),
        work: workOf(graph),
        task: async (position) => (await samples.read(chosen[position]!)).inputs,
        done(position, seen) {
          for (const one of seen) add(one, position);
          told(report.calibrate, position + 1, chosen.length);
        },
        stopped: () => false,
      },
      context,
    );
  } finally {
    own.dispose();
  }
  return rangesOf(graph, recipe, stats(chosen.length));
}
