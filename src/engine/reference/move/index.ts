import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import {
  batchToSpace,
  broadcastTo,
  depthToSpace,
  resizeNearest,
  reverse,
  sameElements,
  spaceToBatch,
  spaceToDepth,
  tile,
  transpose,
} from './arrange';
import { embeddingLookup, fill, gather, gatherNd, shape } from './gather';
import {
  concatenation,
  dynamicUpdateSlice,
  mirrorPad,
  pack,
  pad,
  slice,
  split,
  splitV,
  stridedSlice,
  unpack,
} from './slice';

/** What is moved has one storage type before and after. */
const moves =
  (factory: KernelFactory, position = 0): KernelFactory =>
  (site) => {
    const moved = site.inputs[position];
    if (!moved || site.outputs.some((output) => output.dtype !== moved.dtype)) return undefined;
    return factory(site);
  };

/** Data movement, for every dtype: outputs are inputs' elements in another order. */
export const moveKernels: KernelTable = {
  BATCH_TO_SPACE_ND: moves(batchToSpace),
  BROADCAST_TO: moves(broadcastTo),
  CONCATENATION: moves(concatenation),
  DEPTH_TO_SPACE: moves(depthToSpace),
  DYNAMIC_UPDATE_SLICE: moves(dynamicUpdateSlice),
  EMBEDDING_LOOKUP: embeddingLookup,
  EXPAND_DIMS: moves(sameElements),
  FILL: moves(fill, 1),
  GATHER: moves(gather),
  GATHER_ND: moves(gatherNd),
  MIRROR_PAD: moves(mirrorPad),
  PACK: moves(pack),
  PAD: moves(pad),
  PADV2: moves(pad),
  RESHAPE: moves(sameElements),
  RESIZE_NEAREST_NEIGHBOR: moves(resizeNearest),
  REVERSE_V2: moves(reverse),
  SHAPE: shape,
  SLICE: moves(slice),
  SPACE_TO_BATCH_ND: moves(spaceToBatch),
  SPACE_TO_DEPTH: moves(spaceToDepth),
  SPLIT: moves(split, 1),
  SPLIT_V: moves(splitV),
  SQUEEZE: moves(sameElements),
  STRIDED_SLICE: moves(stridedSlice),
  TILE: moves(tile),
  TRANSPOSE: moves(transpose),
  UNPACK: moves(unpack),
};
