/**
 * How tensors lie in GPU buffers: words of 4 bytes. float32: as in memory. int8: rows of the last axis, each
 * padded to whole words; what stands in the padding is anything and reaches no result. A batch is that many
 * tensors one after the other.
 */
import { elementCount, type Tensor, type Value } from '../../model/graph';

export interface Layout {
  readonly dtype: 'int8' | 'float32';
  readonly rows: number;
  /** Elements of a row. */
  readonly width: number;
  /** Words of a row. */
  readonly stride: number;
  /** Words of one sample. */
  readonly words: number;
}

/** undefined: no type that lies in GPU buffers, or nothing in it. */
export function layoutOf({ dtype, shape }: Pick<Value, 'dtype' | 'shape'>): Layout | undefined {
  if (dtype !== 'int8' && dtype !== 'float32') return undefined;
  const count = elementCount(shape);
  if (count === 0) return undefined;
  const width = shape.at(-1) ?? 1;
  const rows = count / width;
  const stride = dtype === 'int8' ? Math.ceil(width / 4) : width;
  return { dtype, rows, width, stride, words: rows * stride };
}

/** Do the same bytes mean the same elements in both? */
export function sameBytes(a: Layout, b: Layout): boolean {
  if (a.dtype !== b.dtype || a.rows * a.width !== b.rows * b.width) return false;
  const whole = (one: Layout) => one.dtype === 'float32' || one.width % 4 === 0;
  return a.width === b.width || (whole(a) && whole(b));
}

/** Writes a tensor's elements at a word of `target`. */
export function store(
  { dtype, rows, width, stride }: Layout,
  data: Tensor['data'],
  target: ArrayBufferLike,
  word: number,
): void {
  if (dtype === 'float32') {
    new Float32Array(target, 4 * word, rows * width).set(data as Float32Array);
    return;
  }
  const bytes = new Int8Array(target, 4 * word, 4 * rows * stride);
  const from = data as Int8Array;
  if (width % 4 === 0) bytes.set(from);
  else
    for (let row = 0; row < rows; row++) {
      const start = row * width;
      const to = 4 * row * stride;
      for (let i = 0; i < width; i++) bytes[to + i] = from[start + i]!;
    }
}

/** A copy of the elements that lie at a word of `source`. */
export function load(
  { dtype, rows, width, stride }: Layout,
  source: ArrayBufferLike,
  word: number,
): Float32Array | Int8Array {
  if (dtype === 'float32') return new Float32Array(source, 4 * word, rows * width).slice();
  const bytes = new Int8Array(source, 4 * word, 4 * rows * stride);
  if (width % 4 === 0) return bytes.slice();
  const out = new Int8Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const from = 4 * row * stride;
    for (let i = 0; i < width; i++) out[row * width + i] = bytes[from + i]!;
  }
  return out;
}
