/** What a label is for an output, and what the kinds of labels share. */
import type { LabelColumn } from '../raw';
import type { Check, OutputNeed, TargetKind, TargetValue } from '../samples';

export interface Target {
  readonly kind: TargetKind;
  /** undefined: this sample has none. */
  value(index: number): Promise<TargetValue | undefined>;
  readonly checks: readonly Check[];
  /** Other readings of the same label that figures could tell apart: choice id and value. */
  readonly alternatives: readonly { readonly id: string; readonly value: string }[];
}
export type Fit = Target | { readonly problem: string };

export interface Facts {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** Sorted, up to 1,001. */
  readonly distinct: readonly number[];
}

export function factsOf(values: Float64Array): Facts {
  let min = Infinity;
  let max = -Infinity;
  let whole = true;
  const seen = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isInteger(value)) whole = false;
    if (seen.size <= 1000) seen.add(value);
  }
  return { min, max, whole, distinct: [...seen].sort((a, b) => a - b) };
}

export const only = (facts: Facts, ...values: number[]) =>
  facts.distinct.every((value) => values.includes(value));
export const check = (
  id: string,
  label: string,
  status: Check['status'],
  value: string,
  sentence: string,
  choices: Check['choices'] = [],
): Check => ({ id, label, status, value, sentence, choices });

export const named = (label: LabelColumn) => (label.names ? { names: label.names } : {});

export function constant(values: Float64Array, map: (value: number) => number) {
  return (index: number): Promise<TargetValue | undefined> => {
    const value = values[index]!;
    return Promise.resolve(Number.isNaN(value) ? undefined : map(value));
  };
}

export const thresholdOf = (ends: OutputNeed['ends']): number => (ends === 'linear' ? 0 : 0.5);

export function oneHot(values: Float64Array, width: number): Target['value'] | undefined {
  const rows = values.length / width;
  const codes = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let hot = -1;
    let missing = 0;
    for (let at = 0; at < width; at++) {
      const value = values[row * width + at]!;
      if (Number.isNaN(value)) missing++;
      else if (value === 1 && hot < 0) hot = at;
      else if (value !== 0) return undefined;
    }
    if (missing === width) codes[row] = NaN;
    else if (hot < 0 || missing > 0) return undefined;
    else codes[row] = hot;
  }
  return constant(codes, (value) => value);
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
