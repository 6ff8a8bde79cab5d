/**
 * What an array's numbers are: bytes of pictures, 0 … 1, whole numbers to a small maximum, or any. All
 * samples are looked at; of sets too large for that, samples spread over the set, and that is said.
 */
import { product, type ArrayColumn } from '../raw';
import type { Fitted } from './types';

const SPREAD = 64;
/** Numbers that are looked through: half a second. */
const MOST_LOOKED_THROUGH = 2 ** 26;

export async function lookAt(
  column: ArrayColumn,
  imageLike: boolean,
): Promise<Pick<Fitted, 'form' | 'found' | 'bound'>> {
  const seen = { min: Infinity, max: -Infinity, whole: true };
  const spread = await lookThrough(column, Math.max(1, Math.floor(column.count / SPREAD)), seen);
  // Bytes are whole and end at 255: once one is large, no other sample makes them anything else.
  const settled = imageLike && column.storage === 'bytes' && seen.max >= LEAST_OF_BYTES;
  const all = settled || spread === column.count;
  const small = column.count * product(column.shape) <= MOST_LOOKED_THROUGH;
  if (!all && small) await lookThrough(column, 1, seen);
  const { min, max, whole } = seen;
  const samples =
    all || small ? 'The samples' : `The ${spread} of ${column.count} samples that were looked at`;
  const range = `${format(min)} … ${format(max)}`;
  if (imageLike && whole && min >= 0 && max <= 255 && max >= LEAST_OF_BYTES)
    return { form: 'bytes', found: `${samples} hold whole numbers ${range}, as pictures do` };
  if (imageLike && !whole && min >= 0 && max <= 1.0001 && max > 0.25)
    return { form: 'unit', found: `${samples} hold numbers ${range}` };
  if (imageLike && whole && min >= 0 && max > 1 && max <= 255)
    return { form: 'numbers', bound: max, found: `${samples} hold whole numbers ${range}` };
  const what = whole && max <= 1 && min >= 0 ? 'only 0 and 1' : `numbers ${range}`;
  return { form: 'numbers', found: `${samples} hold ${what}` };
}

const LEAST_OF_BYTES = 64;

/** Every `step`-th sample into `seen`; how many those were. */
async function lookThrough(
  column: ArrayColumn,
  step: number,
  seen: { min: number; max: number; whole: boolean },
): Promise<number> {
  let count = 0;
  for (let index = 0; index < column.count; index += step, count++) {
    for (const value of await column.row(index)) {
      if (value < seen.min) seen.min = value;
      if (value > seen.max) seen.max = value;
      if (seen.whole && !Number.isInteger(value)) seen.whole = false;
    }
  }
  return count;
}

const format = (value: number) =>
  (Number.isInteger(value) ? String(value) : value.toPrecision(4)).replace('-', '−');
