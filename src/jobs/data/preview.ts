/** Single samples as people and the network see them. */
import type { SamplePreview } from '../../data/samples';
import type { Job } from '../job';
import { samplesOfMade } from './samplesOfMade';

export const preview: Job<'preview'> = async ({ samples: request, indices, ...of }, context) => {
  const { samples } =
    'made' in of
      ? await samplesOfMade(of.made, request, context)
      : await context.openSamples(request, of.model);
  const previews: SamplePreview[] = [];
  for (const index of indices) {
    if (context.stop.stopped) break;
    previews.push(await samples.preview(index));
    await context.share.border();
  }
  return previews;
};
