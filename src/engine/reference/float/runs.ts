/** Broadcasting as runs: an odometer over the outer axes, and a plain loop over the innermost. */
import { IntactError } from '../../../model/error';
import { collapse } from '../move/view';

export interface Runs {
  /** Length of one run, and how far each operand steps within it. */
  readonly length: number;
  readonly steps: readonly number[];
  /** Where each operand's runs start: `starts[operand][run]`. */
  readonly starts: readonly Int32Array[];
}

/** Runs of operands broadcast to `shape`. Throws `malformed` where one cannot be. */
export function broadcastRuns(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
): Runs {
  const strides = operands.map((own) => {
    const missing = shape.length - own.length;
    let step = 1;
    const result = new Array<number>(shape.length).fill(0);
    for (let axis = own.length - 1; axis >= 0; axis--) {
      if (own[axis] !== 1 && own[axis] !== shape[axis + missing]) {
        throw new IntactError(
          'malformed',
          `A tensor of shape [${own.join(', ')}] cannot be broadcast to [${shape.join(', ')}]; the model's file is damaged.`,
        );
      }
      result[axis + missing] = own[axis] === 1 ? 0 : step;
      step *= own[axis]!;
    }
    return result;
  });
  return runsOf(shape, strides);
}

/** Runs over a box of `shape` that each operand walks with its own strides. */
export function runsOf(shape: readonly number[], strides: readonly (readonly number[])[]): Runs {
  const flat = collapse(shape, strides);
  const length = flat.shape.pop() ?? 1;
  const steps = flat.strides.map((own) => own.pop() ?? 0);
  const count = flat.shape.reduce((product, size) => product * size, 1);
  const position = new Int32Array(flat.shape.length);
  const starts = flat.strides.map((own) => {
    position.fill(0);
    const list = new Int32Array(count);
    let at = 0;
    for (let run = 0; run < count; run++) {
      list[run] = at;
      for (let axis = flat.shape.length - 1; axis >= 0; axis--) {
        at += own[axis]!;
        if (++position[axis]! < flat.shape[axis]!) break;
        at -= own[axis]! * flat.shape[axis]!;
        position[axis] = 0;
      }
    }
    return list;
  });
  return { length, steps, starts };
}
