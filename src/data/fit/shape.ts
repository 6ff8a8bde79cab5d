/** Shapes of inputs as samples must have them. */
import type { InputNeed } from '../samples';

/**
 * An input without its batch; one whose batch is fixed at another number than 1 is one sample as a whole.
 */
export function targetShape({ shape }: InputNeed): readonly number[] {
  return (shape[0] ?? 1) === 1 ? shape.slice(1) : shape;
}
