/** What was found of the value range, by labelled samples and by the model itself, and how it is said. */
import type { Fitted } from './fit/types';
import { doubtOf, toldByLooks, type Told } from './looks';
import type { Decision, OpenSet } from './openSet';
import { momentsText, settledBy } from './columnScale';
import { isByColumns, rangeLabel, rangeWord, type Range } from './range';
import { listed } from './raw';
import type { Check, LookAt, ModelNeeds, Sample } from './samples';
import { triedIndices, type Verdict } from './trial';

const MOST_LOOKED_AT = 48;

/** What was found of the value range. */
export interface Found {
  readonly verdict?: Verdict | undefined;
  readonly told?: Told | undefined;
  readonly doubt?: string | undefined;
}

/**
 * What the model itself says, where labels don't prove a range, and against what they prove. No labels
 * are looked at, so no samples are kept apart for it.
 */
export async function lookedAt(
  set: OpenSet,
  list: readonly Range[],
  decision: Decision,
  verdict: Verdict | undefined,
  read: (decision: Decision) => (index: number) => Promise<Sample>,
  lookAt: LookAt | undefined,
): Promise<Pick<Found, 'told' | 'doubt'>> {
  if (!lookAt || list.length < 2 || set.needs.rangeHint?.proven) return {};
  const bad = new Set(set.bad.leave ? [] : set.bad.rows);
  const good = (index: number) => !bad.has(set.row(index));
  const indices = triedIndices(set.count, set.parts?.training, good).slice(0, MOST_LOOKED_AT);
  if (indices.length === 0) return {};
  const looks = await lookAt(
    list.map((range) => ({ value: range, read: read({ ...decision, range }) })),
    indices,
    set.inputShapes,
    verdict ? 'statistics' : 'all',
  );
  if (verdict?.proven) return { doubt: doubtOf(decision.range, list, looks) };
  return { told: toldByLooks(list, looks) };
}

/** @param keptOut the samples that were tried are not evaluated */
export function rangeStatus(
  main: Fitted,
  { range }: Decision,
  chosen: string | undefined,
  { verdict, told, doubt }: Found,
  { rangeHint }: ModelNeeds,
  count: number,
  keptOut: boolean,
): [Check['status'], string] {
  const name = rangeLabel(range);
  const byColumns =
    isByColumns(range) && main.columns ? `, ${momentsText(range, main.columns)}` : '';
  if (chosen !== undefined)
    return ['chosen', `${main.found}; the network gets ${name}${byColumns}, as chosen.`];
  const features = main.form === 'numbers' && main.bound === undefined;
  if (features) {
    const settled = asTheyAre(main, rangeHint);
    if (settled !== undefined)
      return ['told', `${main.found} and are taken as they are${settled && `: ${settled}`}.`];
  }
  const effects = verdict
    ? verdict.measured
        .map(({ value, effect }) => `${rangeWord(value)}: ${effect.replace(/ on \d+$/, '')}`)
        .join(', ')
    : '';
  const kept = keptOut
    ? ' They are kept out of the evaluation.'
    : ' It is what would have been taken without a trial, so they are evaluated as well.';
  if (verdict?.proven && verdict.best.value === range)
    return [
      doubt ? 'assumed' : 'proven',
      `Tried on ${count} labelled training samples: ${name} fits${byColumns}${verdict.byLoss ? ' best, by how sure the answers are of the right label' : ''} (${effects}).${doubt ? ` ${doubt}` : ''}${kept}`,
    ];
  if (told?.value === range)
    return [
      told.proven ? 'proven' : 'assumed',
      `${told.sentence}${verdict ? ` Tried on ${count} labelled training samples, no range wins clearly (${effects}).` : ''}`,
    ];
  const hinted = !features && rangeHint && rangeHint.preset === range;
  if (hinted)
    return [
      rangeHint.proven ? 'told' : 'assumed',
      `${rangeHint.why}${verdict ? ` Tried on ${count} samples: ${effects}.` : ''}`,
    ];
  if (verdict) {
    const ties = verdict.ties.filter((value) => value !== range).map(rangeWord);
    return [
      'assumed',
      `${main.found}; ${name}${byColumns} is assumed: tried on ${count} labelled training samples, ${ties.length > 0 ? `it is not told from ${listed(ties)} by more than chance` : 'no range wins clearly'} (${effects}).${kept}`,
    ];
  }
  return [
    'assumed',
    `${main.found}; ${name} is assumed, the usual: ${features ? 'whether the model was trained on scaled columns no file says, and there are no labels to try it on' : main.form === 'unit' ? 'nothing in the file says otherwise' : main.bound !== undefined ? 'their maximum says no more' : 'there are no labels to try it on, and the model does not say'}.`,
  ];
}

/** Why features keep their numbers without a trial; '' where there is nothing to say, undefined where it is open. */
function asTheyAre({ columns }: Fitted, hint: ModelNeeds['rangeHint']): string | undefined {
  if (!columns) return '';
  if (hint) return `the model scales its input itself (${hint.why.replace(/^.*?\(|\).*$/g, '')})`;
  return settledBy(columns);
}
