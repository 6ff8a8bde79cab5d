/**
 * A source as samples: the files read, their columns fitted to the model's inputs, their labels to its
 * outputs, and what the files don't say tried, asked or assumed. Every decision is a check.
 */
import { IntactError } from '../model/error';
import { tryAlternatives, tryOrder } from './alternatives';
import { fitArray } from './fit/array';
import { fitPictures } from './fit/picture';
import type { Fitted } from './fit/types';
import { joinSets } from './join';
import {
  badRows,
  contentHash,
  firstGood,
  mainInput,
  OpenSet,
  sampleOf,
  type Decision,
} from './openSet';
import { previewOf } from './preview';
import { candidates, isRange, rangeCheck, rangeChoices, ranges, type Range } from './range';
import { readSet } from './read';
import type { Check, Choices, DataSource, ModelNeeds, Samples, TryOut } from './samples';
import { openSynthetic } from './syntheticSet';
import { targetsOf, type Targets } from './targets';
import { triedIndices, tryCandidates, type Verdict } from './trial';

/**
 * @param tryOut runs the float model on candidates; without it nothing is proven by figures
 * @throws IntactError `bad-data` where the files are no samples or don't fit the model, `limit`, `usage`
 *   for a choice that doesn't exist
 */
export async function openSamples(
  source: DataSource,
  needs: ModelNeeds,
  tryOut?: TryOut,
): Promise<Samples> {
  if (needs.inputs.length === 0)
    throw new IntactError('bad-data', 'This model has no input, so there is nothing to feed.');
  if (source.kind === 'synthetic') return openSynthetic(source, needs);
  const { choices } = source;
  const training = await readSet(source.files, needs, choices);
  const raw = source.evaluation
    ? joinSets(training, await readSet(source.evaluation, needs, choices))
    : training;
  const fitted: Fitted[] = [];
  for (const [at, need] of needs.inputs.entries()) {
    const column = raw.features[at] ?? raw.features[0]!;
    fitted.push(
      column.kind === 'pictures'
        ? fitPictures(column, need, choices)
        : await fitArray(column, need, choices),
    );
  }
  const shapes = fitted.map(({ shape }) => shape);
  const bad = await badRows(raw, fitted, choices);
  const set = new OpenSet(source.key, raw, needs, fitted, bad);
  const targets = targetsOf(raw, needs, shapes, choices);
  return decide(set, targets, choices, tryOut);
}

/** 16, 32, 64, all. */
const sizesOf = (most: number): number[] =>
  [...[16, 32, 64].filter((size) => size < most), most].filter((size) => size > 0);

async function decide(
  set: OpenSet,
  first: Targets,
  choices: Choices,
  tryOut: TryOut | undefined,
): Promise<Samples> {
  const { fitted, raw, needs } = set;
  const main = fitted[mainInput(fitted)]!;
  const chosen = choices.range;
  if (chosen !== undefined && !isRange(chosen))
    throw new IntactError(
      'usage',
      `"${chosen}" is no value range. There are ${Object.keys(ranges).join(', ')}.`,
    );
  const list = chosen !== undefined ? [chosen as Range] : candidates(main, needs.rangeHint);
  const read = (decision: Decision) => (index: number) => sampleOf(set, decision, index);
  let decision: Decision = { range: list[0]!, choices, targets: first };
  const bad = new Set(set.bad.leave ? [] : set.bad.rows);
  const usable = (index: number) => first.has(set.row(index)) && !bad.has(set.row(index));
  const pool =
    tryOut && first.kinds.length > 0 ? triedIndices(set.count, set.parts?.training, usable) : [];
  let indices: readonly number[] = pool;
  const shapes = set.inputShapes;
  let tried = false;
  let verdict: Verdict | undefined;
  if (tryOut && list.length > 1) {
    // A few samples first: a clear winner needs no more, and what is chosen on is not evaluated.
    for (const size of sizesOf(pool.length)) {
      indices = pool.slice(0, size);
      verdict = await tryCandidates(
        tryOut,
        list.map((range) => ({ value: range, read: read({ ...decision, range }) })),
        indices,
        first.kinds,
        shapes,
      );
      if (verdict?.proven) break;
    }
    tried = verdict?.better === true;
    if (verdict?.better) decision = { ...decision, range: verdict.best.value as Range };
  }
  const extra: Check[] = [];
  if (tryOut && indices.length > 0) {
    const alternative = await tryAlternatives(set, decision, tryOut, indices, read);
    decision = alternative.decision;
    tried ||= alternative.changed;
    extra.push(...alternative.checks);
    const order = await tryOrder(set, decision, list, tryOut, indices, read);
    if (order) {
      decision = order.decision;
      extra.push(order.check);
    }
  }
  const sample = (await firstGood(set)) ?? new Float32Array(1);
  const range = rangeCheck(
    decision.range,
    ...rangeStatus(main, decision, chosen, verdict, needs, indices.length),
    rangeChoices(main, verdict?.measured ?? [], sample),
  );
  const checks = [
    ...raw.checks,
    ...fitted.flatMap((fit, at) =>
      fitted.length === 1
        ? fit.checks
        : fit.checks.map((check) => ({
            ...check,
            sentence: `${needs.inputs[at]!.name}: ${check.sentence}`,
          })),
    ),
    ...(set.bad.check ? [set.bad.check] : []),
    range,
    ...decision.targets.checks.map((check) => extra.find(({ id }) => id === check.id) ?? check),
  ];
  const apart = tried && !set.parts;
  const merged = [...checks.map((check) => extra.find(({ id }) => id === check.id) ?? check)];
  for (const check of extra) if (!merged.some(({ id }) => id === check.id)) merged.push(check);
  const final = decision;
  const keyOf = `${set.sourceKey} ${merged.map(({ id, value }) => `${id}=${value}`).join(' ')} ${shapes.map((shape) => shape.join('×')).join(',')}`;
  return {
    key: keyOf,
    name: raw.name,
    description: raw.description,
    count: set.count,
    synthetic: false,
    targets: final.targets.kinds,
    ...(set.parts ? { parts: set.parts } : {}),
    checks: unique(apart ? [...merged, triedCheck(indices.length, set.count)] : merged),
    inputShapes: shapes,
    ...(apart ? { tried: indices } : {}),
    read: read(final),
    sampleKey: async (index) => contentHash(await sampleOf(set, final, index)),
    preview: async (index) => {
      const { inputs, targets } = await sampleOf(set, final, index);
      const at = mainInput(fitted);
      return previewOf(
        set.name(index),
        inputs[at]!,
        fitted[at]!,
        final.targets.kinds[0],
        targets[0],
      );
    },
  };
}

/** What chose is not evaluated: said, since it is a part of the set. */
const triedCheck = (tried: number, count: number): Check => ({
  id: 'tried',
  label: 'Samples that chose',
  status: 'told',
  value: String(tried),
  sentence: `${tried} of ${count} samples chose how the data is read: they are for calibration and training, and not scored. Choose what is proven here yourself (in the shell --range, --choose) to score all.`,
  choices: [],
});

/** The same sentence twice (two tables of one form) is one. */
function unique(checks: readonly Check[]): Check[] {
  const seen = new Set<string>();
  return checks.filter(({ id, sentence }) => {
    const key = `${id} ${sentence}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function rangeStatus(
  main: Fitted,
  { range }: Decision,
  chosen: string | undefined,
  verdict: Verdict | undefined,
  { rangeHint }: ModelNeeds,
  count: number,
): [Check['status'], string] {
  const name = ranges[range];
  if (chosen !== undefined)
    return ['chosen', `${main.found}; the network gets ${name}, as chosen.`];
  if (main.form === 'numbers') return ['told', `${main.found} and are taken as they are.`];
  const effects = verdict
    ? verdict.measured
        .map(({ value, effect }) => `${value} ${effect.replace(/ on \d+$/, '')}`)
        .join(', ')
    : '';
  if (verdict?.proven && verdict.best.value === range)
    return ['proven', `Tried on ${count} labelled training samples: ${name} fits (${effects}).`];
  const hinted = rangeHint && rangeHint.preset === range;
  if (hinted)
    return [
      rangeHint.proven ? 'told' : 'assumed',
      `${rangeHint.why}${verdict ? ` Tried on ${count} samples: ${effects}.` : ''}`,
    ];
  if (verdict)
    return [
      'assumed',
      `${main.found}; ${name} is assumed: tried on ${count} labelled training samples, no range wins clearly (${effects}).`,
    ];
  return [
    'assumed',
    `${main.found}; ${name} is assumed, the usual, since ${main.form === 'unit' ? 'nothing says otherwise' : 'there are no labels to try it on'}.`,
  ];
}
