/** Starts trainings: the recipe chosen in the panel, the control after it, or one that was broken off. */
import { notify } from './jobs';
import { carryOut, dismissInterrupted } from './quantize';
import {
  discardBrokenOff,
  keptCheckpoint,
  startingRun,
  takenUpElsewhere,
  trainingRecipe,
} from './training';
import { settingsProblem } from '../stores/recipe';
import { rateProblem } from '../stores/training';
import type { Studio } from '../studio';

/** Trains, and then the control where the settings ask for it. */
export async function train(studio: Studio): Promise<void> {
  const { learningRate } = studio.training.getState().settings;
  const problem = settingsProblem(studio.recipe.getState()) ?? rateProblem(learningRate);
  if (problem) {
    notify(studio, { severity: 'error', title: 'Not trained', message: problem });
    return;
  }
  const from = startingRun(studio);
  const { control } = studio.training.getState().settings;
  const recipes = [
    trainingRecipe(studio, false),
    ...(control ? [trainingRecipe(studio, true)] : []),
  ];
  await discardBrokenOff(studio);
  for (const [position, recipe] of recipes.entries()) {
    const run = await carryOut(studio, recipe, { select: position === 0, ...(from && { from }) });
    if (!run) return;
  }
}

/** Takes up the training that was broken off; `keepAsIs`: only to make a run of what it had. */
export async function goOn(studio: Studio, keepAsIs = false): Promise<void> {
  const { brokenOff } = studio.training.getState();
  if (brokenOff && (await takenUpElsewhere(studio, brokenOff))) return;
  const kept = await keptCheckpoint(studio);
  if (!kept) {
    await discardBrokenOff(studio);
    notify(studio, {
      severity: 'error',
      title: 'Training cannot go on',
      message:
        'Its checkpoint is no longer stored: another tab has finished it or given it up, or the browser made room. Train again from the start.',
    });
    return;
  }
  const { entries } = studio.runs.getState();
  const from = entries.find(({ run }) => run.id === kept.from)?.run;
  if (kept.from !== undefined && !from) {
    notify(studio, {
      severity: 'error',
      title: 'Training cannot go on',
      message: 'The run that it started from was deleted. Train again from the start.',
    });
    return;
  }
  dismissInterrupted(studio);
  await carryOut(studio, kept.recipe, {
    ...{ resume: kept.checkpoint, keepAsIs },
    ...(from && { from }),
  });
}
