/** Which layers are worth several threads, and into how many tiles they fall. */
import type { RangeKernel, RangeName } from '../variant';
import type { Pool } from './pool';

/** Layers that take less wake nobody: a helper that waits needs 50 µs to come. */
export const LEAST_US = 20;
/** Helpers that are awake take part in layers that take this part of it. */
const AWAKE = 1 / 4;
/** A claim costs about 0.1 µs. */
const TILE_US = 2.5;
const TILES_PER_THREAD = 8;

/** Where kernels of one heap run. */
export interface Place {
  readonly pool: Pool;
  readonly heap: number;
  /** Microseconds below which a layer wakes nobody. */
  readonly leastUs: number;
}

export interface Work {
  readonly name: RangeName;
  readonly kernel: RangeKernel;
  readonly units: number;
  /** Microseconds of all units on one thread, roughly. */
  readonly us: number;
  /** Tiles are multiples of this many units. Default 1. */
  readonly grain?: number;
}

/** Units of a tile; undefined: one thread. */
export function tileUnits(
  work: Omit<Work, 'kernel'>,
  threads: number,
  leastUs = LEAST_US,
): number | undefined {
  const { units, us, grain = 1 } = work;
  if (threads < 2 || us < leastUs * AWAKE || units < 2 * grain) return undefined;
  const tiles = Math.max(2, Math.min(threads * TILES_PER_THREAD, Math.floor(us / TILE_US)));
  return Math.ceil(units / tiles / grain) * grain;
}

/** The kernel over all of its units. */
export function spread(work: Work, place: Place | undefined): (...values: number[]) => void {
  const { name, kernel, units, us } = work;
  const alone = (...values: number[]) => kernel(...values, 0, units);
  const unitsPerTile = place && tileUnits(work, place.pool.helpers + 1, place.leastUs);
  if (!place || !unitsPerTile || unitsPerTile >= units) return alone;
  const { pool, heap } = place;
  const tileMs = ((us / 1000) * unitsPerTile) / units;
  const isShort = us < place.leastUs;
  const job = { heap, name, kernel, units, unitsPerTile, tileMs, isShort };
  return (...values) => {
    pool.run(job, values);
  };
}
