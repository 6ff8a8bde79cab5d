/** Weight layouts: Keras' into TFLite's. */

/** Moves axes: result axis k is source axis order[k]. Row-major in and out. */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  const counter = new Array<number>(sizes.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      counter[axis] = counter[axis]! + 1;
      if (counter[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      counter[axis] = 0;
    }
  }
  return result;
}

/** Puts zeros between the taps of a [height, width, …] kernel. */
export function dilate(
  data: Float32Array,
  shape: readonly [number, number, number, number],
  dilation: readonly [number, number],
): { data: Float32Array; shape: [number, number, number, number] } {
  const [height, width, a, b] = shape;
  const wide: [number, number, number, number] = [
    (height - 1) * dilation[0] + 1,
    (width - 1) * dilation[1] + 1,
    a,
    b,
  ];
  const inner = a * b;
  const result = new Float32Array(wide[0] * wide[1] * inner);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * inner;
      const to = (y * dilation[0] * wide[1] + x * dilation[1]) * inner;
      result.set(data.subarray(from, from + inner), to);
    }
  return { data: result, shape: wide };
}
