/** How wide the parts of a row are; where there is little room the name stands above the marks. */

export interface RowLayout {
  readonly narrow: boolean;
  readonly height: number;
  readonly stripHeight: number;
  readonly name: number;
  /** Letters of a name that fit. */
  readonly letters: number;
  readonly strip: number;
  readonly mini: number;
  readonly worst: number;
}

/** Between the parts, and beside the scrollbar. */
export const gapOf = (narrow: boolean): number => (narrow ? 4 : 8);
const edge = 14;
const narrowBelow = 620;
/** Of the letters in use, px; of the number before a name and what surrounds it. */
const letter = 7;
const beside = 38;
const names = { least: 110, most: 244 } as const;

/** @param longest letters of the longest name; @param minis how many small multiples there are */
export function rowLayout(width: number, longest: number, minis: number): RowLayout {
  const narrow = width < narrowBelow;
  const gap = gapOf(narrow);
  const worst = narrow ? 92 : 86;
  const mini = narrow ? 24 : 56;
  const wanted = Math.min(names.most, Math.max(names.least, longest * letter + beside));
  const name = narrow ? Math.max(names.least, width - worst - gap - edge) : wanted;
  const beforeStrip = narrow ? 0 : name + worst + 2 * gap;
  const strip = Math.max(90, Math.floor(width - beforeStrip - minis * (mini + gap) - edge));
  return {
    ...{ narrow, name, strip, mini, worst },
    height: narrow ? 46 : 26,
    stripHeight: narrow ? 22 : 26,
    letters: Math.floor((name - beside) / letter),
  };
}
