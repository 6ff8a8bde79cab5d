/**
 * In which order layers are raised or narrowed, by what was measured of each alone. A score is too coarse to
 * order by until it is more than chance; the outputs' noise orders the others.
 */
import type { AloneAtOutput, DialLayer } from '../../run/dial';
import type { Score } from '../../run/figures';

/** Noise power relative to the signal's; NaN counts as infinite. */
const noise = ({ sqnr }: AloneAtOutput) => (Number.isNaN(sqnr) ? Infinity : 10 ** (-sqnr / 10));

type ScoreWay = Pick<Score, 'kind' | 'better'>;

/** Of the score; 0 where it could be chance, or where the score is the noise itself. */
function realLoss({ change, beyondChance }: AloneAtOutput, { kind, better }: ScoreWay): number {
  if (!beyondChance || kind === 'likeness') return 0;
  if (Number.isNaN(change)) return Infinity;
  return Math.max(0, better === 'higher' ? -change : change);
}

const descending = (a: number, b: number) => (a === b ? 0 : b > a ? 1 : -1);

/** Ids of the layers that can be above 8 bit, the worst first; those that follow others are not among them. */
export function worstFirst(layers: readonly DialLayer[], score: ScoreWay): string[] {
  const order = layers.flatMap(({ id, follows, at8 }) => (follows || !at8 ? [] : [{ id, at8 }]));
  return order
    .sort(
      (a, b) =>
        descending(realLoss(a.at8, score), realLoss(b.at8, score)) ||
        descending(noise(a.at8), noise(b.at8)),
    )
    .map(({ id }) => id);
}

/** Ids of the layers that can have 4-bit weights and save bytes by it, those that lose least per byte first. */
export function cheapestFirst(layers: readonly DialLayer[], score: ScoreWay): string[] {
  const order = layers.flatMap(({ id, saves, at4, at8 }) => {
    if (!at4 || saves <= 0) return [];
    const more = noise(at4) - (at8 ? noise(at8) : 0);
    const perByte = (Number.isNaN(more) ? Infinity : Math.max(0, more)) / saves;
    const loss = realLoss(at4, score) - (at8 ? realLoss(at8, score) : 0);
    return [{ id, loss: (Number.isNaN(loss) ? Infinity : Math.max(0, loss)) / saves, perByte }];
  });
  return order
    .sort((a, b) => descending(b.loss, a.loss) || descending(b.perByte, a.perByte))
    .map(({ id }) => id);
}
