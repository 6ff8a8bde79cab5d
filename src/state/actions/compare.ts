/** Choosing runs to compare, making the run that would separate two settings, and what leaves a comparison. */
import { mostCompared, type Comparison, type Separating } from '../../analysis/compareRuns';
import type { SampleActivations, SamplesRequest } from '../../jobs/types';
import { comparisonCsv } from '../../report/compareCsv';
import { comparisonHtml } from '../../report/html';
import { canonical, recipeKey } from '../../run/keys';
import type { Run } from '../../run/types';
import { sameGround, type RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { notify, report } from './jobs';
import { samplesOfRun, save, stem } from './leave';
import { carryOut } from './quantize';

/** The runs that are compared and still here, in the order in which they were chosen. */
export function comparedEntries(
  entries: readonly RunEntry[],
  compared: readonly string[],
): readonly RunEntry[] {
  return compared.flatMap((id) => entries.find(({ run }) => run.id === id) ?? []);
}

export function setCompared(studio: Studio, compared: readonly string[], baseline?: string) {
  studio.view.setState({ compared: compared.slice(0, mostCompared), baseline });
}

/** Takes a run into the comparison, or out of it. */
export function toggleCompared(studio: Studio, id: string) {
  const { compared } = studio.view.getState();
  const here = comparedEntries(studio.runs.getState().entries, compared).map(({ run }) => run.id);
  if (here.includes(id)) {
    studio.view.setState({ compared: here.filter((one) => one !== id) });
    return;
  }
  if (here.length >= mostCompared) {
    notify(studio, {
      severity: 'info',
      title: 'Six runs at most',
      message: 'A comparison shows up to six runs. Take one out to put another in.',
    });
    return;
  }
  studio.view.setState({ compared: [...here, id] });
}

/**
 * The run that a training or repair is held against: the one that it started from, else the same recipe
 * without steps on the same samples.
 */
export function plainTwin(entries: readonly RunEntry[], run: Run): RunEntry | undefined {
  const { recipe, from } = run.made;
  if (!recipe || recipe.steps.length === 0) return undefined;
  const started = entries.find((entry) => entry.run.id === from);
  if (started) return started;
  const plain = recipeKey({ ...recipe, steps: [] });
  return entries.find(
    ({ run: other }) =>
      other.made.recipe !== undefined &&
      other.made.recipe.steps.length === 0 &&
      recipeKey(other.made.recipe) === plain &&
      sameGround(other, run),
  );
}

/**
 * A trained run beside its plain twin, which is made where there is none. Resolves with the ids to
 * compare; undefined where the twin could not be made (a notice says why).
 */
export async function withPlainTwin(
  studio: Studio,
  run: Run,
): Promise<readonly string[] | undefined> {
  const { recipe, subject } = run.made;
  if (!recipe || recipe.steps.length === 0) return undefined;
  const twin = plainTwin(studio.runs.getState().entries, run);
  if (twin) return [twin.run.id, run.id];
  const samples = samplesOfRun(studio, run);
  if (studio.model.getState().model?.key !== subject.key || !samples) {
    notify(studio, {
      severity: 'error',
      title: 'No PTQ run to compare with',
      message: `Open ${subject.name} and ${run.made.samples.name} again, quantize with the same scheme, and compare the two.`,
    });
    return undefined;
  }
  const { scheme } = recipe;
  const name = scheme === 'custom' ? recipe.name : scheme;
  const made = await carryOut(studio, { ...recipe, name, steps: [] }, { select: false, samples });
  return made && [made.id, run.id];
}

/** The samples of a run that would separate a setting; undefined where they are gone or lie in two sets. */
export function separatingSamples(
  studio: Studio,
  { runs }: Comparison,
  { calibration, evaluation }: Separating,
): SamplesRequest | undefined {
  const [a, b] = [calibration, evaluation].map((at) => samplesOfRun(studio, runs[at]!.runs[0]!));
  if (!a || !b || calibration === evaluation) return b;
  const alike = (request: SamplesRequest) =>
    canonical([request.source.key, request.source.choices, request.roles.seed]);
  return alike(a) === alike(b)
    ? { ...b, roles: { ...b.roles, calibration: a.roles.calibration } }
    : undefined;
}

/** Makes the run that differs from the baseline in one setting alone, and compares it too. */
export async function separate(
  studio: Studio,
  comparison: Comparison,
  separating: Separating,
): Promise<void> {
  const samples = separatingSamples(studio, comparison, separating);
  if (!samples) return;
  const run = await carryOut(studio, separating.recipe, { select: false, samples });
  if (run && !studio.view.getState().compared.includes(run.id)) toggleCompared(studio, run.id);
}

const nameOf = ({ runs }: Comparison) =>
  `${stem(runs[0]?.runs[0]?.made.subject.name ?? 'runs')}-comparison`;

export function downloadComparisonHtml(studio: Studio, comparison: Comparison) {
  try {
    const verifications = Object.fromEntries(
      studio.runs
        .getState()
        .entries.flatMap(({ run, verification }) =>
          verification ? [[run.id, verification] as const] : [],
        ),
    );
    save(comparisonHtml(comparison, { verifications }), 'text/html', `${nameOf(comparison)}.html`);
  } catch (thrown) {
    report(studio, 'The report was not written', thrown);
  }
}

export function downloadComparisonCsv(
  studio: Studio,
  comparison: Comparison,
  figures?: readonly string[],
) {
  try {
    save(comparisonCsv(comparison, figures), 'text/csv', `${nameOf(comparison)}-layers.csv`);
  } catch (thrown) {
    report(studio, 'The table was not written', thrown);
  }
}

/** A chart as a file: the SVG itself, or drawn at twice its size as PNG. */
export async function downloadChart(
  studio: Studio,
  name: string,
  svg: string,
  kind: 'svg' | 'png',
) {
  try {
    if (kind === 'svg') {
      save(svg, 'image/svg+xml', `${name}.svg`);
      return;
    }
    save(await pngOf(svg), 'image/png', `${name}.png`);
  } catch (thrown) {
    report(studio, 'The chart was not saved', thrown);
  }
}

/** No browser draws canvases longer than this on a side. */
const longestSide = 16_000;

async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(2, longestSide / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The browser could not write this picture as PNG.'));
    }, 'image/png');
  });
}

/** One sample through one run; undefined where its samples are gone or it could not be run (a notice says why). */
export async function activationsOf(
  studio: Studio,
  run: Run,
  index: number,
  layer: string | undefined,
): Promise<SampleActivations | undefined> {
  const samples = samplesOfRun(studio, run);
  if (!samples) return undefined;
  const { graph, converted, samples: ref, splits } = run.made;
  try {
    return await studio.jobs.start('activations', {
      made: { graph, converted, samples: ref, ...(splits && { splits }) },
      samples,
      index,
      ...(layer === undefined ? {} : { layer }),
    }).result;
  } catch (thrown) {
    report(studio, 'The sample was not run', thrown);
    return undefined;
  }
}
