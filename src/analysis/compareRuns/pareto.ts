/** Points that nothing beats in both of two figures. */

export interface ParetoPoint {
  /** Above: larger is better. */
  readonly gain: number;
  /** Smaller is better. */
  readonly cost: number;
}

/**
 * Indices of the points that no other beats: none has at least the gain for at most the cost, and one
 * of both better. From the cheapest on. Points that aren't finite are never on the front.
 */
export function paretoFront(points: readonly ParetoPoint[]): readonly number[] {
  const order = points
    .map((_, index) => index)
    .filter((index) => Number.isFinite(points[index]!.gain) && Number.isFinite(points[index]!.cost))
    .sort(
      (a, b) => points[a]!.cost - points[b]!.cost || points[b]!.gain - points[a]!.gain || a - b,
    );
  const front: number[] = [];
  let best: ParetoPoint | undefined;
  for (const index of order) {
    const point = points[index]!;
    const equal = best?.cost === point.cost && best.gain === point.gain;
    if (!best || point.gain > best.gain || equal) {
      front.push(index);
      best = point;
    }
  }
  return front;
}
