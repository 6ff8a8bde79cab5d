/**
 * Ranges that don't hold what the model gets: of some layers, of all since the calibration samples are
 * few, or since they are unlike those of evaluation. One cause at a time, the widest first.
 */
import { number, plural } from '../format';
import type { RangeChoice } from '../../quant/types';
import { asFloat } from './fixes';
import type { Ground } from './ground';
import { cutOffPart, median, reachesOf, widened, widenedLeft, type Reach } from './reach';
import type { Draft, FixDraft } from './rule';

/** Part of the numbers beyond a range, and how far beyond as a part of it. */
export const beyondThresholds = { beyond: 1e-3, over: 0.1 } as const;
/** Median over the activations of how far two halves of the calibration samples differ; too few for halves. */
export const smallThresholds = { halves: 0.2, samples: 10 } as const;
/** Part of the activations whose range evaluation leaves, and by how much; median part of the range that it uses. */
export const unlikeThresholds = { layers: 0.5, over: 0.25, used: 0.4 } as const;

const isBeyond = ({ beyond, over }: Reach) =>
  beyond >= beyondThresholds.beyond && over >= beyondThresholds.over;

/** Where all ranges are wrong for one reason, those that are so by little are mended with the others. */
const anyway = (all: readonly Reach[]) =>
  all.filter(({ beyond, over }) => beyond > 0 && over >= 0.05);

type Cause = 'cut' | 'small' | 'unlike' | 'wide' | 'single';

/** What makes ranges too narrow (or too wide), and of which activations. */
export function causeOf(
  ground: Ground,
): { cause: Cause; reaches: readonly Reach[]; all: number } | undefined {
  const all = reachesOf(ground);
  const out = all.filter(isBeyond);
  const used = median(all.map((one) => one.used));
  if (out.length === 0) {
    if (!(used < unlikeThresholds.used)) return undefined;
    return { cause: 'wide', reaches: all.filter((one) => one.used < 0.5), all: all.length };
  }
  const found = (cause: Cause, reaches = out) => ({ cause, reaches, all: all.length });
  const cut = out.filter((one) => one.cut);
  if (cut.length > out.length / 2) return found('cut', cut);
  const halves = median(Object.values(ground.evidence.halves ?? {}));
  const samples = ground.stats?.samples ?? Infinity;
  if (halves > smallThresholds.halves || samples < smallThresholds.samples)
    return found('small', anyway(all));
  const far = out.filter(({ over }) => over >= unlikeThresholds.over);
  return far.length >= unlikeThresholds.layers * all.length
    ? found('unlike', anyway(all))
    : found('single');
}

export function rangesFix(reaches: readonly Reach[], label: string, note?: string): FixDraft {
  const chosen = reaches.map((reach) => ({ reach, ...widened(reach) }));
  return {
    id: 'ranges',
    label,
    change: { ranges: Object.fromEntries(chosen.map(({ reach, choice }) => [reach.id, choice])) },
    ...(note === undefined ? {} : { note }),
    left: Object.fromEntries(
      chosen.map(({ reach, factor }) => [reach.id, widenedLeft(reach, factor)]),
    ),
    how: 'rounding on the new steps alone, nothing cut off; weights’ noise stays',
  };
}

export function minMaxFix(reaches: readonly Reach[]): FixDraft {
  const choice: RangeChoice = { method: 'minmax' };
  return {
    id: 'minmax',
    label: `Take the whole range that calibration saw in ${plural(reaches.length, 'place')}`,
    change: { ranges: Object.fromEntries(reaches.map(({ id }) => [id, choice])) },
    left: Object.fromEntries(
      reaches.map((reach) => [reach.id, widenedLeft(reach, widened(reach).factor)]),
    ),
    how: 'rounding on the whole range’s steps alone, nothing cut off; weights’ noise stays',
  };
}

export const looked =
  'How far to widen was read off the evaluation samples, in coarse steps: measure on others before you rely on it.';

export function draftOf(
  ground: Ground,
  reaches: readonly Reach[],
  reason: string,
  fixes: readonly FixDraft[],
): Draft {
  const layers = reaches.flatMap(({ layer }) => layer ?? []);
  return {
    layers: reaches.flatMap((reach) =>
      reach.layer ? [{ id: reach.id, explains: cutOffPart(reach) }] : [],
    ),
    reason,
    fixes: [
      ...fixes,
      ...(layers.length > 0 && layers.length <= 8 ? [asFloat(layers, 'output', ground)] : []),
    ],
  };
}

export const furthest = (reaches: readonly Reach[]) =>
  [...reaches].sort((a, b) => b.over - a.over)[0]!;
export const said = ({ id, seen, min, max, beyond }: Reach) =>
  `“${id}” reaches ${number(seen.min)} … ${number(seen.max)} where its range is ${number(min)} … ${number(max)}: ${number(100 * beyond, 2)} % of its numbers are cut off`;
