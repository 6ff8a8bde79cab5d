/**
 * A helper's side: claims tiles of whatever job there is, spins for a moment when there is none, then
 * waits. It leaves the loop only to read its messages.
 */
import {
  blockOf,
  cell,
  claim,
  rangeNames,
  shareStep,
  type Block,
  type FromHelper,
  type ToHelper,
} from './block';
import { instantiate, type Kernels } from '../variant';

/** Longer than the engine's own work between most layers; a wake-up costs about 50 µs. */
export const SPIN_MS = 0.3;
const LOOK_EVERY = 64;

export interface HelperPort {
  postMessage(message: FromHelper): void;
  addEventListener(type: 'message', listener: (event: { readonly data: ToHelper }) => void): void;
}

interface Helper {
  readonly block: Block;
  readonly module: WebAssembly.Module;
  readonly index: number;
  /** Kernels by the number of the heap. */
  readonly heaps: Map<number, Kernels>;
  handled: number;
}

export function serveHelper(port: HelperPort): void {
  let helper: Helper | undefined;
  port.addEventListener('message', ({ data }) => {
    if (data.kind === 'start') {
      const { block, module, index } = data;
      helper = { block: blockOf(block), module, index, heaps: new Map(), handled: 0 };
    } else if (helper) {
      if (data.kind === 'attach')
        helper.heaps.set(data.heap, instantiate(helper.module, data.memory, helper.index + 1));
      else helper.heaps.delete(data.heap);
      helper.handled++;
    }
    if (!helper) return;
    port.postMessage({ handled: helper.handled });
    work(helper);
  });
}

/** Until there is a message. */
function work({ block, index, heaps, handled }: Helper): void {
  const { cells } = block;
  const bit = 1 << index;
  let idleSince = performance.now();
  for (let spins = 0; Atomics.load(cells, cell.MAIL) === handled; spins++) {
    if ((Atomics.load(cells, cell.ALLOWED) & bit) !== 0 && takeTiles(block, heaps, index + 1)) {
      idleSince = performance.now();
    } else if (spins % LOOK_EVERY === 0 && performance.now() - idleSince > SPIN_MS) {
      sleep(block, bit, handled);
      idleSince = performance.now();
    }
  }
}

/** Of the tile that runs. */
const given: number[] = [];

/** Tiles of the own share, else one of another; was there any? */
function takeTiles(block: Block, heaps: Helper['heaps'], own: number): boolean {
  const { cells } = block;
  const shares = Atomics.load(cells, cell.SHARES);
  for (let k = 0; k < shares; k++) {
    const at = cell.LEFT + ((own + k) % shares) * shareStep;
    const found = claim(cells, at);
    if (found === undefined) continue;
    tile(block, heaps, found);
    return true;
  }
  return false;
}

function tile({ cells, values }: Block, heaps: Helper['heaps'], index: number): void {
  const units = cells[cell.UNITS]!;
  const count = cells[cell.COUNT]!;
  const first = index * cells[cell.UNITS_PER_TILE]!;
  const last = Math.min(units, first + cells[cell.UNITS_PER_TILE]!);
  try {
    const kernels = heaps.get(cells[cell.HEAP]!)!;
    const kernel = kernels[rangeNames[cells[cell.KERNEL]!]!];
    // A typed array spread or sliced for every tile takes longer than some tiles.
    given.length = count + 2;
    for (let i = 0; i < count; i++) given[i] = values[i]!;
    given[count] = first;
    given[count + 1] = last;
    kernel(...given);
  } catch {
    Atomics.store(cells, cell.FAILED, 1);
  }
  Atomics.add(cells, cell.DONE, 1);
  if (Atomics.load(cells, cell.AWAITED) !== 0) Atomics.notify(cells, cell.DONE);
}

function hasTiles(cells: Int32Array): boolean {
  const shares = Atomics.load(cells, cell.SHARES);
  for (let k = 0; k < shares; k++)
    if (Atomics.load(cells, cell.LEFT + k * shareStep) > 0) return true;
  return false;
}

function sleep({ cells }: Block, bit: number, handled: number): void {
  Atomics.add(cells, cell.SLEEPING, 1);
  const epoch = Atomics.load(cells, cell.EPOCH);
  const nothing =
    Atomics.load(cells, cell.MAIL) === handled &&
    (!hasTiles(cells) || (Atomics.load(cells, cell.ALLOWED) & bit) === 0);
  if (nothing) Atomics.wait(cells, cell.EPOCH, epoch);
  Atomics.sub(cells, cell.SLEEPING, 1);
}
