/** Training: started on the panel's recipe, watched, held, taken up again after a break. */
import type { TrainingUpdate } from '../../jobs/train/types';
import type { Graph } from '../../model/graph';
import type { Recipe, TrainStep } from '../../quant/types';
import { canonical, recipeKey } from '../../run/keys';
import type { Run } from '../../run/types';
import { brokenOffOf, openCheckpoints, type Checkpoints } from '../storage/checkpoints';
import {
  hearOfTrainings,
  holdTraining,
  isHeld,
  tellOfTraining,
  unheld,
} from '../storage/trainingLock';
import { loadedKey } from '../stores/data';
import { recipeOf } from '../stores/recipe';
import type { ModelState } from '../stores/model';
import { isAsItIs, selectedEntry, type RunEntry } from '../stores/runs';
import type { BrokenOff, KeptCheckpoint, TrainingSettings } from '../stores/training';
import type { Studio } from '../studio';
import { cancel, notify, stop } from './jobs';

/** Points that a chart can show. */
const MOST_POINTS = 1000;
/** Pixels by which images are moved, where the user allows it. */
const SHIFT = 2;

/** The recipe of the panel with a training at its end. */
export function trainingRecipe(studio: Studio, control: boolean): Recipe {
  const { settings } = studio.training.getState();
  const { model } = studio.model.getState();
  const plain = recipeOf(studio.recipe.getState());
  const step: TrainStep = {
    kind: 'train',
    seed: settings.seed,
    options: optionsOf(settings, model?.optimized),
    ...(settings.samples === undefined ? {} : { samples: settings.samples }),
    ...(control ? { control: true } : {}),
  };
  return {
    ...plain,
    name: control ? `${plain.name}, float trained (control)` : `${plain.name}, trained`,
    steps: [...plain.steps, step],
  };
}

/** @param graph of the open model: layers of one that was open before are no longer frozen */
function optionsOf(settings: TrainingSettings, graph?: Graph): TrainStep['options'] {
  const { epochs, batch, microBatch, learningRate, loss, optimizer, ranges } = settings;
  const { augment, mirror } = settings;
  const frozen = settings.frozen.filter((name) => graph?.nodes.some((node) => node.name === name));
  return {
    ...(epochs !== undefined && { epochs }),
    ...(batch !== undefined && { batch }),
    ...(microBatch !== undefined && { microBatch }),
    ...(learningRate !== undefined && { learningRate }),
    ...(loss && { loss }),
    ...(optimizer && { optimizer }),
    ...(ranges && { ranges }),
    ...((augment || mirror) && { augment: { shift: augment ? SHIFT : 0, flip: mirror } }),
    ...(frozen.length > 0 && { frozenNodes: frozen }),
  };
}

/** The run of the open model that a training starts from, where the user chose the selected one. */
export function startingRun(studio: Studio): Run | undefined {
  const entry = selectedEntry(studio.runs.getState());
  const { fromSelected } = studio.training.getState().settings;
  return fromSelected && entry && canStart(studio.model.getState(), entry) ? entry.run : undefined;
}

/** Whether a training can start from this run: one of the open model, with a plan. */
export const canStart = ({ model }: ModelState, entry: RunEntry): boolean =>
  !isAsItIs(entry) && entry.run.made.subject.key === model?.key;

export function hold(studio: Studio, paused: boolean) {
  const { live } = studio.training.getState();
  if (!live) return;
  const handle = studio.handles.get(live.job);
  if (paused) handle?.pause?.();
  else handle?.resume?.();
  studio.training.setState({ live: { ...live, paused } });
}

export function stopAndKeep(studio: Studio) {
  const { live } = studio.training.getState();
  if (!live) return;
  stop(studio, live.job);
  studio.training.setState({ live: { ...live, stopping: true, paused: false } });
}

/** Ends it at once. Its last checkpoint stays, and the page offers to go on from it. */
export function cancelTraining(studio: Studio) {
  const { live } = studio.training.getState();
  if (live) cancel(studio, live.job);
}

export interface Watching {
  /** Of the running job; known once it has begun. */
  readonly job: () => number | undefined;
  readonly modelKey: string;
  readonly recipe: Recipe;
  readonly from?: string;
}

const keyOf = ({ modelKey, recipe, from }: Watching, samplesKey: string): string =>
  canonical([modelKey, recipeKey(recipe), samplesKey, from ?? '']);

/** Takes in what a training says; `done` when its run is there, `broken` when it was not finished. */
export function watchTraining(studio: Studio, watching: Watching) {
  const samplesKey = loadedKey(studio.data.getState()) ?? '';
  const key = keyOf(watching, samplesKey);
  const release = holdTraining(key);
  // One that goes on can be broken off again before its next checkpoint.
  let last = studio.training.getState().brokenOff;
  let unwritten: KeptCheckpoint | undefined;
  const keep = (kept: KeptCheckpoint) => {
    last = brokenOffOf(kept);
    memory.set(studio, kept);
    // Epochs may be shorter than a write: while one is under way, only the newest waits.
    const waits = unwritten !== undefined;
    unwritten = kept;
    if (waits) return;
    void inTurn(async () => {
      const newest = unwritten!;
      unwritten = undefined;
      try {
        await (await checkpoints()).put(newest);
      } catch {
        notify(studio, {
          severity: 'info',
          title: 'Checkpoint not stored',
          message:
            'This browser has no room for checkpoints or refuses to store them. Training goes on, and its last checkpoint is kept as long as the page is open; delete runs to make room.',
        });
      }
    });
  };
  return {
    hear(update: TrainingUpdate) {
      const { live } = studio.training.getState();
      if (update.kind === 'checkpoint') {
        const { modelKey, recipe, from } = watching;
        const { step, steps } = update;
        keep({
          ...{ key, modelKey, samplesKey, recipe, step, steps, at: Date.now() },
          ...(from !== undefined && { from }),
          checkpoint: update,
        });
        if (live) studio.training.setState({ live: { ...live, kept: step } });
        return;
      }
      const points = [...(live?.points ?? []), ...update.points];
      studio.training.setState({
        brokenOff: undefined,
        live: {
          paused: false,
          stopping: false,
          ...live,
          job: watching.job() ?? -1,
          name: watching.recipe.name,
          status: update,
          points: points.length > MOST_POINTS ? points.filter((_, at) => at % 2 === 1) : points,
        },
      });
    },
    async done() {
      release();
      studio.training.setState({ live: undefined, brokenOff: undefined });
      memory.delete(studio);
      await forget(key);
    },
    /** Its last checkpoint is offered; without one there is nothing to go on from. */
    broken(ended: 'cancelled' | 'failed') {
      release();
      // A failure has said why.
      if (!last && ended === 'cancelled')
        notify(studio, {
          severity: 'info',
          title: 'Training cancelled',
          message:
            'It ended before its first checkpoint, so that nothing of it is kept. Model, data, settings and all other runs are as they were.',
        });
      studio.training.setState({
        live: undefined,
        ...(last && { brokenOff: { ...last, ended } }),
      });
    },
  };
}

/** The last checkpoint of this page's own training, for browsers that store none. */
const memory = new WeakMap<Studio, KeptCheckpoint>();
let opened: Promise<Checkpoints> | undefined;
const checkpoints = () => (opened ??= openCheckpoints());

let before: Promise<void> = Promise.resolve();

/** One after the other: what is given up must not come back by a write that was under way. */
function inTurn(work: () => Promise<void>): Promise<void> {
  before = before.then(work);
  return before;
}

function forget(key: string): Promise<void> {
  return inTurn(async () => {
    try {
      await (await checkpoints()).remove(key);
      tellOfTraining(key);
    } catch {
      // Nothing is stored, so that nothing is to be removed.
    }
  });
}

/** Looks for a training that a reload or a crash broke off, and offers it. */
export async function findBrokenOff(studio: Studio): Promise<void> {
  try {
    const found = await (await checkpoints()).newest();
    if (!found) return;
    // Another tab may be training it: then it is offered only if that tab ends without finishing it.
    await unheld(found.key);
    const kept = await (await checkpoints()).newest(found.key);
    const { live, brokenOff } = studio.training.getState();
    if (kept && !live && !brokenOff) studio.training.setState({ brokenOff: brokenOffOf(kept) });
  } catch {
    // Without a storage there is nothing to go on with.
  }
}

/** An offer goes once another tab takes it up or gives it up, and comes back if that tab ends without finishing it. */
export function followOtherTabs(studio: Studio): void {
  hearOfTrainings((key) => {
    const { live, brokenOff } = studio.training.getState();
    if (live || brokenOff?.key !== key) return;
    studio.training.setState({ brokenOff: undefined });
    memory.delete(studio);
    void findBrokenOff(studio);
  });
}

/** What `goOn` hands to the job; undefined where it is no longer there. */
export async function keptCheckpoint(studio: Studio): Promise<KeptCheckpoint | undefined> {
  const { brokenOff } = studio.training.getState();
  if (!brokenOff) return undefined;
  const own = memory.get(studio);
  if (own?.key === brokenOff.key) return own;
  try {
    return await (await checkpoints()).newest(brokenOff.key);
  } catch {
    return undefined;
  }
}

/** Whether another tab has taken up what is offered here; the offer is then that tab's to finish. */
export async function takenUpElsewhere(studio: Studio, { key }: BrokenOff): Promise<boolean> {
  if (!(await isHeld(key))) return false;
  studio.training.setState({ brokenOff: undefined });
  notify(studio, {
    severity: 'info',
    title: 'Another tab trains it already',
    message:
      'This training goes on in another tab. It is offered here again if that tab is closed before it is done.',
  });
  void findBrokenOff(studio);
  return true;
}

/** The offer stands until its checkpoints are gone: a reload in between would make it again. */
export async function discardBrokenOff(studio: Studio): Promise<void> {
  const { brokenOff } = studio.training.getState();
  memory.delete(studio);
  if (!brokenOff) return;
  // Another tab may have taken it up since: then the checkpoints are that tab's.
  if (!(await isHeld(brokenOff.key))) await forget(brokenOff.key);
  studio.training.setState({ brokenOff: undefined });
}
