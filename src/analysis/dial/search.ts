/**
 * Which combinations to measure: generators that ask for one after another and get its figures, so that
 * what is asked for next depends on what was measured, never on a sum of single layers. Deterministic.
 */
import type { Budget, DialPoint } from '../../run/dial';
import { keeps, type FloatThere } from './budget';
import { isBetter, isWorse, SAME_DB } from './quality';

/** Ids of layers above 8 bit, without those that follow, and with 4-bit weights. */
export interface Mix {
  readonly high: readonly string[];
  readonly low: readonly string[];
  readonly found: DialPoint['found'];
}

export interface Space {
  /** Layers that can be above 8 bit, the worst at 8 bit first. */
  readonly worstFirst: readonly string[];
  /** Layers that can have 4-bit weights, those that lose least per byte saved first. */
  readonly cheapestFirst: readonly string[];
  readonly macs: ReadonlyMap<string, number>;
  /** Known without a run: bytes of the file, and the part of the MACs above 8 bit. */
  bytes(mix: Mix): number;
  highShare(mix: Mix): number;
  readonly float: FloatThere;
}

export type Search = Generator<Mix, void, DialPoint>;
type Part<T> = Generator<Mix, T, DialPoint>;

interface Measured {
  readonly mix: Mix;
  readonly point: DialPoint;
}

function* measured(mix: Mix): Part<Measured> {
  return { mix, point: yield mix };
}

const up = ({ worstFirst }: Space, k: number, found: Mix['found'] = 'search'): Mix => ({
  high: worstFirst.slice(0, k),
  low: [],
  found,
});
const down = ({ cheapestFirst }: Space, k: number, found: Mix['found'] = 'search'): Mix => ({
  high: [],
  low: cheapestFirst.slice(0, k),
  found,
});

/** 1, 2, 3, 4, 6, 8, 12, 16, 24 … below `count`: dense where most is gained. */
export function stepsTo(count: number): number[] {
  const steps: number[] = [];
  for (let k = 1, by = 1; k < count; k += by) {
    steps.push(k);
    if (k >= 4 && (k & (k - 1)) === 0) by = k / 2;
  }
  return steps;
}

/** The three ends. */
function* ends(space: Space): Part<void> {
  yield up(space, 0, 'end');
  if (space.worstFirst.length > 0) yield up(space, space.worstFirst.length, 'end');
  if (space.cheapestFirst.length > 0) yield down(space, space.cheapestFirst.length, 'end');
}

/** Gaps of the curve that are halved once it stands. */
const HALVED = 4;

/** The whole curve: the ends, then more and more layers, then the middle of its largest gaps. */
export function* curve(space: Space): Search {
  yield* ends(space);
  for (const [count, at] of [
    [space.worstFirst.length, up],
    [space.cheapestFirst.length, down],
  ] as const) {
    const known = new Map<number, DialPoint>();
    for (const k of [0, ...stepsTo(count), count]) known.set(k, yield at(space, k, 'curve'));
    for (let halved = 0; halved < HALVED; halved++) {
      const middle = middleOfGap(known);
      if (middle === undefined) break;
      known.set(middle, yield at(space, middle, 'curve'));
    }
  }
}

/** Between the two neighbours whose SQNR differs most and that have others between them. */
function middleOfGap(known: ReadonlyMap<number, DialPoint>): number | undefined {
  const ks = [...known.keys()].sort((a, b) => a - b);
  let largest = 1;
  let middle: number | undefined;
  for (let i = 1; i < ks.length; i++) {
    const [from, to] = [ks[i - 1]!, ks[i]!];
    const gap = Math.abs(known.get(to)!.sqnr - known.get(from)!.sqnr);
    if (to - from < 2 || !(gap > largest)) continue;
    largest = gap;
    middle = (from + to) >> 1;
  }
  return middle;
}

/** Layers that are tried one by one, at most. */
const TRIED = 24;

/** The combinations that a budget needs to see. */
export function forBudget(budget: Budget, space: Space): Search {
  switch (budget.kind) {
    case 'accuracy':
    case 'sqnr':
      return forQuality(budget, space);
    case 'size':
      return forSize(budget.bytes, space);
    case 'high':
      return forShare(budget.share, space);
    default:
      return budget satisfies never;
  }
}

function* forQuality(budget: Extract<Budget, { kind: 'accuracy' | 'sqnr' }>, space: Space): Search {
  const kept = ({ point }: Measured) => keeps(budget, point, space.float);
  let start = yield* measured(up(space, 0, 'end'));
  if (!kept(start)) {
    const count = space.worstFirst.length;
    if (count === 0) return;
    const all = yield* measured(up(space, count, 'end'));
    // Nothing may keep it: then the curve says how near one comes.
    if (!kept(all)) {
      for (const k of stepsTo(count)) yield up(space, k, 'curve');
      return;
    }
    start = yield* fewest(count, all, (k) => up(space, k), kept);
    start = yield* givenBack(start, space, (now, first) => kept(now) && !worse(now, first));
  }
  if (budget.prefer === 'smallest') yield* narrowed(start, space, kept);
}

const worse = (now: Measured, first: Measured) => isWorse(first.point.answers, now.point.answers);

/** The fewest layers that will do, by halving: as if more layers never did worse, which each step measures. */
function* fewest(
  count: number,
  all: Measured,
  at: (k: number) => Mix,
  kept: (one: Measured) => boolean,
): Part<Measured> {
  let [fails, does] = [0, count];
  let best = all;
  while (does - fails > 1) {
    const middle = (fails + does) >> 1;
    const one = yield* measured(at(middle));
    if (kept(one)) [does, best] = [middle, one];
    else fails = middle;
  }
  return best;
}

/** Each layer above 8 bit given back alone, the most MACs first and the least noise first: kept where it may. */
function* givenBack(
  first: Measured,
  { macs, worstFirst }: Space,
  may: (now: Measured, first: Measured) => boolean,
): Part<Measured> {
  const rank = new Map(worstFirst.map((id, at) => [id, at]));
  const order = [...first.mix.high].sort(
    (a, b) => (macs.get(b) ?? 0) - (macs.get(a) ?? 0) || rank.get(b)! - rank.get(a)!,
  );
  let now = first;
  for (const id of order.slice(0, TRIED)) {
    const high = now.mix.high.filter((one) => one !== id);
    const one = yield* measured({ ...now.mix, high, found: 'refined' });
    if (may(one, first)) now = one;
  }
  return now;
}

/** As many 4-bit layers as the budget keeps: by halving, then those that are left, one by one. */
function* narrowed(
  start: Measured,
  space: Space,
  kept: (one: Measured) => boolean,
): Part<Measured> {
  const { high } = start.mix;
  const free = space.cheapestFirst.filter((id) => !high.includes(id));
  const may = (one: Measured) => kept(one) && !worse(one, start);
  const at = (low: readonly string[], found: Mix['found']): Mix => ({ high, low, found });
  let [does, fails] = [0, free.length + 1];
  let now = start;
  while (fails - does > 1) {
    const middle = fails > free.length && does === 0 ? free.length : (does + fails) >> 1;
    const one = yield* measured(at(free.slice(0, middle), 'search'));
    if (may(one)) [does, now] = [middle, one];
    else fails = middle;
  }
  // The one that failed is not tried again.
  for (const id of free.slice(does + 1, does + 1 + TRIED)) {
    const one = yield* measured(at([...now.mix.low, id], 'refined'));
    if (may(one)) now = one;
  }
  return now;
}

function* forSize(most: number, space: Space): Search {
  const fits = (mix: Mix) => space.bytes(mix) <= most;
  yield up(space, 0, 'end');
  const none = up(space, 0);
  const count = space.cheapestFirst.length;
  let now: Measured | undefined;
  if (!fits(none)) {
    if (count === 0) return;
    const k = firstThat(count, (at) => fits(down(space, at)));
    now = yield* measured(down(space, k ?? count));
    if (k === undefined) return;
    // What else fits, the layers that lose most first.
    for (const id of [...now.mix.low].reverse().slice(0, TRIED)) {
      const mix: Mix = {
        ...now.mix,
        low: now.mix.low.filter((one) => one !== id),
        found: 'refined',
      };
      if (!fits(mix)) continue;
      const one: Measured = yield* measured(mix);
      if (!isBetter(now.point, one.point)) now = one;
    }
  }
  for (const k of stepsTo(space.worstFirst.length + 1)) {
    const low: readonly string[] = now?.mix.low ?? [];
    const high = space.worstFirst.slice(0, k);
    const mix: Mix = { high, low: low.filter((id) => !high.includes(id)), found: 'search' };
    if (fits(mix)) yield mix;
  }
}

/** Smallest k of 0 … count for which it holds, as it then does for all above. */
function firstThat(count: number, holds: (k: number) => boolean): number | undefined {
  if (!holds(count)) return undefined;
  let [fails, does] = [-1, count];
  while (does - fails > 1) {
    const middle = (fails + does) >> 1;
    if (holds(middle)) does = middle;
    else fails = middle;
  }
  return does;
}

function* forShare(most: number, space: Space): Search {
  const fits = (high: readonly string[]) =>
    space.highShare({ high, low: [], found: 'search' }) <= most + 1e-9;
  yield up(space, 0, 'end');
  const { worstFirst, macs } = space;
  const perMac = [...worstFirst].sort((a, b) => (macs.get(a) ?? 0) - (macs.get(b) ?? 0));
  const { length } = worstFirst;
  const tooMany = firstThat(length, (k) => !fits(worstFirst.slice(0, k)));
  // Layers that the target has no int8 kernel for may be too many by themselves.
  if (tooMany === 0) return;
  const prefix = tooMany === undefined ? length : tooMany - 1;
  const filled = (order: readonly string[]) =>
    order.reduce<string[]>((high, id) => (fits([...high, id]) ? [...high, id] : high), []);
  const found = 'search';
  let best: Measured | undefined;
  for (const high of [
    worstFirst.slice(0, prefix),
    filled(worstFirst),
    filled(perMac),
    ...stepsTo(prefix).map((k) => worstFirst.slice(0, k)),
  ]) {
    const one: Measured = yield* measured({ high, low: [], found });
    if (!best || isBetter(one.point, best.point)) best = one;
  }
  if (!best || best.mix.high.length === 0) return;
  yield* givenBack(
    best,
    space,
    (now, first) => !worse(now, first) && now.point.sqnr >= first.point.sqnr - SAME_DB,
  );
}
