/** Samples opened and looked at: what they are, what was decided about them, and their roles. */
import { roleSummaries } from '../../data/roles';
import type { Job } from '../job';

export const openData: Job<'openData'> = async ({ model, samples: request }, context) => {
  context.events.progress({ label: 'Reading the samples', fraction: 0.1 });
  const { samples, roles, trials } = await context.openSamples(request, model);
  const { key, name, description, count, synthetic, targets, checks, parts } = samples;
  return {
    key,
    name,
    description,
    count,
    synthetic,
    targets,
    checks,
    ...(parts
      ? { parts: { training: parts.training.length, evaluation: parts.evaluation.length } }
      : {}),
    roles: roleSummaries(samples, roles),
    ...(trials ? { trials } : {}),
  };
};
