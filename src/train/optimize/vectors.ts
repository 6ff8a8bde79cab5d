/** The optimizer's flat vectors in a memory of their own, with our kernels on it: the same on every backend. */
import { instantiateKernels, type TrainingKernels } from '../kernels/module';

export interface Vectors {
  readonly kernels: TrainingKernels;
  readonly length: number;
  /** Addresses. */
  readonly at: Readonly<Record<VectorName, number>>;
  /** A view; nothing grows, so it stays valid. */
  view(name: VectorName): Float32Array;
}
/** `incoming`: one pass's gradients before they are added. */
export type VectorName = 'parameters' | 'gradients' | 'incoming' | 'mean' | 'square' | 'unit';
const names: readonly VectorName[] = [
  'parameters',
  'gradients',
  'incoming',
  'mean',
  'square',
  'unit',
];

export async function createVectors(length: number): Promise<Vectors> {
  const stride = Math.ceil((length + 4) / 16) * 64;
  const memory = new WebAssembly.Memory({
    initial: Math.ceil((names.length * stride) / 65536) + 1,
  });
  const at = Object.fromEntries(names.map((name, i) => [name, 64 + i * stride]));
  return {
    kernels: await instantiateKernels(memory),
    length,
    at: at as Record<VectorName, number>,
    view: (name) => new Float32Array(memory.buffer, at[name]!, length),
  };
}
