import { schemeLabel } from '../state/recipe';
import type { RunEntry } from '../state/runs';

/** "int8 per-channel + 2": the scheme and how many layers were overridden. */
export function runLabel({ settings }: RunEntry): string {
  const overrides = Object.keys(settings.overrides).length;
  const label = schemeLabel(settings.scheme);
  return overrides === 0 ? label : `${label} + ${overrides}`;
}
