/**
 * Where every activation of a graph lives in one arena: greedy by size with lifetimes
 * (Pisarchyk and Lee, arXiv 2001.03288 §4.2, "Greedy by Size for Offset Calculation").
 * Constants are not planned: they stay where the graph holds them.
 */
import { elementCount, type DType, type Graph } from '../model/graph';

export interface PlanOptions {
  /** No two values share bytes. */
  readonly keepAll?: boolean;
  /** Values that are kept elsewhere. */
  readonly outside?: ReadonlySet<number>;
  /** Bytes; a power of two, at least 8. Default 16. */
  readonly alignment?: number;
}

export interface MemoryPlan {
  /** Byte offset per value of the graph; −1 for constants, values outside, and what nothing computes. */
  readonly offsets: readonly number[];
  /** Bytes of the arena. */
  readonly total: number;
}

interface Block {
  readonly value: number;
  readonly size: number;
  readonly first: number;
  last: number;
  offset: number;
}

/** Bytes that a value of `dtype` takes in the engine (int4 is held unpacked; see DType). */
export function storageBytes(dtype: DType, shape: readonly number[]): number {
  return elementCount(shape) * elementBytes(dtype);
}

function elementBytes(dtype: DType): number {
  switch (dtype) {
    case 'float64':
    case 'int64':
    case 'uint64':
    case 'complex64':
      return 8;
    case 'float32':
    case 'int32':
    case 'uint32':
      return 4;
    case 'float16':
    case 'int16':
    case 'uint16':
      return 2;
    case 'int4':
    case 'int8':
    case 'uint8':
    case 'bool':
    case 'string':
    case 'other':
      return 1;
    default:
      return dtype satisfies never;
  }
}

/** First and last node (index) that needs each value; inputs start at −1, outputs end past the last. */
function lifetimes(graph: Graph, alignment: number, outside: ReadonlySet<number>): Block[] {
  const blocks = new Map<number, Block>();
  const start = (value: number, first: number) => {
    const { dtype, shape, data } = graph.values[value]!;
    if (data !== undefined || blocks.has(value) || outside.has(value)) return;
    const size = Math.ceil(storageBytes(dtype, shape) / alignment) * alignment;
    blocks.set(value, { value, size, first, last: first, offset: -1 });
  };
  graph.inputs.forEach((value) => start(value, -1));
  graph.nodes.forEach((node, index) => {
    for (const value of node.inputs) {
      const block = blocks.get(value);
      if (block) block.last = index;
    }
    for (const value of node.outputs) if (value >= 0) start(value, index);
  });
  for (const value of graph.outputs) {
    const block = blocks.get(value);
    if (block) block.last = graph.nodes.length;
  }
  return [...blocks.values()];
}

/** Offsets in bytes for every input and computed value. `total` may be any size: the caller sets the limit. */
export function planMemory(graph: Graph, options: PlanOptions = {}): MemoryPlan {
  const { keepAll = false, alignment = 16, outside = new Set() } = options;
  const blocks = lifetimes(graph, alignment, outside);
  const offsets = new Array<number>(graph.values.length).fill(-1);
  let total = 0;
  if (keepAll) {
    for (const block of blocks) {
      offsets[block.value] = total;
      total += block.size;
    }
    return { offsets, total };
  }
  const order = [...blocks].sort((a, b) => b.size - a.size || a.first - b.first);
  const placed = overTime(graph.nodes.length);
  for (const block of order) {
    block.offset = lowestGap(placed.during(block), block);
    placed.add(block);
    offsets[block.value] = block.offset;
    total = Math.max(total, block.offset + block.size);
  }
  return { offsets, total };
}

/** Blocks by when they live, from before the first node (−1) to past the last. */
function overTime(nodes: number) {
  const leaves = 2 ** Math.ceil(Math.log2(nodes + 2));
  /** A segment tree: each block stands at the nodes that together are its time. */
  const tree: Block[][] = [];
  const begins: Block[][] = [];
  const put = (lists: Block[][], at: number, block: Block) => {
    (lists[at] ??= []).push(block);
  };
  return {
    add(block: Block) {
      put(begins, block.first + 1, block);
      let from = block.first + 1 + leaves;
      let to = block.last + 2 + leaves;
      for (; from < to; from >>= 1, to >>= 1) {
        if (from & 1) put(tree, from++, block);
        if (to & 1) put(tree, --to, block);
      }
    },
    /** Those that live at some time of the block's, by offset. */
    during({ first, last }: Block): Block[] {
      const found: Block[] = [];
      for (let at = first + 1 + leaves; at >= 1; at >>= 1)
        for (const block of tree[at] ?? []) found.push(block);
      for (let at = first + 2; at <= last + 1; at++)
        for (const block of begins[at] ?? []) found.push(block);
      return found.sort((a, b) => a.offset - b.offset);
    },
  };
}

/** @param others that live at the same time, by offset */
function lowestGap(others: readonly Block[], block: Block): number {
  let end = 0;
  for (const other of others) {
    if (other.offset - end >= block.size) return end;
    end = Math.max(end, other.offset + other.size);
  }
  return end;
}
