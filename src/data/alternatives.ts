/** What figures of labelled training samples say of labels: their base, a threshold, the order of classes. */
import { type Decision, type OpenSet } from './openSet';
import type { Range } from './range';
import { listed } from './raw';
import type { Check, Sample, TryOut } from './samples';
import { targetsOf } from './targets';
import { bestPermutation, tryCandidates } from './trial';

interface Alternative {
  readonly decision: Decision;
  /** Another reading than the usual won. */
  readonly changed: boolean;
  readonly checks: readonly Check[];
}

/** Other readings of the labels: counted from 1, another threshold. */
export async function tryAlternatives(
  set: OpenSet,
  start: Decision,
  tryOut: TryOut,
  indices: readonly number[],
  read: (decision: Decision) => (index: number) => Promise<Sample>,
): Promise<Alternative> {
  let decision = start;
  let changed = false;
  const checks: Check[] = [];
  const plain = set.fitted.map(({ shape }) => shape);
  for (const { id, value } of start.targets.alternatives) {
    const choices = { ...decision.choices, [id]: value };
    const other: Decision = {
      ...decision,
      choices,
      targets: targetsOf(set.raw, set.needs, plain, choices),
    };
    const shapes = set.inputShapes;
    const ours = await tryCandidates(
      tryOut,
      [{ value: 'usual', read: read(decision) }],
      indices,
      decision.targets.kinds,
      shapes,
    );
    const theirs = await tryCandidates(
      tryOut,
      [{ value, read: read(other) }],
      indices,
      other.targets.kinds,
      shapes,
    );
    const before = decision.targets.checks.find((check) => check.id === id);
    if (!ours || !theirs || !before) continue;
    const margin = Math.max(5, 60 / Math.sqrt(indices.length));
    // A threshold is fitted by figures all too easily: it must win clearly.
    const better = theirs.best.score > ours.best.score + margin * (id === 'threshold' ? 2 : 1);
    const worse = ours.best.score > theirs.best.score + margin;
    changed ||= better;
    const winner = better ? other : decision;
    const now = winner.targets.checks.find((check) => check.id === id) ?? before;
    checks.push({
      ...now,
      status: better || worse ? 'proven' : 'assumed',
      value: better ? value : before.value,
      sentence: better
        ? `Tried on ${indices.length} samples: ${before.label.toLowerCase()} ${value} fits (${theirs.best.effect}, ${before.value} ${ours.best.effect}).`
        : before.sentence,
      choices: now.choices.map((choice) => ({
        ...choice,
        effect: [
          choice.value === value
            ? theirs.best.effect
            : choice.value === before.value
              ? ours.best.effect
              : '',
          choice.effect ?? '',
        ]
          .filter(Boolean)
          .join('; '),
      })),
    });
    decision = winner;
  }
  return { decision: { ...decision, choices: start.choices }, changed, checks };
}

/** Percent from which on the classes' order is right, if each class is taken for itself. */
const RIGHT = 80;

/**
 * Classes in an assumed order: proven where every class is taken for itself. Where another order fits far
 * better it is pointed out, as a choice.
 */
export async function tryOrder(
  set: OpenSet,
  decision: Decision,
  list: readonly Range[],
  tryOut: TryOut,
  indices: readonly number[],
  read: (decision: Decision) => (index: number) => Promise<Sample>,
): Promise<{ readonly decision: Decision; readonly check: Check } | undefined> {
  const [kind] = decision.targets.kinds;
  if (
    !set.raw.orderAssumed ||
    kind?.kind !== 'classes' ||
    !kind.names ||
    decision.choices['class-order']
  )
    return undefined;
  const shapes = set.inputShapes;
  const now = await tryCandidates(
    tryOut,
    [{ value: 'now', read: read(decision) }],
    indices,
    decision.targets.kinds,
    shapes,
  );
  if (!now) return undefined;
  const labelOf = async (index: number) => {
    const [value] = await decision.targets.values(set.row(index));
    return typeof value === 'number' ? value : undefined;
  };
  const before = set.raw.checks.find(({ id }) => id === 'class-order');
  if (now.best.score > RIGHT) {
    if (!before || before.status !== 'assumed' || indices.length < 2 * kind.count) return undefined;
    const { kinds } = decision.targets;
    const found = await bestPermutation(tryOut, read(decision), indices, kinds, labelOf, shapes);
    if (!found?.to.every((output, label) => output === label)) return undefined;
    const sentence = `${before.sentence} Tried on ${indices.length} labelled training samples, ${Math.round(now.best.score)} % are right in this order, and no class is more often taken for another.`;
    return { decision, check: { ...before, status: 'proven', sentence } };
  }
  let best: { range: Range; to: readonly number[]; score: number } | undefined;
  for (const range of list.slice(0, 4)) {
    const found = await bestPermutation(
      tryOut,
      read({ ...decision, range }),
      indices,
      decision.targets.kinds,
      labelOf,
      shapes,
    );
    if (found && (!best || found.score > best.score)) best = { range, ...found };
  }
  if (!best || best.score < now.best.score + 25 || best.score < 60) return undefined;
  const order = new Array<string>(kind.count).fill('?');
  kind.names.forEach((name, label) => (order[best.to[label]!] = name));
  const value = order.join(',');
  return {
    decision: { ...decision, range: decision.range },
    check: {
      id: 'class-order',
      label: 'Order of classes',
      status: 'asked',
      value: before?.value ?? 'alphabetical',
      sentence: `The classes are taken in alphabetical order (${listed(
        kind.names.map((name, code) => `${code} ${name}`),
        6,
      )}), with which ${Math.round(now.best.score)} % of ${indices.length} training samples are right. In the order ${listed(
        order.map((name, code) => `${code} ${name}`),
        6,
      )} it would be ${Math.round(best.score)} %${best.range === decision.range ? '' : ` (with the value range ${best.range})`}: probably the model has that order. Choose it, or give the model's list of names.`,
      choices: [
        ...(before?.choices ?? [{ value: 'alphabetical', label: 'Alphabetical' }]),
        {
          value,
          label: 'The order that fits',
          effect: `${Math.round(best.score)} % right on ${indices.length}: ${listed(
            order.map((name, code) => `${code} ${name}`),
            6,
          )}`,
        },
      ],
    },
  };
}
