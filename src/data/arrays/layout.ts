/** Rows of an array as they lie in a file, C or Fortran order, read in parts. */
import { IntactError } from '../../model/error';
import { bytesOf } from '../files/bytes';
import type { ByteSource } from '../samples';
import type { NumberArray } from './types';

export type ReadNumber = (view: DataView, offset: number, little: boolean) => number;
export interface ElementType {
  readonly name: string;
  readonly size: number;
  readonly storage: NumberArray['storage'];
  readonly read: ReadNumber;
}

export interface ArrayLayout {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly little: boolean;
  readonly fortran: boolean;
  /** Of the first element in `source`. */
  readonly offset: number;
  readonly source: ByteSource;
}

/** Rows of labels and texts are held whole up to this many elements. */
const MOST_HELD = 2 ** 26;
/** A row is read with its neighbours: samples are mostly read in runs. */
const BLOCK_BYTES = 2 ** 20;

/**
 * @throws IntactError `bad-data` where a dimension is no whole number ≥ 0, a sample would hold no byte,
 *   or fewer bytes follow than the shape claims: before anything of that size is allocated
 */
export function checkShape(
  shape: readonly number[],
  elementSize: number,
  available: number,
  fail: (what: string) => IntactError,
): void {
  const text = shape.join('×');
  if (shape.some((size) => !Number.isInteger(size) || size < 0))
    throw fail(
      `claims the shape (${text}), whose sizes must be whole numbers that are not negative`,
    );
  if (shape.slice(1).some((size) => size === 0))
    throw fail(`claims the shape (${text}): its samples hold no numbers`);
  let bytes = elementSize;
  for (const size of shape) {
    bytes *= size;
    if (bytes > available) throw fail(`claims ${text} values but holds fewer bytes`);
  }
}

export function arrayOf(layout: ArrayLayout): NumberArray {
  const { name, shape, type } = layout;
  const rows = shape[0] ?? 1;
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  const common = { name, shape, storage: type.storage, type: type.name };
  if (layout.fortran && shape.length > 1)
    return { ...common, ...fortranRows(layout, rows, length) };
  const rowBytes = length * type.size;
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, rowBytes)));
  let held: { block: number; bytes: Promise<Uint8Array> } | undefined;
  const block = (index: number) => {
    if (held?.block !== index) {
      const start = layout.offset + index * perBlock * rowBytes;
      const end = layout.offset + Math.min(rows, (index + 1) * perBlock) * rowBytes;
      held = { block: index, bytes: bytesOf(layout.source, start, end) };
    }
    return held.bytes;
  };
  return {
    ...common,
    async row(index) {
      const bytes = await block(Math.floor(index / perBlock));
      const out = new Float32Array(length);
      fill(out, bytes, (index % perBlock) * rowBytes, layout);
      return out;
    },
    async all() {
      const count = checkHeld(layout, rows * length);
      const bytes = await bytesOf(layout.source, layout.offset, layout.offset + count * type.size);
      if (type.storage === 'texts') return textsOf(bytes, layout, count);
      const out = new Float64Array(count);
      fill(out, bytes, 0, layout);
      return out;
    },
  };
}

function checkHeld({ name }: ArrayLayout, count: number): number {
  if (count > MOST_HELD)
    throw new IntactError(
      'limit',
      `"${name}" holds ${count} numbers, too many for labels. Use fewer samples.`,
    );
  return count;
}

function fill(
  out: Float32Array | Float64Array,
  bytes: Uint8Array,
  at: number,
  { type, little }: ArrayLayout,
): void {
  if (type.name === 'uint8') {
    for (let i = 0; i < out.length; i++) out[i] = bytes[at + i]!;
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < out.length; i++) out[i] = type.read(view, at + i * type.size, little);
}

/** Fortran order: a row's numbers lie `rows` apart; the array is held, and its rows gathered from it. */
function fortranRows(layout: ArrayLayout, rows: number, length: number) {
  const { type, shape, source, offset, little } = layout;
  let whole: Promise<DataView> | undefined;
  const view = () => {
    if (!whole) {
      const bytes = rows * length * type.size;
      if (bytes > 2 ** 30)
        throw new IntactError(
          'limit',
          `"${layout.name}" is stored in Fortran order and larger than 1 GiB. Save it with numpy.ascontiguousarray first.`,
        );
      whole = bytesOf(source, offset, offset + bytes).then(
        (content) => new DataView(content.buffer, content.byteOffset, content.byteLength),
      );
    }
    return whole;
  };
  // C-order index within a row → Fortran offset: strides grow with the axis.
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  const places = () => {
    const at = new Float64Array(length);
    const index = new Array<number>(shape.length).fill(0);
    for (let i = 0; i < length; i++) {
      at[i] = index.reduce(
        (sum, value, axis) => (axis === 0 ? sum : sum + value * strides[axis]!),
        0,
      );
      for (let axis = shape.length - 1; axis > 0; axis--) {
        if (++index[axis]! < shape[axis]!) break;
        index[axis] = 0;
      }
    }
    return at;
  };
  let offsets: Float64Array | undefined;
  const gather = async (row: number, out: Float32Array | Float64Array, to: number) => {
    offsets ??= places();
    const data = await view();
    for (let i = 0; i < length; i++)
      out[to + i] = type.read(data, (row + offsets[i]!) * type.size, little);
  };
  return {
    async row(index: number) {
      const out = new Float32Array(length);
      await gather(index, out, 0);
      return out;
    },
    async all() {
      const out = new Float64Array(checkHeld(layout, rows * length));
      for (let row = 0; row < rows; row++) await gather(row, out, row * length);
      return out;
    },
  };
}

/** NumPy's fixed-width texts: S bytes or U code points of 4 bytes, padded with zeros. */
function textsOf(bytes: Uint8Array, { type, little }: ArrayLayout, count: number): string[] {
  const wide = type.name.startsWith('str');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => {
    let text = '';
    for (let at = 0; at < type.size; at += wide ? 4 : 1) {
      const code = wide
        ? view.getUint32(index * type.size + at, little)
        : bytes[index * type.size + at]!;
      if (code === 0 || code > 0x10ffff) break;
      text += String.fromCodePoint(code);
    }
    return text;
  });
}
