/**
 * A dispatch as plain data: WGSL, what is bound to it, and how many workgroups it takes. Made without a
 * GPU; `executable.ts` turns it into pipelines, buffers and bind groups. Bindings stand in the order
 * reads, writes, constants, uniform.
 */

/** Kernels that pass or fail the self-test together. */
export type Family =
  | 'matrix'
  | 'depthwise'
  | 'pooling'
  | 'reduction'
  | 'elementwise'
  | 'softmax'
  | 'resize'
  | 'move'
  | 'conversion';

export type Groups = readonly [number, number, number];

export interface Program {
  readonly family: Family;
  /** For people and tests: "matrix int8 64×64×64". */
  readonly name: string;
  readonly code: string;
  /** Values of the graph; constants among them are laid out and uploaded once. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly constants: readonly ArrayBufferView<ArrayBuffer>[];
  readonly uniform?: Uint32Array<ArrayBuffer>;
  /** Workgroups for that many samples of the batch. */
  groups(samples: number): Groups;
}

/** Programs that compute the same, the best guess first. */
export type Alternatives = readonly Program[];

/** One after the other; or in a sentence's part ("…, which has no WebGPU kernel") why there is none. */
export type Kernel = readonly Alternatives[] | string;

/** A dispatch dimension of the standard's default limits. */
export const mostGroups = 65535;

/** Threads of a workgroup of the kernels that count words one by one. */
export const lineThreads = 128;

/** Workgroups for `count` threads in lines; shaders read their number with `lineIndex`. */
export function lines(count: number): Groups {
  const groups = Math.max(1, Math.ceil(count / lineThreads));
  const rows = Math.ceil(groups / mostGroups);
  return [Math.ceil(groups / rows), rows, 1];
}
