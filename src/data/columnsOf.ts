/** Which inputs get features, and what their columns are like over the samples that are not for evaluation alone. */
import { momentsOf } from './columnScale';
import type { Fitted } from './fit/types';
import type { BadRows } from './openSet';
import { channelsOf } from './range';
import { product, type RawSet } from './raw';
import type { InputNeed, ModelNeeds } from './samples';

export async function withColumns(
  raw: RawSet,
  fitted: readonly Fitted[],
  { inputs }: ModelNeeds,
  bad: BadRows,
): Promise<readonly Fitted[]> {
  const out = new Set(bad.rows);
  const rows = (raw.parts?.training ?? Array.from({ length: raw.count }, (_, row) => row)).filter(
    (row) => !out.has(row),
  );
  if (rows.length < 2) return fitted;
  const looked: Fitted[] = [];
  for (const [at, fit] of fitted.entries()) {
    if (!holdsFeatures(fit, inputs[at]!)) {
      looked.push(fit);
      continue;
    }
    const columns = await momentsOf(fit.read, rows, product(fit.shape), channelsOf(fit));
    const binary = columns.max.every((value) => value <= 1) && fit.found.endsWith('only 0 and 1');
    looked.push(binary ? fit : { ...fit, columns });
  }
  return looked;
}

/** Numbers that count or measure something: no pictures, and no rows of a table that is looked up. */
const holdsFeatures = (
  { form, bound, channelsFirst, shape }: Fitted,
  { indexLimit, dtype }: InputNeed,
): boolean =>
  form === 'numbers' &&
  bound === undefined &&
  !channelsFirst &&
  indexLimit === 0 &&
  dtype === 'float32' &&
  product(shape) > 0;
