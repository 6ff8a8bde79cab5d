/**
 * Contracts of the engine: Graph → numbers.
 * Invariant: `reference` defines integer results; every other backend equals it bit for bit.
 */
import type { Graph, Node, Rounding, Tensor, Value } from '../model/graph';

/**
 * Sees a value right after it was computed (inputs too), before anything else is. `tensor.data` is a
 * view: copy to keep. A promise is awaited; what it rejects with ends the run.
 */
export type Tap = (valueIndex: number, tensor: Tensor) => void | Promise<void>;

export interface Executable {
  readonly graph: Graph;
  /**
   * One inference. Feeds in the order of graph.inputs, with exactly their shape and dtype. Outputs are
   * copies. A run that is asked for while a tap of another is awaited comes after it.
   */
  run(feeds: readonly Tensor[], tap?: Tap): Promise<Tensor[]>;
  /**
   * Inferences of many samples (the feeds of each as in `run`), in batches where the backend has them;
   * answers in the samples' order. Integers are the very numbers of `run`.
   */
  runMany(samples: readonly (readonly Tensor[])[]): Promise<Tensor[][]>;
  /**
   * Milliseconds per call of one node, on whatever its inputs hold now: runs it `repeats` times in
   * a row and divides. Rejects with `usage` without `keepAll` at prepare and one `run` before.
   */
  timeNode(nodeIndex: number, repeats: number): Promise<number>;
  /**
   * What the outputs would be with the values of a branch in place of others, on what the last `run` left,
   * which stays as it is. Copies, in the order of graph.outputs. Rejects with `usage` without `branches`
   * at prepare and one `run` before.
   */
  runBranch?(branch: number): Promise<Tensor[]>;
  /** Why (a part of) its answers came from another backend than the one that prepared it. */
  fellBack?(): string | undefined;
  dispose(): void;
}

export interface PrepareOptions {
  /** Samples that `runMany` computes at once, where the backend has batches. Default: its own choice. */
  readonly batch?: number;
  /** Every value keeps its own memory until the next run (no arena reuse). Default false. */
  readonly keepAll?: boolean;
  /** Parts of the graph that `run` leaves out; takes keepAll. */
  readonly branches?: readonly Branch[];
}

/** Nodes that run only when they are asked for, and values that stand in for others then. */
export interface Branch {
  /** Indices of nodes, in order; no other node reads what they make. */
  readonly nodes: readonly number[];
  /** [value, what it is replaced by]; everything that reads the first runs again. */
  readonly instead: readonly (readonly [number, number])[];
}

export type BackendId = 'reference' | 'wasm' | 'webgpu';

/** Prepare once, run many. `createBackend` in backends.ts makes the one that is asked for. */
export interface Backend {
  readonly id: BackendId;
  /** "WASM relaxed SIMD (usdot), 1 thread" */
  readonly label: string;
  /** Threads that it may use, where it has several. */
  readonly threads?: number;
  /** From the next node on at most this many; what is computed stays the same. */
  useThreads?(count: number): void;
  /** Why it can't be used any longer (a lost device); undefined while it can. */
  gone?(): string | undefined;
  /** Why it computes the way that the label names, a sentence's part: "usdot is faster, but …". */
  readonly note?: string;
  /** Ends its other threads; it goes on with one. */
  end?(): void;
  /** Only where another backend was asked for: a sentence that says why it isn't that one. */
  readonly insteadOf?: { readonly id: BackendId; readonly reason: string };
  /** Throws IntactError `unsupported` with the whole list in `data.list`. */
  prepare(graph: Graph, options?: PrepareOptions): Promise<Executable>;
}

/** Where a kernel is used: everything that is known before the first run. */
export interface KernelSite {
  readonly node: Node;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  /** Of results of per-channel weights (Graph.rounding). */
  readonly rounding: Rounding;
}
/** Computes outputs from inputs; allocates nothing per call that it could have allocated at prepare. */
export type Kernel = (inputs: readonly (Tensor | undefined)[], outputs: readonly Tensor[]) => void;
/** Tables, multipliers and packed weights are made here. undefined: this factory doesn't do this site. */
export type KernelFactory = (site: KernelSite) => Kernel | undefined;
