/** Findings of several rules about the same layers: the cause comes first, and what only says that there is one gives way. */
import type { Draft, Rule } from './rule';
import type { Ground } from './ground';

export interface Found {
  readonly rule: Rule;
  readonly draft: Draft;
}
export interface Weighed extends Found {
  readonly weight: number;
}

/** A cause that makes less of the outputs' noise than this isn't worth a line. */
const LEAST_PART = 0.05;
/** Part of a sign's layers that causes explain before it says nothing new. */
const EXPLAINED = 0.7;

/** Part of the whole loss that the draft explains: each layer's part of the noise times the part of it that the cause makes. */
export function partOf({ layers }: Draft, { layer }: Ground): number {
  return layers.reduce((sum, { id, explains }) => {
    const one = layer(id);
    const share = one ? (one.share + (one.scoreShare ?? one.share)) / 2 : 0;
    return sum + share * Math.max(0, Math.min(1, explains));
  }, 0);
}

function weightOf({ rule, draft }: Found, ground: Ground): number {
  if (rule.kind === 'cost') return 0;
  const shared = partOf(draft, ground) * Math.max(ground.loss.size, 1);
  return Math.max(shared, draft.lost?.db ?? 0);
}

/** Worst first. */
export function inOrder(found: readonly Found[], ground: Ground): readonly Weighed[] {
  const weighed = found
    .map((one) => ({ ...one, weight: weightOf(one, ground) }))
    .filter(
      ({ rule, draft }) =>
        rule.kind === 'cost' || draft.lost !== undefined || partOf(draft, ground) >= LEAST_PART,
    );
  const causes = weighed.filter(({ rule }) => rule.kind === 'cause');
  const explained = (id: string) =>
    causes.some(({ draft }) => draft.layers.some((one) => one.id === id && one.explains >= 0.5));
  const kept = weighed.filter(({ rule, draft }) => {
    if (rule.kind !== 'sign') return true;
    const all = partOf(draft, ground);
    const known = partOf(
      { ...draft, layers: draft.layers.filter(({ id }) => explained(id)) },
      ground,
    );
    return all === 0 ? causes.length === 0 : known / all < EXPLAINED;
  });
  const rank = { cause: 0, sign: 0, cost: 1 } as const;
  return kept.sort((a, b) => rank[a.rule.kind] - rank[b.rule.kind] || b.weight - a.weight);
}
