import { samplesOf } from '../data';
import { writeRecipeJson } from '../../quant/recipe';
import { layersCsv } from '../../report/csv';
import type { RunEntry } from '../runs';
import type { Studio } from '../studio';
import { notify, report, runJob } from './jobs';

/** File name without its extensions, safe on every system. */
export function stem(name: string): string {
  return (
    name.replace(/\.(h5|hdf5|keras|tflite|json|zip)$/i, '').replace(/[^\w.-]+/g, '-') || 'model'
  );
}

function save(parts: BlobPart, type: string, name: string) {
  const url = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export const exportName = ({ run }: RunEntry) =>
  `${stem(run.modelName)}-${run.recipe.scheme}.tflite`;

/** Bytes of the export with this border; undefined when it cannot be made (Export says why). */
export async function exportSize(
  studio: Studio,
  entry: RunEntry,
  io: 'int8' | 'float32',
): Promise<number | undefined> {
  const model = studio.model.getState().library[entry.modelKey];
  if (!model) return undefined;
  try {
    return (await studio.jobs.exportTflite(model, entry.run, io)).length;
  } catch {
    return undefined; // cancelled, or the reason that Export gives when pressed
  }
}

export async function exportTflite(studio: Studio, entry: RunEntry, io: 'int8' | 'float32') {
  const { run } = entry;
  const model = studio.model.getState().library[entry.modelKey];
  if (!model) {
    notify(studio, {
      severity: 'error',
      title: 'Not exported',
      message: `The model of this run is no longer here. Open ${run.modelName} again and quantize it once more.`,
    });
    return;
  }
  const bytes = await runJob(studio, 'Writing the .tflite', 'The .tflite was not written', () =>
    studio.jobs.exportTflite(model, run, io),
  );
  if (!bytes) return;
  save(bytes as Uint8Array<ArrayBuffer>, 'application/octet-stream', exportName(entry));
}

/** Runs the export in LiteRT on the samples on screen, which must be of the run's model. */
export async function verify(studio: Studio, entry: RunEntry) {
  const samples = samplesOf(studio.data.getState());
  const { key, model } = studio.model.getState();
  if (!samples || !model || key !== entry.modelKey) {
    notify(studio, {
      severity: 'error',
      title: 'Not verified',
      message: `This run was made from another model. Open ${entry.run.modelName} and its data again to verify it.`,
    });
    return;
  }
  const verification = await runJob(studio, 'Verifying in LiteRT', 'Not verified', (events) =>
    studio.jobs.verify(model, entry.run, samples, events),
  );
  if (!verification) return;
  studio.runs.setState(({ entries }) => ({
    entries: entries.map((old) => (old.run.id === entry.run.id ? { ...old, verification } : old)),
  }));
}

export function downloadRecipe(studio: Studio, { run }: RunEntry) {
  try {
    save(
      writeRecipeJson(run.recipe),
      'application/json',
      `${stem(run.modelName)}-${run.recipe.scheme}-recipe.json`,
    );
  } catch (thrown) {
    report(studio, 'The recipe was not written', thrown);
  }
}

export function downloadCsv(studio: Studio, { run }: RunEntry) {
  try {
    save(layersCsv(run), 'text/csv', `${stem(run.modelName)}-${run.recipe.scheme}-layers.csv`);
  } catch (thrown) {
    report(studio, 'The table was not written', thrown);
  }
}
