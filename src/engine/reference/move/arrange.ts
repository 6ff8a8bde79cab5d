/**
 * The same elements in another order, or repeated. Source: TFLite transpose.cc, tile.cc,
 * broadcast_to.cc, space_to_depth.cc, space_to_batch_nd.h, reverse.cc, resize_nearest_neighbor.h.
 */
import { elementCount } from '../../../model/graph';
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { moves } from './moves';
import { axisOf, fillWith, wantCount, withParameters, zeroOf } from '../site';
import { copier, stridesOf, type Copy } from './view';

/** RESHAPE, SQUEEZE, EXPAND_DIMS: the elements as they lie. */
const sameElements: KernelFactory = (site) => {
  if (elementCount(site.inputs[0]!.shape) !== elementCount(site.outputs[0]!.shape))
    return undefined;
  return ([from], [to]) => {
    (to!.data as Float32Array).set(from!.data as Float32Array);
  };
};

const transpose: KernelFactory = (site) => {
  const [input] = site.inputs;
  const { shape } = site.outputs[0]!;
  return withParameters(site, [1], ([permutation]) => {
    const strides = stridesOf(input!.shape);
    const source = permutation!.map((axis) => strides[axisOf(axis, strides.length)]!);
    const copy = copier(
      shape,
      { base: 0, strides: source },
      { base: 0, strides: stridesOf(shape) },
    );
    return ([from], [to]) => copy(from!.data, to!.data);
  });
};

const reverse: KernelFactory = (site) => {
  const { shape } = site.inputs[0]!;
  return withParameters(site, [1], ([axes]) => {
    const strides = stridesOf(shape);
    const backward = new Set(axes!.map((axis) => axisOf(axis, shape.length)));
    const base = strides.reduce(
      (sum, own, axis) => (backward.has(axis) ? sum + own * (shape[axis]! - 1) : sum),
      0,
    );
    const source = strides.map((own, axis) => (backward.has(axis) ? -own : own));
    const copy = copier(shape, { base, strides: source }, { base: 0, strides });
    return ([from], [to]) => copy(from!.data, to!.data);
  });
};

const tile: KernelFactory = (site) => {
  const { shape } = site.inputs[0]!;
  return withParameters(site, [1], ([multiples]) => {
    const strides = stridesOf(shape);
    const target = stridesOf(site.outputs[0]!.shape);
    wantCount(site, elementCount(shape) * elementCount(multiples!));
    const copy = copier(
      shape.flatMap((size, axis) => [multiples![axis]!, size]),
      { base: 0, strides: strides.flatMap((own) => [0, own]) },
      { base: 0, strides: target.flatMap((own, axis) => [own * shape[axis]!, own]) },
    );
    return ([from], [to]) => copy(from!.data, to!.data);
  });
};

/** The output's shape says all. */
const broadcastTo: KernelFactory = (site) => {
  const { shape } = site.outputs[0]!;
  const own = site.inputs[0]!.shape;
  const missing = shape.length - own.length;
  const strides = stridesOf(own);
  const source = shape.map((_, axis) =>
    axis < missing || own[axis - missing] === 1 ? 0 : strides[axis - missing]!,
  );
  const copy = copier(shape, { base: 0, strides: source }, { base: 0, strides: stridesOf(shape) });
  return ([from], [to]) => copy(from!.data, to!.data);
};

/** Elements of [n, h, w, by, bx, c], seen from the deep tensor and from the wide one. */
function blocks(wide: readonly number[], block: number) {
  const [batch, height, width, channels] = wide as [number, number, number, number];
  const h = height / block;
  const w = width / block;
  const deepRow = w * block * block * channels;
  return {
    shape: [batch, h, w, block, block, channels],
    wide: {
      base: 0,
      strides: [
        height * width * channels,
        block * width * channels,
        block * channels,
        width * channels,
        channels,
        1,
      ],
    },
    deep: {
      base: 0,
      strides: [h * deepRow, deepRow, block * block * channels, block * channels, channels, 1],
    },
  };
}

const spaceToDepth: KernelFactory = ({ node, inputs }) => {
  if (node.op !== 'SPACE_TO_DEPTH' || inputs[0]!.shape.length !== 4) return undefined;
  const { shape, wide, deep } = blocks(inputs[0]!.shape, node.attrs.blockSize);
  const copy = copier(shape, wide, deep);
  return ([from], [to]) => copy(from!.data, to!.data);
};

const depthToSpace: KernelFactory = ({ node, inputs, outputs }) => {
  if (node.op !== 'DEPTH_TO_SPACE' || inputs[0]!.shape.length !== 4) return undefined;
  const { shape, wide, deep } = blocks(outputs[0]!.shape, node.attrs.blockSize);
  const copy = copier(shape, deep, wide);
  return ([from], [to]) => copy(from!.data, to!.data);
};

/**
 * One copy per position in a block: batch member `position` holds the elements of the space tensor
 * at position + k·block − before. `before` is the padding or cropping in front of each space axis.
 */
function batchCopies(
  space: readonly number[],
  batched: readonly number[],
  block: readonly number[],
  before: readonly number[],
  toBatch: boolean,
): Copy[] {
  const spaceStrides = stridesOf(space);
  const batchStrides = stridesOf(batched);
  const copies: Copy[] = [];
  const count = elementCount(block);
  for (let member = 0; member < count; member++) {
    let rest = member;
    const position = new Array<number>(block.length);
    for (let axis = block.length - 1; axis >= 0; axis--) {
      position[axis] = rest % block[axis]!;
      rest = Math.floor(rest / block[axis]!);
    }
    const shape = [...space];
    let spaceBase = 0;
    let batchBase = member * space[0]! * batchStrides[0]!;
    const strides = [...spaceStrides];
    block.forEach((step, at) => {
      const axis = at + 1;
      const shift = position[at]! - before[at]!;
      const first = Math.max(0, Math.ceil(-shift / step));
      const last = Math.min(batched[axis]! - 1, Math.floor((space[axis]! - 1 - shift) / step));
      shape[axis] = last - first + 1;
      spaceBase += (first * step + shift) * spaceStrides[axis]!;
      batchBase += first * batchStrides[axis]!;
      strides[axis] = spaceStrides[axis]! * step;
    });
    const inSpace = { base: spaceBase, strides };
    const inBatch = { base: batchBase, strides: batchStrides };
    copies.push(toBatch ? copier(shape, inSpace, inBatch) : copier(shape, inBatch, inSpace));
  }
  return copies;
}

const firstsOf = (pairs: readonly number[]) => pairs.filter((_, at) => at % 2 === 0);

const spaceToBatch: KernelFactory = (site) =>
  withParameters(site, [1, 2], ([block, paddings]) => {
    const space = site.inputs[0]!.shape;
    const batched = site.outputs[0]!.shape;
    const zero = zeroOf(site.outputs[0]!);
    wantCount(site, (elementCount(batched) / batched[0]!) * space[0]! * elementCount(block!));
    const copies = batchCopies(space, batched, block!, firstsOf(paddings!), true);
    return ([from], [to]) => {
      fillWith(to!.data, zero);
      for (const copy of copies) copy(from!.data, to!.data);
    };
  });

const batchToSpace: KernelFactory = (site) =>
  withParameters(site, [1, 2], ([block, crops]) => {
    const space = site.outputs[0]!.shape;
    const batched = site.inputs[0]!.shape;
    if (batched[0] !== space[0]! * elementCount(block!)) wantCount(site, -1);
    const copies = batchCopies(space, batched, block!, firstsOf(crops!), false);
    return ([from], [to]) => {
      for (const copy of copies) copy(from!.data, to!.data);
    };
  });

/** The input row or column that each output one is nearest to (float32, as GetNearestNeighbor). */
export function nearest(input: number, output: number, alignCorners: boolean, halfPixel: boolean) {
  const scale = Math.fround(
    alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output,
  );
  return Int32Array.from({ length: output }, (_, at) => {
    const from = Math.fround((at + (halfPixel ? 0.5 : 0)) * scale);
    const whole = alignCorners ? Math.floor(from + 0.5) : Math.floor(from);
    return Math.max(0, Math.min(whole, input - 1));
  });
}

const resizeNearest: KernelFactory = ({ node, inputs, outputs }) => {
  if (node.op !== 'RESIZE_NEAREST_NEIGHBOR') return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batch, height, width, channels] = inputs[0]!.shape as [number, number, number, number];
  const [, outHeight, outWidth] = outputs[0]!.shape as [number, number, number, number];
  const rows = nearest(height, outHeight, alignCorners, halfPixelCenters);
  const columns = nearest(width, outWidth, alignCorners, halfPixelCenters);
  return ([input], [output]) => {
    const from = input!.data as Float32Array;
    const to = output!.data as Float32Array;
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outHeight; y++) {
        const row = (n * height + rows[y]!) * width;
        for (let x = 0; x < outWidth; x++) {
          const start = (row + columns[x]!) * channels;
          for (let c = 0; c < channels; c++) to[at++] = from[start + c]!;
        }
      }
    }
  };
};

export const arrangeKernels = {
  BATCH_TO_SPACE_ND: moves(batchToSpace),
  BROADCAST_TO: moves(broadcastTo),
  DEPTH_TO_SPACE: moves(depthToSpace),
  EXPAND_DIMS: moves(sameElements),
  RESHAPE: moves(sameElements),
  RESIZE_NEAREST_NEIGHBOR: moves(resizeNearest),
  REVERSE_V2: moves(reverse),
  SPACE_TO_BATCH_ND: moves(spaceToBatch),
  SPACE_TO_DEPTH: moves(spaceToDepth),
  SQUEEZE: moves(sameElements),
  TILE: moves(tile),
  TRANSPOSE: moves(transpose),
} satisfies KernelTable;
