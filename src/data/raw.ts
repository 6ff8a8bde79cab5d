/**
 * What the readers hand on, before anything is fitted to a model: where the numbers or pictures of a
 * sample come from, what may be a label, and what was already decided.
 */
import type { Picture, PictureHead } from './images/picture';
import type { Check } from './samples';

/** Numbers of one form per sample. */
export interface ArrayColumn {
  readonly kind: 'numbers';
  readonly name: string;
  /** Per sample. */
  readonly shape: readonly number[];
  readonly storage: 'bytes' | 'integers' | 'floats';
  readonly count: number;
  row(index: number): Promise<Float32Array>;
}
/** Pictures of any size per sample. */
export interface PictureColumn {
  readonly kind: 'pictures';
  readonly name: string;
  readonly count: number;
  head(index: number): PictureHead;
  picture(index: number): Promise<Picture>;
}
export type FeatureColumn = ArrayColumn | PictureColumn;

/** What the first masks hold. */
export interface MasksSeen {
  readonly looked: number;
  /** Sorted, at most 256. */
  readonly values: readonly number[];
  /** Colours of masks that have more than grey, "#rrggbb". */
  readonly colours: readonly string[];
  /** Masks that are numbers of a palette. */
  readonly palettes: number;
}

/** What may be targets of an output. */
export interface LabelColumn {
  readonly name: string;
  /** Per sample; [] for one number. */
  readonly shape: readonly number[];
  readonly storage: 'bytes' | 'integers' | 'floats';
  /** All of them where they are few; NaN: this sample has none. */
  readonly values?: Float64Array;
  row(index: number): Promise<Float32Array>;
  /** Masks that are pictures of any size; `shape` is then [−1, −1]. */
  picture?(index: number): Promise<Picture>;
  /** What the first of them hold. */
  readonly masks?: MasksSeen;
  /** Texts in the order of their numbers. */
  readonly names?: readonly string[];
}

export interface RawSet {
  readonly name: string;
  readonly description: string;
  readonly count: number;
  readonly features: readonly FeatureColumn[];
  readonly labels: readonly LabelColumn[];
  readonly parts?: { readonly training: readonly number[]; readonly evaluation: readonly number[] };
  readonly checks: readonly Check[];
  /** What could be chosen otherwise, of interest only where the samples don't fit. */
  readonly ifRefused?: readonly Check[];
  /** "row 17 of set.npz", "line 12", "cat/3.png" */
  sampleName(index: number): string;
  /** The order of the label's names is the reader's own and may be another in the model. */
  readonly orderAssumed?: boolean;
}

/** "3, 7, 12 and 4 more" */
export function listed(items: readonly (string | number)[], most = 8): string {
  const shown = items.slice(0, most).join(', ');
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'single numbers' : shape.join('×');
export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
