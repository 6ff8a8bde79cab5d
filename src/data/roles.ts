/**
 * Which samples are for what. Disjoint: whatever chooses, chooses on training or selection; evaluation
 * is only ever reported.
 */
import { IntactError } from '../model/error';
import { shuffled } from './random';
import type { Roles, RoleOptions, RoleSummary, Samples } from './samples';

/** A selection of fewer samples than this set's size says nothing. */
const LEAST_FOR_SELECTION = 20;
const MOST_SELECTED = 1000;

/**
 * Files that keep training and evaluation apart are followed; any other set is shuffled with the seed,
 * the first samples calibrate, and at least one is left for evaluation. What neither calibrates nor
 * evaluates is for training, a tenth of it for selection.
 * @throws IntactError `bad-data` with fewer than two samples
 */
export function rolesOf(
  { count, parts, tried = [] }: Pick<Samples, 'count' | 'parts' | 'tried'>,
  { calibration, evaluation, seed }: RoleOptions,
): Roles {
  if (count < 2)
    throw new IntactError(
      'bad-data',
      `Calibration and evaluation need different samples; there ${count === 1 ? 'is only one' : 'are none'}. Add more samples.`,
    );
  const wanted = Math.max(1, Math.floor(calibration));
  if (parts && parts.training.length > 0 && parts.evaluation.length > 0) {
    const order = (indices: readonly number[]) =>
      shuffled(indices.length, seed).map((position) => indices[position]!);
    const training = order(parts.training);
    const all = order(parts.evaluation);
    return withSelection(training, wanted, all.slice(0, evaluation ?? all.length), seed);
  }
  // What was chosen by is never reported on: such samples come first, to calibrate and train.
  const chosen = new Set(tried);
  const whole = shuffled(count, seed);
  const order = [...whole.filter((i) => chosen.has(i)), ...whole.filter((i) => !chosen.has(i))];
  const calibrating = Math.min(wanted, Math.max(1, Math.floor(count / 2)));
  const kept = Math.min(count - 1, Math.max(calibrating, chosen.size));
  const rest = order.slice(kept);
  const evaluating = rest.slice(0, evaluation ?? rest.length);
  const training = [...order.slice(0, kept), ...rest.slice(evaluating.length)];
  return withSelection(training, calibrating, evaluating, seed);
}

function withSelection(
  others: readonly number[],
  calibrating: number,
  evaluation: readonly number[],
  seed: number,
): Roles {
  const calibration = others.slice(0, calibrating);
  const free = others.slice(calibration.length);
  const tenth = others.length < LEAST_FOR_SELECTION ? 0 : Math.floor(others.length / 10);
  const selected = Math.min(MOST_SELECTED, tenth, free.length);
  const cut = free.length - selected;
  return {
    training: [...calibration, ...free.slice(0, cut)],
    calibration,
    selection: free.slice(cut),
    evaluation,
    seed,
  };
}

export function roleSummaries({ key }: Pick<Samples, 'key'>, roles: Roles): RoleSummary[] {
  return (['calibration', 'training', 'selection', 'evaluation'] as const).map((role) => ({
    role,
    count: roles[role].length,
    key: `${key}/${hashOf(roles[role])}`,
  }));
}

/** FNV-1a over the indices. */
function hashOf(indices: readonly number[]): string {
  let hash = 0x811c9dc5;
  for (const index of indices)
    for (let shift = 0; shift < 32; shift += 8)
      hash = Math.imul(hash ^ ((index >>> shift) & 255), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
