/**
 * The memory of TF.js' wasm backend, shared with our kernels. Uses parts of the backend that are not
 * public: the exact version is pinned, and heap.test.ts says when they are gone.
 */
import { IntactError } from '../../model/error';
import { tf, type TensorInfo } from '../tf';
import { instantiateKernels, type TrainingKernels } from './module';

/** What is used of BackendWasm (tfjs-backend-wasm 4.22.0, backend_wasm.ts). */
export interface WasmBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: 'float32'): TensorInfo;
  incRef(dataId: object): void;
}

/** Temporary memory for so many floats: its address. */
export type Take = (floats: number) => number;

export interface Heap {
  readonly kernels: TrainingKernels;
  readonly backend: WasmBackend;
  /** Address of a tensor's elements. */
  at(tensor: TensorInfo): number;
  make(shape: readonly number[]): TensorInfo;
  /** Runs with temporary floats that are freed after. */
  scratch<T>(body: (take: Take) => T): T;
  zero(address: number, floats: number): void;
  /** New numbers for a tensor, in place. */
  write(tensor: TensorInfo, numbers: Float32Array): void;
  /** Copies a tensor's numbers to `into`. */
  read(tensor: TensorInfo, into: Float32Array): void;
}

export function isWasmBackend(backend: unknown): backend is WasmBackend {
  const it = backend as Partial<WasmBackend>;
  return (
    typeof it.makeOutput === 'function' &&
    typeof it.incRef === 'function' &&
    typeof it.dataIdMap?.get === 'function' &&
    typeof it.wasm?._malloc === 'function' &&
    typeof it.wasm._free === 'function' &&
    it.wasm.asm?.memory instanceof WebAssembly.Memory
  );
}

/** Throws `internal` when the backend isn't the version that this was written for. */
export async function openHeap(): Promise<Heap> {
  const backend: unknown = tf.backend();
  if (!isWasmBackend(backend))
    throw new IntactError(
      'internal',
      'The WebAssembly backend of TF.js is not the version that the training kernels were made for. Train with the backend "cpu", or install @tensorflow/tfjs-backend-wasm 4.22.0.',
    );
  const { wasm } = backend;
  const { memory } = wasm.asm;
  const kernels = await instantiateKernels(memory);
  const at = (tensor: TensorInfo) => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  return {
    kernels,
    backend,
    at,
    make: (shape) => backend.makeOutput(shape, 'float32'),
    scratch(body) {
      const taken: number[] = [];
      try {
        return body((floats) => {
          const address = wasm._malloc(Math.max(1, floats) * 4) >>> 0;
          if (address === 0)
            throw new IntactError(
              'limit',
              'Training needs more memory than a WebAssembly program can have (4 GB). Choose a smaller micro-batch.',
            );
          taken.push(address);
          return address;
        });
      } finally {
        for (const address of taken) wasm._free(address);
      }
    },
    zero: (address, floats) => new Float32Array(memory.buffer, address, floats).fill(0),
    write: (tensor, numbers) =>
      new Float32Array(memory.buffer, at(tensor), numbers.length).set(numbers),
    read: (tensor, into) => into.set(new Float32Array(memory.buffer, at(tensor), into.length)),
  };
}
