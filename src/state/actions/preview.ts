/** Samples as the network sees them, for the eye; no bar: it is quick, and drawn when it comes. */
import type { Choices, SamplePreview } from '../../data/samples';
import type { Run } from '../../run/types';
import { samplesRequest } from '../stores/data';
import type { Studio } from '../studio';
import { samplesOfRun } from './leave';

/** undefined where nothing is loaded, or it could not be read (opening it says why). */
export async function preview(
  studio: Studio,
  indices: readonly number[],
): Promise<readonly SamplePreview[] | undefined> {
  const { model } = studio.model.getState();
  const samples = samplesRequest(studio.data.getState());
  if (!model || !samples) return undefined;
  try {
    return await studio.jobs.start('preview', { model, samples, indices }).result;
  } catch {
    return undefined;
  }
}

/**
 * The first sample as it would be with another choice, the others as they stand now, so that nothing is
 * tried anew. undefined where it does not fit.
 */
export async function previewOfChoice(
  studio: Studio,
  id: string,
  value: string,
): Promise<SamplePreview | undefined> {
  const { model } = studio.model.getState();
  const data = studio.data.getState();
  const samples = samplesRequest(data);
  if (!model || !samples || !data.report) return undefined;
  const now = data.report.checks
    .filter(({ choices, value: own }) => choices.some((choice) => choice.value === own))
    .map((check) => [check.id, check.value]);
  const choices = { ...Object.fromEntries(now), ...samples.source.choices, [id]: value } as Choices;
  const asked = { ...samples, source: { ...samples.source, choices } };
  try {
    const job = studio.jobs.start('preview', { model, samples: asked, indices: [0] });
    return (await job.result)[0];
  } catch {
    return undefined;
  }
}

/** Of the samples that a run was made on, whatever is loaded now; undefined where they are gone. */
export async function previewOfRun(
  studio: Studio,
  run: Run,
  indices: readonly number[],
): Promise<readonly SamplePreview[] | undefined> {
  const request = samplesOfRun(studio, run);
  if (!request) return undefined;
  const { graph, samples, splits } = run.made;
  try {
    return await studio.jobs.start('preview', {
      made: { graph, samples, ...(splits && { splits }) },
      samples: request,
      indices,
    }).result;
  } catch {
    return undefined;
  }
}
