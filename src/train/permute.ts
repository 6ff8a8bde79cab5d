/** Constants from the graph's layout to TF.js' and back. */

/** Element order of a transposition: result[i] = data[order[i]]. */
export function permutation(shape: readonly number[], axes: readonly number[]): Int32Array {
  const strides = shape.map((_, k) => shape.slice(k + 1).reduce((a, b) => a * b, 1));
  const sizes = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const order = new Int32Array(shape.reduce((a, b) => a * b, 1));
  const index = new Array<number>(axes.length).fill(0);
  let from = 0;
  for (let i = 0; i < order.length; i++) {
    order[i] = from;
    for (let k = axes.length - 1; k >= 0; k--) {
      index[k]! += 1;
      from += steps[k]!;
      if (index[k]! < sizes[k]!) break;
      from -= steps[k]! * sizes[k]!;
      index[k] = 0;
    }
  }
  return order;
}

export const permuted = (data: Float32Array, order: Int32Array): Float32Array =>
  Float32Array.from(order, (from) => data[from]!);

export function unpermuted(data: Float32Array, order: Int32Array): Float32Array {
  const result = new Float32Array(data.length);
  order.forEach((to, i) => (result[to] = data[i]!));
  return result;
}
