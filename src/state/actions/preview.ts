/** Samples as the network sees them, for the eye; no bar: it is quick, and drawn when it comes. */
import type { SamplePreview } from '../../data/samples';
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

/** Of the samples that a run was made on, whatever is loaded now; undefined where they are gone. */
export async function previewOfRun(
  studio: Studio,
  run: Run,
  indices: readonly number[],
): Promise<readonly SamplePreview[] | undefined> {
  const request = samplesOfRun(studio, run);
  if (!request) return undefined;
  const { graph, samples } = run.made;
  try {
    return await studio.jobs.start('preview', {
      made: { graph, samples },
      samples: request,
      indices,
    }).result;
  } catch {
    return undefined;
  }
}
