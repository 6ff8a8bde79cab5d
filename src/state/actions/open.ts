import { suggestPreprocessing } from '../../data/preprocess';
import type { Dataset } from '../../data/types';
import type { ModelFile } from '../../formats/format';
import type { OpenedModel } from '../../jobs/types';
import { IntactError } from '../../model/error';
import { defaultCounts, syntheticCount } from '../data';
import { filesKey } from '../keys';
import { inputShape } from '../model';
import { route } from '../route';
import type { Studio } from '../studio';
import { notify, report, runJob, cancel } from './jobs';

/** A browser tab's honest limit for one drop; larger ones end in a sentence instead of a crash. */
const dropLimit = 2 ** 31;

async function readFiles(files: readonly File[]): Promise<ModelFile[]> {
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total > dropLimit) {
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

/** Path within a dropped or chosen folder; the name otherwise. */
export function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

export async function openModel(studio: Studio, files: readonly File[]): Promise<boolean> {
  if (files.length === 0) return false;
  if (studio.job.getState().running?.title.startsWith('Quantizing')) cancel(studio);
  const opened = await runJob(
    studio,
    'Opening the model',
    'The model was not opened',
    async (events) => {
      const read = await readFiles(files);
      const key = await filesKey(read);
      const model = await studio.jobs.openModel(read, events);
      return { key, model };
    },
  );
  if (!opened) return false;
  const before = inputShape(studio.model.getState().model);
  const { key, model } = opened;
  if (studio.model.getState().key !== key) {
    studio.view.setState({ layer: undefined });
    studio.recipe.setState({ overrides: {} });
    studio.runs.setState(({ entries, selected }) => ({
      selected: entries.findLast((entry) => entry.modelKey === key)?.run.id ?? undefined,
      ...(entries.some((entry) => entry.run.id === selected && entry.modelKey === key)
        ? { selected }
        : {}),
    }));
  }
  studio.model.setState(({ library }) => ({
    key,
    model,
    evaluation: undefined,
    library: { ...library, [key]: model },
  }));
  await fitData(studio, before);
  return true;
}

/** Back to the empty page; the runs stay, and show again when the model is opened again. */
export function closeModel(studio: Studio) {
  studio.model.setState({ key: undefined, model: undefined, evaluation: undefined });
  studio.runs.setState({ selected: undefined });
  studio.view.setState({ layer: undefined });
  studio.recipe.setState({ overrides: {} });
  clearData(studio);
}

/** Data that was there before the model: read for the new input shape, or dropped if synthetic. */
async function fitData(studio: Studio, before: readonly number[]) {
  const { files, dataset } = studio.data.getState();
  const sameShape = before.join() === inputShape(studio.model.getState().model).join();
  if (dataset && sameShape) return;
  if (files.length > 0) await openData(studio, files);
  else if (dataset?.synthetic) clearData(studio);
  else if (dataset) await refitPreprocessing(studio);
}

async function refitPreprocessing(studio: Studio) {
  const { dataset } = studio.data.getState();
  const { model } = studio.model.getState();
  if (!dataset || !model) return;
  const chosen = await chosenFor(studio, model, dataset);
  if (chosen) studio.data.setState(chosen);
}

function chosenFor(studio: Studio, model: OpenedModel, dataset: Dataset) {
  return runJob(
    studio,
    'Finding the value range',
    'The value range was not found',
    async (events) => {
      const { preprocessing, tried, samples } = await studio.jobs.choosePreprocessing(
        model,
        dataset,
        events,
      );
      return { preprocessing, tried, triedOn: samples };
    },
  );
}

export async function openData(studio: Studio, files: readonly File[]): Promise<boolean> {
  if (files.length === 0) return false;
  const read = await runJob(studio, 'Reading the data', 'The data was not read', async (events) => {
    const { model } = studio.model.getState();
    if (!model) return { waiting: true as const };
    const bytes = await readFiles(files);
    const key = await filesKey(bytes);
    const dataset = await studio.jobs.readData(bytes, inputShape(model), events);
    const chosen = await studio.jobs.choosePreprocessing(model, dataset, events);
    return { waiting: false as const, key, dataset, model, chosen };
  });
  if (!read) return false;
  if (read.waiting) {
    studio.data.setState({ files, dataset: undefined, key: undefined, preprocessing: undefined });
    return true;
  }
  const { key, dataset, model, chosen } = read;
  studio.data.setState({
    key,
    dataset,
    files,
    preprocessing: chosen.preprocessing,
    tried: chosen.tried,
    triedOn: chosen.samples,
    ...defaultCounts(dataset, model),
  });
  return true;
}

/** Makes the synthetic set that stands in where there is no data. */
export async function useSyntheticData(studio: Studio): Promise<boolean> {
  const { model } = studio.model.getState();
  if (!model) return false;
  const shape = inputShape(model);
  const { seed } = studio.data.getState();
  const dataset = await runJob(studio, 'Making synthetic samples', 'No samples were made', () =>
    studio.jobs.syntheticData(shape, syntheticCount, seed),
  );
  if (!dataset) return false;
  studio.data.setState({
    key: `synthetic ${shape.join('×')} ${syntheticCount} seed ${seed}`,
    dataset,
    files: [],
    preprocessing: suggestPreprocessing(dataset, shape),
    tried: [],
    ...defaultCounts(dataset, model),
  });
  return true;
}

export function clearData(studio: Studio) {
  studio.data.setState({
    key: undefined,
    dataset: undefined,
    preprocessing: undefined,
    tried: [],
    files: [],
  });
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
