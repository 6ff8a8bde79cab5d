/** Single samples as people and the network see them. */
import type { SamplePreview } from '../../data/samples';
import type { Job } from '../job';

export const preview: Job<'preview'> = async ({ model, samples: request, indices }, context) => {
  const { samples } = await context.openSamples(request, model);
  const previews: SamplePreview[] = [];
  for (const index of indices) {
    if (context.stop.stopped) break;
    previews.push(await samples.preview(index));
    await context.share.border();
  }
  return previews;
};
