/** Shapes of operators that take a part of a tensor: slices and gathers. */
import type { OpAttrs } from '../ops';
import type { Inferred, Operands } from './checks';
import { axisOf, constantInts, named, operand, refuse } from './checks';

/** Inputs: tensor, begin, size; size −1 takes the rest. */
export function slice(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const begin = constantInts(inputs, 1);
  const size = constantInts(inputs, 2);
  const shape = input.shape.map((length, axis) => {
    const from = begin[axis] ?? 0;
    const count = size[axis] === -1 ? length - from : (size[axis] ?? 0);
    if (from < 0 || count < 0 || from + count > length)
      refuse(`the slice ${named(begin)} … ${named(size)} leaves the tensor ${named(input.shape)}.`);
    return count;
  });
  if (begin.length !== shape.length || size.length !== shape.length)
    refuse(`the slice ${named(begin)} … ${named(size)} does not fit ${named(input.shape)}.`);
  return [{ shape, dtype: input.dtype }];
}

/** One axis of a strided slice after masks and clamping: where it starts, how far it steps, how many. */
export interface SliceAxis {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}
export interface SlicePlan {
  /** One per input axis. */
  readonly axes: readonly SliceAxis[];
  readonly shape: readonly number[];
}

/** TFLite STRIDED_SLICE (numpy semantics with masks; `offset`: end counts from begin). */
export function planStridedSlice(
  attrs: OpAttrs['STRIDED_SLICE'],
  inputShape: readonly number[],
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
): SlicePlan {
  const entries = begin.length;
  if (end.length !== entries || strides.length !== entries || entries > 32)
    refuse('begin, end and strides of a strided slice must have the same length.');
  const has = (mask: number, bit: number) => ((mask >> bit) & 1) === 1;
  const rank = inputShape.length;
  const axes: SliceAxis[] = [];
  const shape: number[] = [];
  const whole = () => {
    const size = inputShape[axes.length]!;
    axes.push({ start: 0, step: 1, count: size });
    shape.push(size);
  };
  for (let k = 0; k < entries; k++) {
    if (has(attrs.ellipsisMask, k)) {
      let later = 0;
      for (let j = k + 1; j < entries; j++) if (!has(attrs.newAxisMask, j)) later++;
      while (axes.length < rank - later) whole();
      continue;
    }
    if (has(attrs.newAxisMask, k)) {
      shape.push(1);
      continue;
    }
    const size = inputShape[axes.length];
    const step = strides[k]!;
    if (size === undefined || step === 0)
      refuse(`a strided slice does not fit the tensor ${named(inputShape)}.`);
    const clamp = (position: number) => {
      const at = position < 0 ? position + size : position;
      return step > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1);
    };
    const start = has(attrs.beginMask, k) ? (step > 0 ? 0 : size - 1) : clamp(begin[k]!);
    if (has(attrs.shrinkAxisMask, k)) {
      if (start < 0 || start >= size)
        refuse(`index ${begin[k]} is outside the tensor ${named(inputShape)}.`);
      axes.push({ start, step: 1, count: 1 });
      continue;
    }
    const last = attrs.offset ? start + end[k]! : end[k]!;
    const stop = has(attrs.endMask, k) ? (step > 0 ? size : -1) : clamp(last);
    const count = Math.max(0, Math.ceil((stop - start) / step));
    axes.push({ start, step, count });
    shape.push(count);
  }
  while (axes.length < rank) whole();
  return { axes, shape };
}

export function stridedSlice(attrs: OpAttrs['STRIDED_SLICE'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const begin = constantInts(inputs, 1);
  const end = constantInts(inputs, 2);
  const { shape } = planStridedSlice(attrs, input.shape, begin, end, constantInts(inputs, 3));
  return [{ shape, dtype: input.dtype }];
}

export function gather(attrs: OpAttrs['GATHER'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const indices = operand(inputs, 1);
  const axis = axisOf(attrs.axis, input.shape.length);
  const batch = attrs.batchDims < 0 ? attrs.batchDims + indices.shape.length : attrs.batchDims;
  if (batch < 0 || batch > axis || batch > indices.shape.length)
    refuse(`batch dimensions ${attrs.batchDims} do not fit axis ${axis}.`);
  if (input.shape.slice(0, batch).some((size, k) => size !== indices.shape[k]))
    refuse(`the indices ${named(indices.shape)} do not fit the tensor ${named(input.shape)}.`);
  return [
    {
      shape: [
        ...input.shape.slice(0, axis),
        ...indices.shape.slice(batch),
        ...input.shape.slice(axis + 1),
      ],
      dtype: input.dtype,
    },
  ];
}

export function gatherNd(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const indices = operand(inputs, 1);
  const depth = indices.shape.at(-1) ?? refuse('the indices of GATHER_ND cannot be a scalar.');
  if (depth > input.shape.length)
    refuse(`the indices ${named(indices.shape)} do not fit the tensor ${named(input.shape)}.`);
  return [
    { shape: [...indices.shape.slice(0, -1), ...input.shape.slice(depth)], dtype: input.dtype },
  ];
}

/** Inputs: row numbers, table. Int8 tables are looked up into float32 (hybrid). */
export function embeddingLookup(_: unknown, inputs: Operands): Inferred[] {
  const rows = operand(inputs, 0);
  const table = operand(inputs, 1);
  if (rows.shape.length !== 1 || table.shape.length < 2)
    refuse(`rows ${named(rows.shape)} of a table ${named(table.shape)} cannot be looked up.`);
  return [{ shape: [rows.shape[0]!, ...table.shape.slice(1)], dtype: 'float32' }];
}

export function dynamicUpdateSlice(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const update = operand(inputs, 1);
  if (
    update.shape.length !== input.shape.length ||
    update.shape.some((size, axis) => size > input.shape[axis]!)
  )
    refuse(`the update ${named(update.shape)} does not fit into ${named(input.shape)}.`);
  return [{ shape: input.shape, dtype: input.dtype }];
}
