/** Opens a backend of TF.js in this thread and says what computes on it. */
import { IntactError } from '../model/error';
import type { Arithmetic } from './arithmetic';
import { composed } from './composed';
import { fusedArithmetic } from './fused';
import { openHeap, type Heap } from './kernels/heap';
import { completeWasm } from './kernels/tfjs';
import { tf } from './tf';

export type TrainBackend = 'wasm' | 'webgpu' | 'cpu';

export interface Opened {
  readonly id: TrainBackend;
  readonly arithmetic: Arithmetic;
  /** On wasm. */
  readonly heap?: Heap;
}

let wasm: Promise<Opened> | undefined;

/**
 * @param path folder (with its slash) or address of tfjs-backend-wasm-simd.wasm; in node a path
 * @throws IntactError `limit` where the backend does not start on this machine
 */
export async function openBackend(id: TrainBackend, path: string): Promise<Opened> {
  await import('@tensorflow/tfjs-backend-cpu');
  // In node the cpu backend would advertise another package on its first use.
  tf.env().set('IS_NODE', false);
  try {
    switch (id) {
      case 'wasm': {
        wasm ??= openWasm(path);
        const opened = await wasm;
        await tf.setBackend('wasm');
        return opened;
      }
      case 'webgpu':
        await import('@tensorflow/tfjs-backend-webgpu');
        break;
      case 'cpu':
        break;
      default:
        return id satisfies never;
    }
    if (!(await tf.setBackend(id))) throw new Error('it refused to start');
    return { id, arithmetic: composed };
  } catch (error) {
    wasm = undefined;
    if (error instanceof IntactError) throw error;
    throw new IntactError(
      'limit',
      `Training can't use the backend "${id}" here: ${error instanceof Error ? error.message : String(error)}. Choose another backend.`,
    );
  }
}

async function openWasm(path: string): Promise<Opened> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // Threads start workers from blob:, which the page's CSP refuses; setBackend would then never resolve.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  // The module's loader reads these names in node, where modules have neither.
  const scope = globalThis as { __dirname?: string; __filename?: string };
  scope.__dirname ??= '';
  scope.__filename ??= '';
  setWasmPaths(
    path.endsWith('.wasm')
      ? Object.fromEntries(
          ['', '-simd', '-threaded-simd'].map((kind) => [`tfjs-backend-wasm${kind}.wasm`, path]),
        )
      : path,
  );
  if (!(await tf.setBackend('wasm'))) throw new Error(`it did not load from ${path}`);
  const heap = await openHeap();
  completeWasm(heap);
  return { id: 'wasm', arithmetic: fusedArithmetic(heap), heap };
}
