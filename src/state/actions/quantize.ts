/** Making runs: one, every scheme, or what a reload broke off. */
import type { SamplesRequest, TrainingCheckpoint } from '../../jobs/types';
import { defaultCalibration, observers } from '../../quant/observers';
import { comparedSchemes } from '../../quant/stockSchemes';
import type { Recipe, SchemeId } from '../../quant/types';
import type { Repair } from '../../run/findings';
import { samplesKey } from '../../run/keys';
import type { Run } from '../../run/types';
import { joined } from '../../run/update';
import { floatRunOf } from '../floatRun';
import { samplesRequest } from '../stores/data';
import { refusal } from '../stores/model';
import { recipeOf, schemeLabel, settingsProblem, type RecipeSettings } from '../stores/recipe';
import { floatEntry, upsert, type RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { fitData, useSyntheticData } from './data';
import { atWork, notify, runJob, sayFallenBack } from './jobs';
import { quantizingTitle, trainingTitle } from './quantizing';
import { watchTraining } from './training';

/** Makes one run with these settings on what is open; with no data, on synthetic samples. */
export async function quantize(
  studio: Studio,
  settings: RecipeSettings = studio.recipe.getState(),
  select = true,
): Promise<Run | undefined> {
  const problem = settingsProblem(settings);
  if (problem) {
    refuse(studio, problem);
    return undefined;
  }
  return carryOut(studio, recipeOf(settings), { select });
}

/** The panel's settings with each change; the first run stays selected while the others come in. */
async function inChain(studio: Studio, changes: readonly Partial<RecipeSettings>[]): Promise<void> {
  const settings = studio.recipe.getState();
  const all = changes.map((change) => ({ ...settings, ...change }));
  const problem = all.map(settingsProblem).find((one) => one !== undefined);
  if (problem !== undefined) {
    refuse(studio, problem);
    return;
  }
  await allOf(studio, all.map(recipeOf));
}

/** One run after the other, the first one selected; what a reload breaks off is offered again as a whole. */
async function allOf(studio: Studio, recipes: readonly Recipe[]): Promise<void> {
  const { model } = studio.model.getState();
  const begun = model ? recipes.map((recipe) => working(studio, model.key, recipe)) : [];
  try {
    for (const [at, recipe] of recipes.entries()) {
      const run = await carryOut(studio, recipe, { select: at === 0 });
      // Cancelled, failed, or ended early: the chain ends with it.
      if (!run || run.pending.length > 0) return;
    }
  } finally {
    for (const over of begun) over();
  }
}

/** Every scheme under the panel's settings. */
export const compareAll = (studio: Studio, order: readonly SchemeId[] = comparedSchemes) =>
  inChain(
    studio,
    order.map((scheme) => ({ scheme })),
  );

/** The panel's scheme by every calibration method with its default. */
export const compareCalibrations = (studio: Studio) =>
  inChain(
    studio,
    observers.map(({ id }) => ({ calibration: defaultCalibration(id) })),
  );

/** Makes the runs that a reload broke off, once their model is open again. */
export async function remake(studio: Studio, recipes: readonly Recipe[]): Promise<void> {
  await allOf(studio, recipes);
}

export function dismissInterrupted(studio: Studio) {
  studio.job.setState({ interrupted: undefined });
}

export interface CarryOut {
  /** Show the run as soon as there is something to see. */
  readonly select?: boolean;
  /** The run whose float graph the recipe's steps start from. */
  readonly from?: Pick<Run, 'id' | 'made'>;
  /** Default: what is loaded, or synthetic ones. */
  readonly samples?: SamplesRequest;
  /** Where the recipe's training was broken off. */
  readonly resume?: TrainingCheckpoint;
  /** Make the run of that checkpoint as it stands, without another step. */
  readonly keepAsIs?: boolean;
  /** The fix of a finding that the recipe came from. */
  readonly repair?: Repair;
}

/** Makes one run of any recipe, one from elsewhere too, on what is open. */
export async function carryOut(
  studio: Studio,
  recipe: Recipe,
  { select = true, from, samples: given, resume: checkpoint, keepAsIs, repair }: CarryOut = {},
): Promise<Run | undefined> {
  const { epoch } = studio.queue;
  await studio.queue.opening;
  const { model } = studio.model.getState();
  if (!model || studio.queue.epoch !== epoch) return undefined;
  const reason = refusal(model);
  if (reason) {
    refuse(studio, reason);
    return undefined;
  }
  const samples = given ?? (await samplesAtHand(studio));
  if (!samples || studio.queue.epoch !== epoch) return undefined;

  let last: Run | undefined;
  const trains = recipe.steps.some(({ kind }) => kind === 'train');
  let job: number | undefined;
  let failed = false;
  const training = trains
    ? watchTraining(studio, {
        ...{ job: () => job, modelKey: model.key, recipe },
        ...(from && { from: from.id }),
      })
    : undefined;
  const shown = {
    started: (id: number) => {
      job = id;
    },
    title: trains ? trainingTitle(recipe.name) : quantizingTitle(schemeLabel(recipe.scheme)),
    failure: trains ? 'Training stopped' : 'Quantizing stopped',
    stoppable: recipe.steps.length > 0,
    failed: () => {
      failed = true;
    },
  };
  const request = {
    ...{ model, samples, recipe, ...(from && { from }) },
    ...(checkpoint && { resume: checkpoint }),
    ...(keepAsIs && { keepAsIs }),
    ...(repair && { repair }),
    measure: { isolated: true, latency: true, sensitivity: true },
  };
  const begun = working(studio, model.key, recipe);
  const finished = await runJob(studio, shown, 'quantize', request, (update) => {
    if (update.kind !== undefined) {
      training?.hear(update);
      return;
    }
    const run = joined(update, last);
    if (!run) return;
    keep(studio, run, 'growing', samples, select && !last);
    last = run;
  });
  begun();
  if (finished) await training?.done();
  else training?.broken(failed ? 'failed' : 'cancelled');
  if (finished) {
    const run = joined(finished, last)!;
    sayFallenBack(studio, run);
    keep(studio, run, run.pending.length > 0 ? 'stopped' : 'finished', samples, select && !last);
    return run;
  }
  if (last) keep(studio, last, 'stopped', samples, false);
  return undefined;
}

const refuse = (studio: Studio, message: string, title = 'Not quantized') => {
  notify(studio, { severity: 'error', title, message });
};

/** What is loaded and read; with no data, synthetic samples. undefined: they were refused, and a notice says so. */
export async function samplesAtHand(
  studio: Studio,
  title?: string,
): Promise<SamplesRequest | undefined> {
  const { source, report } = studio.data.getState();
  if (!source) await useSyntheticData(studio);
  else if (!report) await fitData(studio);
  if (studio.data.getState().refusal)
    refuse(
      studio,
      'The samples were not read. Choose what was meant in the data check, or remove the data.',
      title,
    );
  return samplesRequest(studio.data.getState());
}

/** Enters a recipe in what a reload would offer again, once; the result takes it out. */
function working(studio: Studio, modelKey: string, recipe: Recipe): () => void {
  return atWork(
    studio,
    modelKey,
    (work) => ({
      ...work,
      recipes: work.recipes.includes(recipe) ? work.recipes : [...work.recipes, recipe],
    }),
    (work) => ({ ...work, recipes: work.recipes.filter((one) => one !== recipe) }),
  );
}

/** Puts a run among the others, and beside the first of its model and samples the float one. */
function keep(
  studio: Studio,
  run: Run,
  state: RunEntry['state'],
  samples: SamplesRequest,
  select: boolean,
) {
  studio.runs.setState(({ entries, selected }) => {
    const old = floatEntry(entries, run);
    const float = floatRunOf(run, old?.run);
    const derived = old?.state !== 'finished';
    const beside =
      float && derived
        ? upsert(entries, { run: float, pinned: false, state, stored: false })
        : entries;
    return {
      entries: upsert(beside, { run, pinned: false, state, stored: false }),
      selected: select ? run.id : selected,
    };
  });
  const key = samplesKey(run.made.samples);
  if (!studio.data.getState().known[key])
    studio.data.setState(({ known }) => ({ known: { ...known, [key]: samples } }));
}
