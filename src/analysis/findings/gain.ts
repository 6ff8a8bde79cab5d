/**
 * What a fix would win: the outputs' noise is the sum of what the layers make alone (independent errors),
 * the fix leaves a known part of what its layers make, and the score comes back as the noise goes, by
 * what each layer alone costs it.
 */
import type { Fix } from '../../run/findings';
import type { Ground } from './ground';

/** No prediction says that more than this is won at the output: other noise was never measured. */
const MOST_DB = 40;

export function gainOf(
  left: Readonly<Record<string, number>>,
  how: string,
  { layer, loss }: Ground,
): Fix['predicted'] {
  let [noise, score] = [1, 1];
  for (const [id, part] of Object.entries(left)) {
    const one = layer(id);
    if (!one) continue;
    noise -= one.share * (1 - part);
    score -= (one.scoreShare ?? one.share) * (1 - part);
  }
  const { primary } = loss;
  if (loss.significant && primary)
    return {
      unit: primary.unit,
      value: loss.score * Math.max(0, Math.min(1, 1 - score)),
      how: `${how}; of what was lost, in proportion to what each layer alone costs the score`,
    };
  const db = -10 * Math.log10(Math.max(noise, 10 ** (-MOST_DB / 10)));
  return {
    unit: 'dB',
    value: db,
    how: `${how}; of the outputs’ noise, in proportion to what each layer alone makes of it`,
  };
}
