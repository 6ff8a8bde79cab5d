/**
 * A source as samples: the files read, their columns fitted to the model's inputs, their labels to its
 * outputs, and what the files don't say tried, asked or assumed. Every decision is a check.
 */
import { IntactError } from '../model/error';
import { tryAlternatives, tryOrder } from './alternatives';
import { withColumns } from './columnsOf';
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
import {
  candidates,
  checkRange,
  isRange,
  rangeCheck,
  rangeChoices,
  ranges,
  type Range,
} from './range';
import { lookedAt, rangeStatus } from './rangeFound';
import type { RawSet } from './raw';
import { readSet } from './read';
import { refusedWith } from './refused';
import type {
  Check,
  Choices,
  DataSource,
  LookAt,
  ModelNeeds,
  Samples,
  SourceFile,
  TryOut,
} from './samples';
import { openSynthetic } from './syntheticSet';
import { targetsOf, type Targets } from './targets';
import { triedIndices, tryCandidates, type Verdict } from './trial';
import { unwatched, watchedFile, type Watch } from './watch';

/**
 * @param tryOut runs the float model on candidates; without it nothing is proven by figures
 * @param lookAt runs it on samples without labels; without it the range is told by the file alone, or assumed
 * @param watch hears that reading goes on
 * @throws IntactError `bad-data` where the files are no samples or don't fit the model, `limit`, `usage`
 *   for a choice that doesn't exist
 */
export async function openSamples(
  source: DataSource,
  needs: ModelNeeds,
  tryOut?: TryOut,
  lookAt?: LookAt,
  watch: Watch = unwatched,
): Promise<Samples> {
  if (needs.inputs.length === 0)
    throw new IntactError('bad-data', 'This model has no input, so there is nothing to feed.');
  if (source.kind === 'synthetic') return openSynthetic(source, needs);
  const { choices } = source;
  const watched = (file: SourceFile) => watchedFile(file, watch);
  const { set, targets } = await watch.over(source.name, async () => {
    const training = await readSet(source.files.map(watched), needs, choices, watch);
    const raw = source.evaluation
      ? joinSets(training, await readSet(source.evaluation.map(watched), needs, choices, watch))
      : training;
    try {
      return await fitSet(source.key, raw, needs, choices, watch);
    } catch (error) {
      throw refusedWith(error, [...raw.checks, ...(raw.ifRefused ?? [])]);
    }
  });
  return decide(set, targets, choices, tryOut, lookAt);
}

/** Columns to inputs, labels to outputs. */
async function fitSet(
  key: string,
  raw: RawSet,
  needs: ModelNeeds,
  choices: Choices,
  watch: Watch,
): Promise<{ readonly set: OpenSet; readonly targets: Targets }> {
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
  const looked = await withColumns(raw, fitted, needs, bad);
  const set = new OpenSet(key, raw, needs, looked, bad, watch);
  const targets = targetsOf(raw, needs, shapes, choices);
  return { set, targets };
}

/** 16, 32, 64, all. */
const sizesOf = (most: number): number[] =>
  [...[16, 32, 64].filter((size) => size < most), most].filter((size) => size > 0);

async function decide(
  set: OpenSet,
  first: Targets,
  choices: Choices,
  tryOut: TryOut | undefined,
  lookAt: LookAt | undefined,
): Promise<Samples> {
  const { fitted, raw, needs } = set;
  const main = fitted[mainInput(fitted)]!;
  const chosen = choices.range;
  if (chosen !== undefined && !isRange(chosen))
    throw new IntactError(
      'usage',
      `"${chosen}" is no value range. There are ${Object.keys(ranges).join(', ')}, and custom:scale,mean,std.`,
    );
  if (chosen !== undefined) checkRange(chosen, main);
  const list = chosen !== undefined ? [chosen] : candidates(main, needs.rangeHint);
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
  const look = await lookedAt(set, list, decision, verdict, read, lookAt);
  const { told, doubt } = look;
  if (told) {
    decision = { ...decision, range: told.value as Range };
    tried = false;
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
  const apart = tried && !set.parts;
  const sample = (await firstGood(set)) ?? new Float32Array(1);
  const range = rangeCheck(
    decision.range,
    ...rangeStatus(main, decision, chosen, { verdict, told, doubt }, needs, indices.length, apart),
    rangeChoices(main, verdict?.measured ?? [], sample, decision.range),
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
    ...decision.targets.checks,
  ];
  const merged = checks.map((check) => extra.find(({ id }) => id === check.id) ?? check);
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
