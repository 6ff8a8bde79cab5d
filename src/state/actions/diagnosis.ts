/** Examining a run's calibration, leaving a sample out of it, and sparing each layer in turn. */
import { changed, type RecipeChange } from '../../quant/change';
import type { Doctor, Suspect } from '../../run/doctor';
import type { Gain } from '../../run/findings';
import type { Outcome } from '../../run/outcome';
import type { Run } from '../../run/types';
import type { RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { growing } from './grown';
import { notify, runJob } from './jobs';
import { samplesOfRun } from './leave';
import { carryOut } from './quantize';

type Of = Pick<RunEntry, 'run'>;

/** The samples of the run; a notice where they are gone. */
function samplesFor(studio: Studio, run: Run, title: string) {
  const samples = samplesOfRun(studio, run);
  if (!samples)
    notify(studio, {
      ...{ severity: 'error', title },
      message: `The samples of this run (“${run.made.samples.name}”) are not there any more. Open them again.`,
    });
  return samples;
}

export async function examineCalibration(studio: Studio, { run }: Of): Promise<void> {
  const title = 'Calibration not examined';
  const samples = samplesFor(studio, run, title);
  if (!samples) return;
  const shown = { title: 'Examining calibration', failure: title };
  const { id, made } = run;
  const found = await runJob(studio, shown, 'doctor', { run: { id, made }, samples });
  if (found)
    studio.diagnosis.setState(({ doctors }) => ({ doctors: { ...doctors, [run.id]: found } }));
}

/** Of the score where it has a unit of its own, else of the first output's SQNR. */
export function gainOf(before: Outcome | undefined, after: Outcome | undefined): Gain | undefined {
  if (!before || !after) return undefined;
  const { score } = after;
  const gain =
    score.kind === 'likeness'
      ? ({ unit: 'dB', value: after.outputs[0]!.sqnr - before.outputs[0]!.sqnr } as const)
      : {
          unit: score.unit,
          value: (score.better === 'lower' ? -1 : 1) * (score.value - before.score.value),
        };
  return Number.isFinite(gain.value) ? gain : undefined;
}

/** A run without these samples in calibration; its measured gain stands beside the predicted one. */
export function leaveSamplesOut(
  studio: Studio,
  { run }: Of,
  found: Doctor,
  suspects: readonly Suspect[],
): Promise<Run | undefined> {
  const keys = suspects.map(({ key }) => key);
  const [first] = suspects;
  const several = suspects.length > 1;
  return makeRun(
    studio,
    run,
    { leaveOut: several ? (found.together?.keys ?? keys) : keys },
    {
      finding: 'calibration-doctor',
      fix: 'leave-out',
      label: several
        ? `Leave out ${found.together?.keys.length ?? keys.length} samples`
        : `Leave out ${first?.name ?? 'a sample'}`,
      after: several ? found.together?.outcome : first?.outcome,
      before: found.all,
    },
  );
}

interface Because {
  readonly finding: string;
  readonly fix: string;
  readonly label: string;
  readonly before?: Outcome | undefined;
  readonly after?: Outcome | undefined;
}

/** A run of the recipe with this change, on the samples of the run that it came from. */
export async function makeRun(
  studio: Studio,
  run: Run,
  change: RecipeChange,
  { finding, fix, label, before, after }: Because,
): Promise<Run | undefined> {
  const samples = samplesFor(studio, run, 'Not quantized');
  const { recipe, subject } = run.made;
  if (!samples || !recipe) return undefined;
  if (studio.model.getState().model?.key !== subject.key) {
    notify(studio, {
      ...{ severity: 'error', title: 'Not quantized' },
      message: `The model of this run (${subject.name}) is not open. Open it again.`,
    });
    return undefined;
  }
  const predicted = gainOf(before, after);
  return carryOut(studio, changed(recipe, change), {
    samples,
    repair: { ...{ from: run.id, finding, fix, label }, ...(predicted ? { predicted } : {}) },
  });
}

/** All but one layer quantized, for each. Stopped, the run has those that are done; cancelled, it stays what it was. */
export async function spareLayers(studio: Studio, { run }: Of): Promise<void> {
  const title = 'Layers not spared';
  const samples = samplesFor(studio, run, title);
  if (!samples) return;
  const shown = { title: 'Sparing each layer in turn', failure: title, stoppable: true };
  const show = growing(studio, run);
  const finished = await runJob(
    studio,
    shown,
    'spare',
    { run, samples },
    (update) => void show(update, 'growing'),
  );
  show(finished ?? run, 'finished');
}
