/** NumPy broadcasting of up to any rank, as strides. */

export interface BroadcastPlan {
  readonly shape: readonly number[];
  /** Element strides of each operand over `shape`; 0 where it is broadcast. */
  readonly strides: readonly (readonly number[])[];
  /** Both operands have exactly the output's shape. */
  readonly same: boolean;
}

export function broadcastPlan(shapes: readonly (readonly number[])[]): BroadcastPlan {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const padded = shapes.map((shape) => [
    ...new Array<number>(rank - shape.length).fill(1),
    ...shape,
  ]);
  const shape = Array.from({ length: rank }, (_, axis) =>
    padded.reduce((size, operand) => (operand[axis] === 1 ? size : operand[axis]!), 1),
  );
  const strides = padded.map((operand) => {
    const own = new Array<number>(rank).fill(0);
    let step = 1;
    for (let axis = rank - 1; axis >= 0; axis--) {
      own[axis] = operand[axis] === 1 ? 0 : step;
      step *= operand[axis]!;
    }
    return own;
  });
  const same = padded.every((operand) => operand.every((size, axis) => size === shape[axis]));
  return { shape, strides, same };
}

/** For every output element, the element of the operand that it reads. */
export function broadcastIndex(shape: readonly number[], strides: readonly number[]): Int32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const index = new Int32Array(count);
  const position = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let i = 0; i < count; i++) {
    index[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return index;
}
