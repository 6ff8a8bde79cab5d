/** From how many calibration samples on nothing changes any more. */
import type { CurvePoint } from '../../run/doctor';

/** Less than half a decibel off the output's noise of all samples is within what another draw would give. */
const NEAR_DB = 0.5;
/** Of ranges, where nothing was measured at the output. */
const NEAR_RANGE = 0.05;

/**
 * The least number of samples from which on every point is near the last one; undefined where that is
 * the last itself: more samples may still change something.
 */
export function enoughOf(curve: readonly CurvePoint[]): number | undefined {
  const last = curve.at(-1);
  if (!last) return undefined;
  const far = curve.findLastIndex((point) => !isNear(point, last));
  const found = curve[far + 1];
  return found && found !== last ? found.samples : undefined;
}

function isNear(point: CurvePoint, last: CurvePoint): boolean {
  if (!point.outcome || !last.outcome) return point.uncovered <= NEAR_RANGE;
  return last.outcome.outputs.every(({ sqnr }, output) => {
    const own = point.outcome!.outputs[output]!.sqnr;
    return own === sqnr || Math.abs(own - sqnr) <= NEAR_DB || own > sqnr;
  });
}
