/**
 * Which samples are for what. Disjoint: whatever chooses, chooses on training or selection; evaluation
 * is only ever reported.
 */
import { IntactError } from '../model/error';
import { shuffled } from '../numbers/random';
import type { RoleOptions, Roles, RoleSummary, Samples } from './samples';

/** A selection from fewer samples says nothing. */
const LEAST_FOR_SELECTION = 20;
const MOST_SELECTED = 1000;

/**
 * Files that keep training and evaluation apart are followed; any other set is shuffled with the seed,
 * the first samples calibrate, and at least one is left for evaluation. Samples by which something was
 * chosen while opening are for training. What neither calibrates nor evaluates is for training too, and
 * a tenth of it for selection.
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
    const training = inOrder(parts.training, seed);
    const all = inOrder(parts.evaluation, seed);
    return withSelection(training, wanted, all.slice(0, evaluation ?? all.length), seed);
  }
  const order = shuffled(count, seed);
  const calibrating = Math.min(wanted, Math.max(1, Math.floor(count / 2)));
  const rest = order.slice(calibrating);
  const chosenOn = new Set(tried);
  const free = rest.filter((index) => !chosenOn.has(index));
  const candidates = free.length > 0 ? free : rest.slice(-1);
  const evaluating = candidates.slice(0, evaluation ?? candidates.length);
  const taken = new Set(evaluating);
  const training = order.filter((index) => !taken.has(index));
  return withSelection(training, calibrating, evaluating, seed);
}

const inOrder = (indices: readonly number[], seed: number) =>
  shuffled(indices.length, seed).map((position) => indices[position]!);

/** `others`: all but evaluation, calibration first. */
function withSelection(
  others: readonly number[],
  calibrating: number,
  evaluation: readonly number[],
  seed: number,
): Roles {
  const calibration = others.slice(0, calibrating);
  const tenth = others.length < LEAST_FOR_SELECTION ? 0 : Math.floor(others.length / 10);
  const selected = Math.min(MOST_SELECTED, tenth, others.length - calibration.length);
  const cut = others.length - selected;
  return {
    training: others.slice(0, cut),
    calibration,
    selection: others.slice(cut),
    evaluation,
    seed,
  };
}

/** Keys over the source's key and the indices: hashing every sample would read them all. */
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
