/** How sums of an int8 layer leave it (assembly/leave.ts), chosen from what they can reach. */
import type { Build } from './build';

/** Bits of 1.5·2^23 as float32 (assembly/lanes.ts MAGIC). */
const magicBits = 0x4b400000;
/** The same byte four times. */
export const fourBytes = (value: number): number => Math.imul(value & 255, 0x01010101);

/** Largest real result for which no clamp is needed before narrowing; `scaled` is exact to 2^22. */
const narrowLimit = 2 ** 21;
/** Results and their zero point within int16. */
const shortLimit = 2 ** 15 - 256;

const modes = { even: 0, open: 1, clamped: 2 } as const;

export interface Leaving {
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
  /** Largest |sum · scale| of any channel; NaN and infinity too are possible. */
  readonly reach: number;
}

function modeOf({ zeroPoint, low, high, reach }: Leaving): number {
  if (low > -128 || high < 127 || !(reach < narrowLimit)) return modes.clamped;
  return zeroPoint % 2 === 0 && reach < shortLimit ? modes.even : modes.open;
}

/** Places the block; its address. */
export function placeLeave(build: Build, leaving: Leaving): number {
  const { zeroPoint, low, high, reach } = leaving;
  const mode = modeOf(leaving);
  const shift = mode === modes.even ? zeroPoint : 0;
  return build.place(
    Int32Array.of(
      mode,
      magicBits + shift,
      magicBits + shift - zeroPoint,
      fourBytes(low),
      fourBytes(high),
      reach < narrowLimit ? 0 : 1,
      magicBits + shift - zeroPoint + low,
      0x00ff00ff,
    ),
  );
}
