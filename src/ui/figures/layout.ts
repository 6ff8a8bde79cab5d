/** Where figures go when there is little room, and how long their bars are. */
import type { LayerFigure } from '../../analysis/figures';

/** SQNR above this needs no attention: the bar is full. */
const fullSqnr = 60;

/** Length of the bar in the table: of a change only what it costs, of SQNR what still matters; undefined: no bar. */
export function barLength(
  { unit, better }: Pick<LayerFigure, 'unit' | 'better'>,
  value: number,
): number | undefined {
  switch (unit) {
    case 'dB':
      return Math.min(fullSqnr, Math.max(0, value));
    case 'points':
    case 'target':
      return Math.max(0, better === 'lower' ? value : -value);
    case '%':
    case 'bytes':
    case 'ms':
    case 'steps':
      return Math.max(0, value);
    case 'pJ':
    case 'count':
    case 'times':
    case 'number':
      return undefined;
    default:
      return unit satisfies never;
  }
}

/** Pixels below which the columns that the inspector repeats are left out, and below which types are cut. */
const roomForAll = 945;
const roomForTypes = 1100;

/** `room`: pixels of the table; 0 while it isn't known. */
export const isNarrow = (room: number): boolean => room > 0 && room < roomForAll;
export const cutsTypes = (room: number): boolean => room < roomForTypes;
