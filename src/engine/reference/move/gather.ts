/** Elements chosen by indices. Source: TFLite gather.h, gather_nd.h, embedding_lookup.cc. */
import { IntactError } from '../../../model/error';
import { elementCount, type TensorData } from '../../../model/graph';
import type { Kernel, KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { moves } from './moves';
import { axisOf, fillWith, sameGrid, wantCount } from '../site';
import { stridesOf } from './view';

function checked(index: number, size: number, name: string): number {
  const own = index < 0 ? index + size : index;
  if (own >= 0 && own < size) return own;
  throw new IntactError(
    'bad-data',
    `"${name}" was asked for element ${index} of ${size}; give the model indices below ${size}.`,
  );
}

function copyRun(from: TensorData, start: number, to: TensorData, at: number, run: number): void {
  const source = from as Float32Array;
  const target = to as Float32Array;
  if (run < 24) for (let i = 0; i < run; i++) target[at + i] = source[start + i]!;
  else target.set(source.subarray(start, start + run), at);
}

const gather: KernelFactory = (site) => {
  const { node, inputs } = site;
  if (node.op !== 'GATHER') return undefined;
  const { shape } = inputs[0]!;
  const indexShape = inputs[1]!.shape;
  const axis = axisOf(node.attrs.axis, shape.length);
  const batchDims = axisOf(node.attrs.batchDims, indexShape.length);
  const batch = elementCount(shape.slice(0, batchDims));
  const outer = elementCount(shape.slice(batchDims, axis));
  const size = shape[axis]!;
  const inner = elementCount(shape.slice(axis + 1));
  const count = elementCount(indexShape.slice(batchDims));
  wantCount(site, batch * outer * count * inner);
  return ([from, indices], [to]) => {
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < outer; o++) {
        const slab = (b * outer + o) * size;
        const first = (b * outer + o) * count;
        for (let k = 0; k < count; k++) {
          const index = checked(Number(indices!.data[b * count + k]), size, node.name);
          copyRun(from!.data, (slab + index) * inner, to!.data, (first + k) * inner, inner);
        }
      }
    }
  };
};

const gatherNd: KernelFactory = (site) => {
  const { node, inputs } = site;
  const { shape } = inputs[0]!;
  const indexShape = inputs[1]!.shape;
  const depth = indexShape[indexShape.length - 1]!;
  const strides = stridesOf(shape);
  const inner = elementCount(shape.slice(depth));
  const count = elementCount(indexShape.slice(0, -1));
  wantCount(site, count * inner);
  return ([from, indices], [to]) => {
    for (let k = 0; k < count; k++) {
      let start = 0;
      for (let d = 0; d < depth; d++) {
        const index = checked(Number(indices!.data[k * depth + d]), shape[d]!, node.name);
        start += index * strides[d]!;
      }
      copyRun(from!.data, start, to!.data, k * inner, inner);
    }
  };
};

/** Rows of a table; a quantized table (per tensor or per row) gives float rows. */
const embeddingLookup: KernelFactory = ({ node, inputs, outputs }) => {
  const [, table] = inputs;
  const [rows, ...row] = table!.shape as [number, ...number[]];
  const inner = elementCount(row);
  const [output] = outputs;
  if (sameGrid(table!, output!)) {
    return ([ids, values], [to]) => {
      for (let k = 0; k < ids!.data.length; k++) {
        const id = checked(Number(ids!.data[k]), rows, node.name);
        copyRun(values!.data, id * inner, to!.data, k * inner, inner);
      }
    };
  }
  const quant = table!.quant;
  if (output!.dtype !== 'float32' || !quant) return undefined;
  const perRow = quant.scale.length === rows && quant.axis === 0;
  if (!perRow && quant.scale.length !== 1) return undefined;
  const kernel: Kernel = ([ids, values], [to]) => {
    const from = values!.data as Int8Array;
    const target = to!.data as Float32Array;
    for (let k = 0; k < ids!.data.length; k++) {
      const id = checked(Number(ids!.data[k]), rows, node.name);
      const scale = quant.scale[perRow ? id : 0]!;
      const zero = quant.zeroPoint[perRow ? id : 0] ?? 0;
      for (let i = 0; i < inner; i++) {
        target[k * inner + i] = (from[id * inner + i]! - zero) * scale;
      }
    }
  };
  return kernel;
};

/** FILL (dims, value): the output's shape is dims. */
const fill: KernelFactory = () => {
  return ([, value], [to]) => {
    (to!.data as Float32Array).fill((value!.data as Float32Array)[0]!);
  };
};

const shape: KernelFactory = ({ inputs }) => {
  const sizes = inputs[0]!.shape;
  return (_, [to]) => {
    sizes.forEach((size, axis) => fillWith(to!.data.subarray(axis, axis + 1), size));
  };
};

export const gatherKernels = {
  EMBEDDING_LOOKUP: embeddingLookup,
  FILL: moves(fill, 1),
  GATHER: moves(gather),
  GATHER_ND: moves(gatherNd),
  SHAPE: shape,
} satisfies KernelTable;
