/** Calibration without the samples that a recipe leaves out; nothing else takes them instead. */
import type { Roles } from '../../data/samples';
import type { Recipe } from '../../quant/types';
import type { OpenedSamples } from './samples';

export async function withoutLeftOut(
  { samples, roles }: Pick<OpenedSamples, 'samples' | 'roles'>,
  { leaveOut }: Pick<Recipe, 'leaveOut'>,
): Promise<Roles> {
  if (!leaveOut) return roles;
  const out = new Set(leaveOut);
  const calibration: number[] = [];
  for (const index of roles.calibration)
    if (!out.has(await samples.sampleKey(index))) calibration.push(index);
  return { ...roles, calibration };
}
