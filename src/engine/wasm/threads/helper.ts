/**
 * A helper's side: claims tiles of whatever job there is, spins for a moment when there is none, then
 * waits. It leaves the loop only to read its messages.
 */
import { blockOf, cell, rangeNames, type Block, type FromHelper, type ToHelper } from './block';
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
  readonly bit: number;
  /** Kernels by the number of the heap. */
  readonly heaps: Map<number, Kernels>;
  handled: number;
}

export function serveHelper(port: HelperPort): void {
  let helper: Helper | undefined;
  port.addEventListener('message', ({ data }) => {
    if (data.kind === 'start') {
      const { block, module, index } = data;
      helper = { block: blockOf(block), module, bit: 1 << index, heaps: new Map(), handled: 0 };
    } else if (helper) {
      if (data.kind === 'attach')
        helper.heaps.set(data.heap, instantiate(helper.module, data.memory));
      else helper.heaps.delete(data.heap);
      helper.handled++;
    }
    if (!helper) return;
    port.postMessage({ handled: helper.handled });
    work(helper);
  });
}

/** Until there is a message. */
function work({ block, bit, heaps, handled }: Helper): void {
  const { cells } = block;
  let idleSince = performance.now();
  for (let spins = 0; Atomics.load(cells, cell.MAIL) === handled; spins++) {
    if ((Atomics.load(cells, cell.ALLOWED) & bit) !== 0 && Atomics.load(cells, cell.NEXT) > 0) {
      const left = Atomics.sub(cells, cell.NEXT, 1);
      if (left > 0) {
        tile(block, heaps, left);
        idleSince = performance.now();
      }
    } else if (spins % LOOK_EVERY === 0 && performance.now() - idleSince > SPIN_MS) {
      sleep(block, bit, handled);
      idleSince = performance.now();
    }
  }
}

/** `left`: NEXT as it was when this tile was claimed. */
function tile({ cells, values }: Block, heaps: Helper['heaps'], left: number): void {
  const units = cells[cell.UNITS]!;
  const first = (cells[cell.TILES]! - left) * cells[cell.UNITS_PER_TILE]!;
  const last = Math.min(units, first + cells[cell.UNITS_PER_TILE]!);
  try {
    const kernels = heaps.get(cells[cell.HEAP]!)!;
    const kernel = kernels[rangeNames[cells[cell.KERNEL]!]!];
    kernel(...values.subarray(0, cells[cell.COUNT]), first, last);
  } catch {
    Atomics.store(cells, cell.FAILED, 1);
  }
  Atomics.add(cells, cell.DONE, 1);
  if (Atomics.load(cells, cell.AWAITED) !== 0) Atomics.notify(cells, cell.DONE);
}

function sleep({ cells }: Block, bit: number, handled: number): void {
  Atomics.add(cells, cell.SLEEPING, 1);
  const epoch = Atomics.load(cells, cell.EPOCH);
  const nothing =
    Atomics.load(cells, cell.MAIL) === handled &&
    (Atomics.load(cells, cell.NEXT) <= 0 || (Atomics.load(cells, cell.ALLOWED) & bit) === 0);
  if (nothing) Atomics.wait(cells, cell.EPOCH, epoch);
  Atomics.sub(cells, cell.SLEEPING, 1);
}
