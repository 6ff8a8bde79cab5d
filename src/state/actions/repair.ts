/** Fixes of findings: a change of the run's own recipe, carried out on the run's own model and samples. */
import { changed } from '../../quant/change';
import type { Finding, Fix } from '../../run/findings';
import type { Run } from '../../run/types';
import type { RunEntry } from '../stores/runs';
import { subjectKey } from '../../run/keys';
import type { Studio } from '../studio';
import { samplesOfRun } from './leave';
import { carryOut, type CarryOut } from './quantize';

/** Why a fix of this run can't be applied now, a sentence; undefined: it can. */
export function repairProblem(studio: Studio, run: Run): string | undefined {
  const { model } = studio.model.getState();
  const { subject, samples } = run.made;
  if (model?.key !== subjectKey(subject))
    return `Open ${subject.name}, which the run was made from, to apply a fix.`;
  return samplesOfRun(studio, run)
    ? undefined
    : `Open ${samples.name} again, with the same choices and split, to apply a fix: the gain is measured on the same samples.`;
}

/** Makes the run that the fix leads to. A training isn't done again: the run starts from what it made. */
export function applyFix(
  studio: Studio,
  { run }: Pick<RunEntry, 'run'>,
  finding: Finding,
  { id, label, change, predicted }: Fix,
): Promise<Run | undefined> {
  const { recipe } = run.made;
  const samples = samplesOfRun(studio, run);
  if (!recipe || !samples || repairProblem(studio, run)) return Promise.resolve(undefined);
  const trained = recipe.steps.some(({ kind }) => kind === 'train');
  const options: CarryOut = {
    samples,
    ...(trained && { from: run }),
    repair: {
      ...{ from: run.id, finding: finding.id, fix: id, label },
      ...(predicted && { predicted: { unit: predicted.unit, value: predicted.value } }),
    },
  };
  return carryOut(studio, changed(trained ? { ...recipe, steps: [] } : recipe, change), options);
}

/** Makes the run again, for what this version looks for besides. */
export function makeAgain(
  studio: Studio,
  { run }: Pick<RunEntry, 'run'>,
): Promise<Run | undefined> {
  const { recipe } = run.made;
  const samples = samplesOfRun(studio, run);
  return recipe && samples ? carryOut(studio, recipe, { samples }) : Promise.resolve(undefined);
}

/** The newest run of each fix of a finding that was applied to this run. */
export function repairsOf(
  entries: readonly RunEntry[],
  run: Run,
  finding: Finding,
): ReadonlyMap<string, RunEntry> {
  return new Map(
    entries.flatMap((entry) => {
      const { repair } = entry.run.made;
      return repair?.from === run.id && repair.finding === finding.id
        ? [[repair.fix, entry] as const]
        : [];
    }),
  );
}
