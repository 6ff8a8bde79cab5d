/**
 * A source as samples: the files read, their columns fitted to the model's inputs, their labels to its
 * outputs, and what the files don't say tried, asked or assumed. Every decision is a check.
 */
import { IntactError } from '../model/error';
import { fitArray } from './fit/array';
import { fitPictures } from './fit/picture';
import type { Fitted } from './fit/types';
import { joinSets } from './join';
import { previewOf } from './preview';
import {
  candidates,
  isRange,
  rangeCheck,
  rangeChoices,
  ranges,
  setRange,
  type Range,
} from './range';
import { listed, type RawSet } from './raw';
import { readSet } from './read';
import type { Check, Choices, DataSource, ModelNeeds, Sample, Samples, TryOut } from './samples';
import { openSynthetic } from './syntheticSet';
import { targetsOf, type Targets } from './targets';
import { bestPermutation, triedIndices, tryCandidates, type Verdict } from './trial';

/** Fitted samples that are kept: what several candidates, passes or epochs read again. */
const KEPT_BYTES = 2 ** 27;

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

/** Rows of float arrays that hold NaN or infinity: found while the set is small enough to look through. */
async function badRows(raw: RawSet, fitted: readonly Fitted[], choices: Choices): Promise<BadRows> {
  const numbers = raw.features.flatMap((column) =>
    column.kind === 'numbers' && column.storage === 'floats' ? [column] : [],
  );
  const size = numbers.reduce(
    (sum, { shape, count }) => sum + count * shape.reduce((a, b) => a * b, 1),
    0,
  );
  if (numbers.length === 0 || size > MOST_LOOKED_THROUGH || fitted.length === 0)
    return { rows: [] };
  const rows: number[] = [];
  for (let index = 0; index < raw.count; index++) {
    for (const column of numbers)
      if ((await column.row(index)).some((value) => !Number.isFinite(value))) {
        rows.push(index);
        break;
      }
  }
  if (rows.length === 0) return { rows };
  const leave = choices.missing === 'leave-out' && rows.length < raw.count;
  const places = listed(
    rows.map((row) =>
      raw
        .sampleName(row)
        .replace(/^row /, '')
        .replace(/ of .*$/, ''),
    ),
    8,
  );
  return {
    rows,
    leave,
    check: {
      id: 'missing',
      label: 'Missing values',
      status: choices.missing ? 'chosen' : 'asked',
      value: leave ? 'leave-out' : 'refuse',
      sentence: `${rows.length} of ${raw.count} samples hold NaN or infinity (rows ${places}, counted from 0 as in the file)${leave ? ' and are left out' : '; a run that meets one stops'}.`,
      choices: [
        { value: 'refuse', label: 'Stop at such a sample' },
        {
          value: 'leave-out',
          label: 'Leave the samples out',
          effect: `${raw.count - rows.length} samples remain`,
        },
      ],
    },
  };
}

const MOST_LOOKED_THROUGH = 2 ** 26;

interface BadRows {
  readonly rows: readonly number[];
  readonly leave?: boolean;
  readonly check?: Check;
}

/** A set opened for one model: fitted samples in a bounded cache, numbered without what is left out. */
class OpenSet {
  private readonly kept = new Map<number, Promise<readonly Float32Array[]>>();
  private readonly most: number;
  readonly rows: Int32Array | undefined;

  constructor(
    readonly sourceKey: string,
    readonly raw: RawSet,
    readonly needs: ModelNeeds,
    readonly fitted: readonly Fitted[],
    readonly bad: BadRows,
  ) {
    const bytes = fitted.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1), 0);
    this.most = Math.floor(KEPT_BYTES / Math.max(1, bytes));
    if (bad.leave) {
      const out = new Set(bad.rows);
      this.rows = Int32Array.from(
        Array.from({ length: raw.count }, (_, index) => index).filter((index) => !out.has(index)),
      );
    }
  }

  get count(): number {
    return this.rows?.length ?? this.raw.count;
  }
  get inputShapes(): readonly (readonly number[])[] {
    return this.fitted.map(({ shape }, at) => {
      const batch = this.needs.inputs[at]!.shape;
      return (batch[0] ?? 1) === 1 && batch.length > 0 ? [1, ...shape] : shape;
    });
  }
  row(index: number): number {
    return this.rows ? this.rows[index]! : index;
  }
  name(index: number): string {
    return this.raw.sampleName(this.row(index));
  }
  get parts(): Samples['parts'] {
    const { parts } = this.raw;
    if (!parts || !this.rows) return parts;
    const places = new Map([...this.rows].map((row, index) => [row, index]));
    const kept = (list: readonly number[]) => list.flatMap((row) => places.get(row) ?? []);
    return { training: kept(parts.training), evaluation: kept(parts.evaluation) };
  }

  /** Fitted, before the value range; not to be changed. */
  inputs(index: number): Promise<readonly Float32Array[]> {
    const known = this.kept.get(index);
    if (known) return known;
    const made = this.make(index);
    if (this.most > 0) {
      if (this.kept.size >= this.most) this.kept.delete(this.kept.keys().next().value!);
      this.kept.set(index, made);
      made.catch(() => this.kept.delete(index));
    }
    return made;
  }

  private async make(index: number): Promise<readonly Float32Array[]> {
    const row = this.row(index);
    const values: Float32Array[] = [];
    for (const [at, fitted] of this.fitted.entries()) {
      const input = await fitted.read(row);
      const wrong = input.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0)
        throw new IntactError(
          'bad-data',
          `${capital(this.name(index))} holds ${Number.isNaN(input[wrong]!) ? 'NaN' : 'infinity'} for the input "${this.needs.inputs[at]!.name}" (rows are counted from 0). Correct the sample, or choose to leave such samples out (missing: leave-out).`,
          { row },
        );
      values.push(input);
    }
    return values;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** 16, 32, 64, all. */
const sizesOf = (most: number): number[] =>
  [...[16, 32, 64].filter((size) => size < most), most].filter((size) => size > 0);

interface Decision {
  readonly range: Range;
  readonly choices: Choices;
  readonly targets: Targets;
}

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
    checks: unique(merged),
    inputShapes: shapes,
    ...(tried && !set.parts ? { tried: indices } : {}),
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

/** The input whose range matters: the first that is a picture, else the first. */
function mainInput(fitted: readonly Fitted[]): number {
  const picture = fitted.findIndex(({ form }) => form !== 'numbers');
  return Math.max(0, picture);
}

async function sampleOf(
  set: OpenSet,
  { range, targets }: Decision,
  index: number,
): Promise<Sample> {
  const raw = await set.inputs(index);
  const main = mainInput(set.fitted);
  const inputs = raw.map((values, at) => {
    const fitted = set.fitted[at]!;
    const own = values.slice();
    // The range is that of pictures; other inputs of the same model keep their numbers.
    if (at === main || fitted.form === 'picture' || fitted.form === 'bytes')
      setRange(own, range, fitted);
    return own;
  });
  return { inputs, targets: await targets.values(set.row(index)) };
}

async function firstGood(set: OpenSet): Promise<Float32Array | undefined> {
  const at = mainInput(set.fitted);
  const bad = new Set(set.bad.rows);
  for (let index = 0; index < Math.min(set.count, 50); index++)
    if (!bad.has(set.row(index)) || set.bad.leave) return (await set.inputs(index))[at];
  return undefined;
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

interface Alternative {
  readonly decision: Decision;
  /** Another reading than the usual won. */
  readonly changed: boolean;
  readonly checks: readonly Check[];
}

/** Other readings of the labels: counted from 1, another threshold. */
async function tryAlternatives(
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

/** Classes in an assumed order of which another fits far better: pointed out, with that order as a choice. */
async function tryOrder(
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
  if (!now || now.best.score > 80) return undefined;
  const labelOf = async (index: number) => {
    const [value] = await decision.targets.values(set.row(index));
    return typeof value === 'number' ? value : undefined;
  };
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
  const before = set.raw.checks.find(({ id }) => id === 'class-order');
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

/** 53-bit hash of a sample's numbers (cyrb53, public domain), as hex. */
function contentHash({ inputs, targets }: Sample): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  const add = (word: number) => {
    a = Math.imul(a ^ word, 2654435761);
    b = Math.imul(b ^ word, 1597334677);
  };
  for (const input of inputs)
    for (const word of new Uint32Array(input.buffer, input.byteOffset, input.length)) add(word);
  for (const target of targets)
    if (typeof target === 'number') add(Math.round(target * 1000));
    else if (target) for (const value of target) add(Math.round(value * 1000));
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (b >>> 0).toString(16).padStart(8, '0') + (a >>> 0).toString(16).padStart(8, '0');
}
