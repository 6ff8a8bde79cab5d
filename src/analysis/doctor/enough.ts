/** From how many calibration samples on nothing changes any more. */
import type { CurvePoint } from '../../run/doctor';
import type { Outcome } from '../../run/outcome';

/** Decibels of the output's noise that say nothing, however near two halves happen to be. */
const LEAST_DB = 1;
/** Half of the noise: a larger difference of halves says that both are too few. */
const MOST_DB = 3;
/** Of ranges, where nothing was measured at the output. */
const NEAR_RANGE = 0.05;

/** How far the output's SQNR may be apart and be called the same: as far as of two halves of the samples. */
export function toleranceOf(halves: readonly [Outcome, Outcome] | undefined): number {
  const apart =
    halves?.[0].outputs.map(({ sqnr }, output) => {
      const other = halves[1].outputs[output]!.sqnr;
      return sqnr === other ? 0 : Math.abs(sqnr - other);
    }) ?? [];
  return Math.min(MOST_DB, Math.max(LEAST_DB, ...apart.filter(Number.isFinite)));
}

/**
 * The least number of samples from which on no point is worse than the last by more than the tolerance;
 * undefined where that is the last itself: more samples may still change something.
 */
export function enoughOf(curve: readonly CurvePoint[], tolerance: number): number | undefined {
  const last = curve.at(-1);
  if (!last) return undefined;
  const far = curve.findLastIndex((point) => !isNear(point, last, tolerance));
  const found = curve[far + 1];
  return found && found !== last ? found.samples : undefined;
}

function isNear(point: CurvePoint, last: CurvePoint, tolerance: number): boolean {
  if (!point.outcome || !last.outcome) return point.uncovered <= NEAR_RANGE;
  return last.outcome.outputs.every(
    ({ sqnr }, output) => point.outcome!.outputs[output]!.sqnr >= sqnr - tolerance,
  );
}
