import type { Run, Samples } from '../../jobs/types';
import type { SchemeId } from '../../quant/types';
import { samplesKey, samplesOf } from '../data';
import { refusal } from '../model';
import { recipeOf, schemeLabel, schemes, type RecipeSettings } from '../recipe';
import { reuse } from '../reuse';
import { upsert, type RunEntry } from '../runs';
import type { Studio } from '../studio';
import { notify, report, runJob } from './jobs';
import { useSyntheticData } from './open';

/** Makes one run with these settings on what is open; with no data, on synthetic samples. */
export async function quantize(
  studio: Studio,
  settings: RecipeSettings = studio.recipe.getState(),
  select = true,
): Promise<Run | undefined> {
  const { model, key: modelKey } = studio.model.getState();
  if (!model || !modelKey) return undefined;
  const reason = refusal(model);
  if (reason) {
    notify(studio, { severity: 'error', title: 'Not quantized', message: reason });
    return undefined;
  }
  if (!studio.data.getState().dataset && !(await useSyntheticData(studio))) return undefined;
  let samples: Samples | undefined;
  try {
    samples = samplesOf(studio.data.getState());
  } catch (thrown) {
    report(studio, 'Not quantized', thrown);
    return undefined;
  }
  const key = samplesKey(studio.data.getState());
  if (!samples || !key) return undefined;

  let shown: string | undefined;
  let last: Run | undefined;
  const keep = (sent: Run, state: RunEntry['state']) => {
    const run = reuse(last, sent);
    last = run;
    studio.runs.setState(({ entries, selected }) => ({
      entries: upsert(entries, { run, modelKey, samplesKey: key, settings, pinned: false, state }),
      selected: shown === undefined && select ? run.id : selected,
    }));
    shown = run.id;
  };
  const title = `Quantizing: ${schemeLabel(settings.scheme)}`;
  const finished = await runJob(studio, title, 'Quantizing stopped', async (events) => {
    const { epoch } = studio.queue;
    return studio.jobs.quantize(
      {
        model,
        samples,
        recipe: recipeOf(settings),
        measure: { isolated: true, latency: true, sensitivity: true },
      },
      {
        ...events,
        partial: (run) => {
          if (studio.queue.epoch === epoch) keep(run, 'growing');
        },
      },
    );
  });
  if (finished) keep(finished, 'finished');
  else if (shown !== undefined) {
    studio.runs.setState(({ entries }) => ({
      entries: entries.map((entry) =>
        entry.run.id === shown ? { ...entry, state: 'stopped' } : entry,
      ),
    }));
  }
  return finished;
}

/** Every scheme under the panel's settings; the first stays selected while the others come in. */
export async function compareAll(studio: Studio, order?: readonly SchemeId[]): Promise<void> {
  const settings = studio.recipe.getState();
  let first = true;
  for (const scheme of order ?? schemes.map(({ id }) => id)) {
    const run = await quantize(studio, { ...settings, scheme }, first);
    if (!run) return;
    first = false;
  }
}

export function selectRun(studio: Studio, id: string) {
  studio.runs.setState({ selected: id });
}

export function deleteRun(studio: Studio, id: string) {
  studio.runs.setState(({ entries, selected }) => {
    const left = entries.filter(({ run }) => run.id !== id);
    return { entries: left, selected: selected === id ? left.at(-1)?.run.id : selected };
  });
}

export function togglePin(studio: Studio, id: string) {
  studio.runs.setState(({ entries }) => ({
    entries: entries.map((entry) =>
      entry.run.id === id ? { ...entry, pinned: !entry.pinned } : entry,
    ),
  }));
}

/** Puts a run's settings back into the recipe panel. */
export function adoptSettings(studio: Studio, entry: RunEntry) {
  studio.recipe.setState(entry.settings, true);
}
