/**
 * Boxes out of and into tensors. Source: TFLite slice.cc, strided_slice.h (StridedSlice), pad.cc,
 * mirror_pad.cc, concatenation.cc, split.cc, dynamic_update_slice.cc.
 */
import { elementCount, type Tensor } from '../../../model/graph';
import type { OpAttrs } from '../../../model/ops';
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { moves } from './moves';
import { axisOf, fillWith, numbersOf, sameGrid, wantCount, withParameters, zeroOf } from '../site';
import { copier, stridesOf, type Copy } from './view';

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, at) => sum + x * b[at]!, 0);
}

const slice: KernelFactory = (site) => {
  const [input] = site.inputs;
  const [output] = site.outputs;
  return withParameters(site, [1], ([begin]) => {
    const strides = stridesOf(input!.shape);
    const copy = copier(
      output!.shape,
      { base: dot(begin!, strides), strides },
      { base: 0, strides: stridesOf(output!.shape) },
    );
    return ([from], [to]) => copy(from!.data, to!.data);
  });
};

interface Cut {
  readonly begin: number;
  readonly step: number;
  readonly size: number;
}

/**
 * First element, step and count for each axis of the input. The output's shape follows from them
 * and from the new and shrunk axes, which don't change the order of elements.
 */
function cutsOf(
  shape: readonly number[],
  begin: readonly number[],
  end: readonly number[],
  steps: readonly number[],
  attrs: OpAttrs['STRIDED_SLICE'],
): Cut[] {
  const bit = (mask: number, at: number) => ((mask >> at) & 1) === 1;
  const cuts: Cut[] = [];
  let newAxes = 0;
  let ellipsis = -1;
  for (let at = 0; at < begin.length; at++) {
    if (ellipsis < 0 && bit(attrs.ellipsisMask, at)) ellipsis = at;
    else if (bit(attrs.newAxisMask, at)) newAxes++;
  }
  const named = begin.length - newAxes - (ellipsis >= 0 ? 1 : 0);
  const whole = () => cuts.push({ begin: 0, step: 1, size: shape[cuts.length]! });
  for (let at = 0; at < begin.length; at++) {
    if (at === ellipsis) {
      for (let left = shape.length - named; left > 0; left--) whole();
      continue;
    }
    if (bit(attrs.newAxisMask, at)) continue;
    cuts.push(cutOf(shape[cuts.length]!, at));
  }
  while (cuts.length < shape.length) whole();
  return cuts;

  function cutOf(size: number, at: number): Cut {
    const step = steps[at]!;
    const wrap = (x: number) => (x < 0 ? x + size : x);
    if (bit(attrs.shrinkAxisMask, at)) return { begin: wrap(begin[at]!), step: 1, size: 1 };
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const within = (x: number) => Math.min(high, Math.max(low, x));
    const first = bit(attrs.beginMask, at) ? (step > 0 ? low : high) : within(wrap(begin[at]!));
    const stop = bit(attrs.endMask, at)
      ? step > 0
        ? high
        : low
      : within(attrs.offset ? first + end[at]! : wrap(end[at]!));
    return { begin: first, step, size: Math.max(0, Math.ceil((stop - first) / step)) };
  }
}

const stridedSlice: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'STRIDED_SLICE') return undefined;
  const shape = site.inputs[0]!.shape;
  return withParameters(site, [1, 2, 3], ([begin, end, steps]) => {
    const cuts = cutsOf(shape, begin!, end!, steps!, node.attrs);
    const strides = stridesOf(shape);
    const sizes = cuts.map(({ size }) => size);
    wantCount(site, elementCount(sizes));
    const firsts = cuts.map((cut) => cut.begin);
    const copy = copier(
      sizes,
      { base: dot(firsts, strides), strides: strides.map((own, axis) => own * cuts[axis]!.step) },
      { base: 0, strides: stridesOf(sizes) },
    );
    return ([from], [to]) => copy(from!.data, to!.data);
  });
};

/** PAD (zero, or the zero point) and PADV2 (input 2). */
const pad: KernelFactory = (site) => {
  const [input, , constant] = site.inputs;
  const [output] = site.outputs;
  const zero = zeroOf(output!);
  return withParameters(site, [1], ([paddings]) => {
    const strides = stridesOf(output!.shape);
    const base = strides.reduce((sum, own, axis) => sum + own * paddings![2 * axis]!, 0);
    const copy = copier(
      input!.shape,
      { base: 0, strides: stridesOf(input!.shape) },
      { base, strides },
    );
    return ([from, , value], [to]) => {
      fillWith(to!.data, constant ? Number(value!.data[0]) : zero);
      copy(from!.data, to!.data);
    };
  });
};

const mirrorPad: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'MIRROR_PAD') return undefined;
  const own = site.inputs[0]!.shape;
  const shape = site.outputs[0]!.shape;
  const skip = node.attrs.mode === 'REFLECT' ? 1 : 0;
  return withParameters(site, [1], ([paddings]) => {
    const strides = stridesOf(own);
    const columns = shape.map((size, axis) => {
      const before = paddings![2 * axis]!;
      return Int32Array.from({ length: size }, (_, at) => {
        let from = at - before;
        if (from < 0) from = -from - 1 + skip;
        if (from >= own[axis]!) from = 2 * own[axis]! - from - 1 - skip;
        return from * strides[axis]!;
      });
    });
    const count = elementCount(shape);
    return ([input], [output]) => {
      const from = input!.data as Float32Array;
      const to = output!.data as Float32Array;
      const position = new Int32Array(shape.length);
      for (let i = 0; i < count; i++) {
        let offset = 0;
        for (let axis = 0; axis < shape.length; axis++) offset += columns[axis]![position[axis]!]!;
        to[i] = from[offset]!;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          if (++position[axis]! < shape[axis]!) break;
          position[axis] = 0;
        }
      }
    };
  });
};

/** Copies of boxes of `shapes[k]` that lie one after the other along `axis` of `whole`. */
function slabs(whole: readonly number[], shapes: readonly (readonly number[])[], axis: number) {
  const strides = stridesOf(whole);
  let at = 0;
  return shapes.map((shape): { into: Copy; outOf: Copy } => {
    const inWhole = { base: at * strides[axis]!, strides };
    const own = { base: 0, strides: stridesOf(shape) };
    at += shape[axis]!;
    return { into: copier(shape, own, inWhole), outOf: copier(shape, inWhole, own) };
  });
}

function join(whole: readonly number[], shapes: readonly (readonly number[])[], axis: number) {
  const copies = slabs(whole, shapes, axis);
  return (inputs: readonly (Tensor | undefined)[], [to]: readonly Tensor[]) => {
    copies.forEach(({ into }, at) => into(inputs[at]!.data, to!.data));
  };
}

/** Quantized inputs must be on the output's grid, as TFLite asks of int8. */
const concatenation: KernelFactory = (site) => {
  const { node } = site;
  const [output] = site.outputs;
  if (node.op !== 'CONCATENATION' || node.attrs.activation !== 'NONE') return undefined;
  if (site.inputs.some((input) => !input || !sameGrid(input, output!))) return undefined;
  const axis = axisOf(node.attrs.axis, output!.shape.length);
  return join(
    output!.shape,
    site.inputs.map((input) => input!.shape),
    axis,
  );
};

const pack: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'PACK' || site.inputs.includes(undefined)) return undefined;
  const shape = site.outputs[0]!.shape;
  const axis = axisOf(node.attrs.axis, shape.length);
  const one = shape.map((size, at) => (at === axis ? 1 : size));
  return join(
    shape,
    site.inputs.map(() => one),
    axis,
  );
};

function part(
  whole: readonly number[],
  shapes: readonly (readonly number[])[],
  axis: number,
  at = 0,
) {
  const copies = slabs(whole, shapes, axis);
  return (inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]) => {
    copies.forEach(({ outOf }, k) => outOf(inputs[at]!.data, outputs[k]!.data));
  };
}

const unpack: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'UNPACK') return undefined;
  const shape = site.inputs[0]!.shape;
  const axis = axisOf(node.attrs.axis, shape.length);
  const one = shape.map((size, at) => (at === axis ? 1 : size));
  return part(
    shape,
    site.outputs.map(() => one),
    axis,
  );
};

/** SPLIT has (axis, input), SPLIT_V (input, sizes, axis). */
const splitOf =
  (inputAt: number, axisAt: number): KernelFactory =>
  (site) =>
    withParameters(site, [axisAt], ([axis]) => {
      const shape = site.inputs[inputAt]!.shape;
      const shapes = site.outputs.map((output) => output.shape);
      return part(shape, shapes, axisOf(axis![0]!, shape.length), inputAt);
    });
const split = splitOf(1, 0);
const splitV = splitOf(0, 2);

/** Start indices are clamped so that the update fits (dynamic_update_slice.cc). */
const dynamicUpdateSlice: KernelFactory = (site) => {
  const [operand, update] = site.inputs;
  const strides = stridesOf(operand!.shape);
  const own = { base: 0, strides: stridesOf(update!.shape) };
  return ([whole, box, start], [to]) => {
    const base = numbersOf(start!.data).reduce((sum, first, axis) => {
      const most = operand!.shape[axis]! - update!.shape[axis]!;
      return sum + Math.min(Math.max(first, 0), most) * strides[axis]!;
    }, 0);
    (to!.data as Float32Array).set(whole!.data as Float32Array);
    copier(update!.shape, own, { base, strides })(box!.data, to!.data);
  };
};

export const sliceKernels = {
  CONCATENATION: moves(concatenation),
  DYNAMIC_UPDATE_SLICE: moves(dynamicUpdateSlice),
  MIRROR_PAD: moves(mirrorPad),
  PACK: moves(pack),
  PAD: moves(pad),
  PADV2: moves(pad),
  SLICE: moves(slice),
  SPLIT: moves(split, 1),
  SPLIT_V: moves(splitV),
  STRIDED_SLICE: moves(stridedSlice),
  UNPACK: moves(unpack),
} satisfies KernelTable;
