/** How many positions of a layer fit: those that were asked for, fewer where patches are long. */

/** Numbers of a layer's patches. */
const PATCH_NUMBERS = 2 ** 25;
const LEAST_POSITIONS = 256;

/** Positions of one layer, whose patches have `length` numbers. */
export const positionsFor = (positions: number, length: number): number =>
  Math.min(positions, Math.max(LEAST_POSITIONS, Math.floor(PATCH_NUMBERS / length)));
