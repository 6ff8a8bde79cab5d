/** Float activations whose numbers are held against the grids that they get. */
import type { Value } from '../../model/graph';
import { limits } from '../../quant/affine';

/** A float activation and the ends of its grid; none where it has no grid. */
export interface Watched {
  /** A node, or an input of the model by its own name. */
  readonly layer: string;
  /** In the joined graph. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The range that a grid holds, and half a step more on each side: what rounds to its ends. */
export function endsOfGrid({ dtype, quant }: Value): { low: number; high: number } {
  if ((dtype !== 'int8' && dtype !== 'int16') || quant?.scale.length !== 1)
    return { low: -Infinity, high: Infinity };
  const { min, max } = limits[dtype];
  const [scale, zeroPoint] = [quant.scale[0]!, quant.zeroPoint[0]!];
  return { low: scale * (min - zeroPoint - 0.5), high: scale * (max - zeroPoint + 0.5) };
}
