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
/** Part of a layer's noise that a cause makes before the layer counts as explained. */
const EXPLAINS = 0.4;
/** Part of the whole loss that causes must explain before what is only a sign gives way. */
const COVERED = 0.4;
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

/** Layers whose noise causes make, and those beside them: what they read or make is what is bad. */
function explainedBy(causes: readonly Found[], { layer, readers, maker }: Ground): Set<string> {
  const known = new Set<string>();
  for (const { draft } of causes)
    for (const { id, explains } of draft.layers) {
      const one = layer(id);
      if (!one || explains < EXPLAINS) continue;
      known.add(id);
      for (const index of one.node.outputs) for (const { name } of readers(index)) known.add(name);
      for (const index of one.node.inputs) {
        const made = maker(index);
        if (made) known.add(made.name);
      }
    }
  return known;
}

/** Worst first; of a sign what no cause explains counts. */
export function inOrder(found: readonly Found[], ground: Ground): readonly Weighed[] {
  const causes = found.filter(
    ({ rule, draft }) =>
      rule.kind === 'cause' && (draft.lost !== undefined || partOf(draft, ground) >= LEAST_PART),
  );
  const known = explainedBy(causes, ground);
  const covered = Math.min(
    1,
    causes.reduce((sum, { draft }) => sum + partOf(draft, ground), 0),
  );
  const [first = 0] = causes.map((cause) => weightOf(cause, ground)).sort((a, b) => b - a);
  const weighed = found.flatMap((one): Weighed[] => {
    const { rule, draft } = one;
    if (rule.kind === 'cost') return [{ ...one, weight: 0 }];
    if (rule.kind === 'cause')
      return causes.includes(one) ? [{ ...one, weight: weightOf(one, ground) }] : [];
    const all = partOf(draft, ground);
    const left = partOf(
      { ...draft, layers: draft.layers.filter(({ id }) => !known.has(id)) },
      ground,
    );
    const seen = draft.lost !== undefined || draft.seenInOutput === true;
    const isKnown =
      causes.some(({ draft: { lost } }) => lost) ||
      (covered >= COVERED && (all === 0 || left < (1 - EXPLAINED) * all));
    if (!seen && (isKnown || all < LEAST_PART)) return [];
    // What is seen in the output itself is said in any case, after what it comes from.
    const weight = weightOf(one, ground) * (isKnown ? 1 : 1 - covered);
    return [{ ...one, weight: isKnown ? Math.min(weight, 0.9 * first) : weight }];
  });
  const last = ({ rule }: Found) => (rule.kind === 'cost' ? 1 : 0);
  return weighed.sort((a, b) => last(a) - last(b) || b.weight - a.weight);
}
