/** What leaves the page: the .tflite, its check in LiteRT, the recipe and the table. All from the run alone. */
import type { SamplesRequest } from '../../jobs/types';
import { recipeFile } from '../../report/recipe';
import type { Border } from '../../quant/types';
import { compareRuns, labelOfRun } from '../../analysis/compareRuns';
import { layersCsv } from '../../report/csv';
import { comparisonHtml } from '../../report/html';
import { runReport } from '../../report/json';
import { samplesKey } from '../../run/keys';
import type { Run } from '../../run/types';
import { loadedKey, samplesRequest } from '../stores/data';
import { floatEntry, nowOf, type RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { notify, report, runJob } from './jobs';

/** File name without its extensions, safe on every system. */
export function stem(name: string): string {
  return (
    name
      .replace(/\.(h5|hdf5|keras|tflite|json|zip)$/i, '')
      .replace(/[^\w.-]+/g, '-')
      .replace(/(?<=.)-+$/, '') || 'model'
  );
}

/** Hands a file to the browser's downloads. */
export function save(parts: BlobPart, type: string, name: string) {
  const url = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** "net-int8" */
const leaveName = ({ made }: Run) =>
  `${stem(made.subject.name)}-${made.recipe?.scheme ?? 'float32'}`;

export const exportName = ({ run }: Pick<RunEntry, 'run'>) => `${leaveName(run)}.tflite`;

/** Bytes of the export with this border; undefined when it cannot be made (Export says why). */
export async function exportSize(
  studio: Studio,
  { run }: Pick<RunEntry, 'run'>,
  border: Border,
): Promise<number | undefined> {
  try {
    const { result } = studio.jobs.start('exportRun', { made: run.made, border });
    return (await result).length;
  } catch {
    return undefined; // cancelled, or the reason that Export gives when pressed
  }
}

export async function exportTflite(
  studio: Studio,
  { run }: Pick<RunEntry, 'run'>,
  border: Border,
): Promise<void> {
  const shown = { title: 'Writing the .tflite', failure: 'The .tflite was not written' };
  const bytes = await runJob(studio, shown, 'exportRun', { made: run.made, border });
  if (!bytes) return;
  save(bytes as Uint8Array<ArrayBuffer>, 'application/octet-stream', exportName({ run }));
}

/** The samples that a run was made on: what is loaded, or what is kept of earlier; undefined: gone. */
export function samplesOfRun(
  studio: Studio,
  run: { readonly made: Pick<Run['made'], 'samples'> },
): SamplesRequest | undefined {
  const key = samplesKey(run.made.samples);
  const data = studio.data.getState();
  const now = nowOf(studio.model.getState(), data, studio.recipe.getState());
  const loaded = loadedKey(data) !== undefined && now.samplesKeys.includes(key);
  return loaded ? samplesRequest(data) : data.known[key];
}

/** Runs the export in LiteRT on the run's own evaluation samples, found by their key. */
export async function verify(studio: Studio, { run }: Pick<RunEntry, 'run'>): Promise<void> {
  const { made } = run;
  const samples = samplesOfRun(studio, run);
  if (!samples) {
    notify(studio, {
      severity: 'error',
      title: 'Not verified',
      message: `The samples of this run (${made.samples.name}) are no longer here. Open them again, with the same choices and split, to verify it.`,
    });
    return;
  }
  const shown = { title: 'Verifying in LiteRT', failure: 'Not verified' };
  const verification = await runJob(studio, shown, 'verify', { made, samples });
  if (!verification) return;
  studio.runs.setState(({ entries }) => ({
    entries: entries.map((old) => (old.run.id === run.id ? { ...old, verification } : old)),
  }));
}

export function downloadRecipe(studio: Studio, { run }: Pick<RunEntry, 'run'>) {
  const { recipe } = run.made;
  if (!recipe) return;
  try {
    save(recipeFile(run.made, recipe), 'application/json', `${leaveName(run)}-recipe.json`);
  } catch (thrown) {
    report(studio, 'The recipe was not written', thrown);
  }
}

/** A run's report with what verified it: as JSON, or as one HTML file with float beside it. */
export function downloadReport(
  studio: Studio,
  { run, state, verification }: RunEntry,
  kind: 'json' | 'html',
) {
  try {
    const name = `${leaveName(run)}-report.${kind}`;
    if (kind === 'json') {
      save(runReport(run, verification ? { verification } : {}), 'application/json', name);
      return;
    }
    const float = floatEntry(studio.runs.getState().entries, run);
    const beside = float && float.run.id !== run.id ? [float] : [];
    const comparison = compareRuns(
      [...beside, { run, state }].map((one) => ({
        run: one.run,
        state: one.state,
        label: labelOfRun(one.run),
      })),
    );
    const verifications = verification ? { [run.id]: verification } : {};
    save(comparisonHtml(comparison, { verifications }), 'text/html', name);
  } catch (thrown) {
    report(studio, 'The report was not written', thrown);
  }
}

export function downloadCsv(studio: Studio, { run }: Pick<RunEntry, 'run'>) {
  try {
    save(layersCsv(run), 'text/csv', `${leaveName(run)}-layers.csv`);
  } catch (thrown) {
    report(studio, 'The table was not written', thrown);
  }
}
