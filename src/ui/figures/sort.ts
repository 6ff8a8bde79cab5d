/** The order of a table's rows. What has no figure stands last, whichever way the rest is sorted. */

export interface Sort {
  /** Column id; '' for the table's own order. */
  readonly column: string;
  readonly descending: boolean;
}
export const unsorted: Sort = { column: '', descending: true };

type Key = number | string | undefined;

/** Stable: rows with equal keys keep their order. NaN counts as no figure. */
export function sortRows<R>(
  rows: readonly R[],
  by: ((row: R) => Key) | undefined,
  descending: boolean,
): readonly R[] {
  if (!by) return rows;
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [known(by(a)), known(by(b))];
    if (x === undefined || y === undefined)
      return Number(x === undefined) - Number(y === undefined);
    if (x === y) return 0;
    return x < y ? -direction : direction;
  });
}

const known = (key: Key): Key => (Number.isNaN(key) ? undefined : key);

/** The worst or largest first, names from A; a second click turns it round, a third ends it. */
export function nextSort(old: Sort, column: string, text: boolean): Sort {
  const first = !text;
  if (old.column !== column) return { column, descending: first };
  return old.descending === first ? { column, descending: !first } : unsorted;
}
