/** Calibration without the samples that a recipe leaves out; nothing else takes them instead. */
import type { Roles } from '../../data/samples';
import type { Recipe } from '../../quant/types';
import type { OpenedSamples } from './samples';

type Opened = Pick<OpenedSamples, 'samples' | 'roles'>;

/** Of the samples that would calibrate: the indices of those that are left out. */
export async function leftOut(
  { samples, roles }: Opened,
  { leaveOut = [] }: Pick<Recipe, 'leaveOut'>,
): Promise<ReadonlySet<number>> {
  const keys = new Set(leaveOut);
  const out = new Set<number>();
  if (keys.size === 0) return out;
  for (const index of roles.calibration)
    if (keys.has(await samples.sampleKey(index))) out.add(index);
  return out;
}

export async function withoutLeftOut(
  opened: Opened,
  recipe: Pick<Recipe, 'leaveOut'>,
): Promise<Roles> {
  const out = await leftOut(opened, recipe);
  const { roles } = opened;
  if (out.size === 0) return roles;
  return { ...roles, calibration: roles.calibration.filter((index) => !out.has(index)) };
}
