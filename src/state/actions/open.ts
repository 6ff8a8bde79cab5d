/** Opening and closing a model, and drops, in which each file goes where it belongs. */
import type { ModelFile } from '../../formats/format';
import type { OpenedModel } from '../../jobs/types';
import { IntactError } from '../../model/error';
import { isQuantizing } from './quantizing';
import { pathOf, route } from '../route';
import { isSessionFile } from '../session/open';
import type { Studio } from '../studio';
import { clearData, fitData, openData } from './data';
import { cancel, inTurn, notify, report, runHere, runJob } from './jobs';
import { openSessionFile } from './session';

/** A browser tab's honest limit for one model; larger ones end in a sentence instead of a crash. */
const modelLimit = 2 ** 31;

async function readFiles(files: readonly File[]): Promise<ModelFile[]> {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total > modelLimit) {
    throw new IntactError(
      'limit',
      `These files hold ${(total / 1e9).toFixed(1)} GB, more than a browser tab can take (2.1 GB). Choose fewer files.`,
    );
  }
  return Promise.all(
    files.map(async (file) => ({
      path: pathOf(file),
      bytes: new Uint8Array(await file.arrayBuffer()),
    })),
  );
}

const shown = { title: 'Opening the model', failure: 'The model was not opened' };

/** A model, or a saved session. false: it was not opened, and a notice says why. A run that is being made is cancelled first. */
export async function openModel(studio: Studio, files: readonly File[]): Promise<boolean> {
  const [first] = files;
  if (!first) return false;
  if (files.length === 1 && (await isSessionFile(first))) return openSessionFile(studio, first);
  for (const { id } of studio.job.getState().running.filter(isQuantizing)) cancel(studio, id);
  const opened = await inTurn(studio, async () => {
    const read = await runHere(studio, shown, () => readFiles(files));
    const model = read && (await runJob(studio, shown, 'openModel', { files: read }));
    if (!model) return false;
    await show(studio, model);
    return true;
  });
  return opened ?? false;
}

/** Reads another of the models that the open file holds; false: it was not read, and a notice says why. */
export async function chooseSignature(studio: Studio, signature: string): Promise<boolean> {
  const { model } = studio.model.getState();
  if (!model?.signatures || model.signatures.read === signature) return false;
  const { files } = model.signatures;
  for (const { id } of studio.job.getState().running.filter(isQuantizing)) cancel(studio, id);
  const opened = await inTurn(studio, async () => {
    const other = await runJob(studio, shown, 'openModel', { files, signature });
    if (!other) return false;
    await show(studio, other);
    return true;
  });
  return opened ?? false;
}

/** Opens the model of a run again, from what is here; false: it is gone. */
export async function reopenModel(studio: Studio, key: string): Promise<boolean> {
  const model = studio.model.getState().library[key];
  if (!model) {
    notify(studio, {
      severity: 'error',
      title: 'The model is not here',
      message: 'The model of this run is no longer here. Open its file again.',
    });
    return false;
  }
  await inTurn(studio, () => show(studio, model));
  return true;
}

/** Puts a model on the page, the newest of its runs selected, and reads the data for it. */
async function show(studio: Studio, model: OpenedModel) {
  const { key } = model;
  if (studio.model.getState().model?.key !== key) {
    studio.view.setState({ layer: undefined });
    studio.recipe.setState({ overrides: {} });
    studio.runs.setState(({ entries, selected }) => {
      const own = entries.filter(({ run }) => run.made.subject.key === key);
      const kept = own.find(({ run }) => run.id === selected) ?? own.at(-1);
      return { selected: kept?.run.id };
    });
  }
  studio.model.setState(({ library }) => ({ model, library: { ...library, [key]: model } }));
  await fitData(studio);
}

/** Back to the empty page; the runs stay, and show again when the model is opened again. */
export function closeModel(studio: Studio) {
  studio.model.setState({ model: undefined });
  studio.runs.setState({ selected: undefined });
  studio.view.setState({ layer: undefined });
  studio.recipe.setState({ overrides: {} });
  clearData(studio);
}

/** A drop: each file goes where it belongs. */
export async function openDropped(studio: Studio, files: readonly File[]) {
  try {
    const { model, data } = await route(files);
    if (model.length + data.length === 0) {
      notify(studio, {
        severity: 'error',
        title: 'Nothing was dropped',
        message: 'The drop held no files. Drop files or a folder from your file manager.',
      });
    }
    await openModel(studio, model);
    await openData(studio, data);
  } catch (thrown) {
    report(studio, 'The drop was not read', thrown);
  }
}
