/** What "Measure this device" asks its workers, each of which holds one engine with one model, and what it finds. */
import type { Graph } from '../../model/graph';

export type EngineId = 'wasm' | 'webgpu' | 'litert';

export type ToEngine =
  /** The graphs to be timed of a model's. */
  | { readonly kind: 'subjects'; readonly graph: Graph }
  | {
      readonly kind: 'open';
      readonly engine: EngineId;
      readonly graph: Graph;
      readonly threads: number;
    }
  /** Runs for about so long. */
  | { readonly kind: 'block'; readonly ms: number };

export interface Subject {
  /** "float32", "int8", "as it is" */
  readonly scheme: string;
  /** float32 at the border, the only one that every engine takes. */
  readonly graph: Graph;
}

export interface OpenedEngine {
  /** "WASM relaxed SIMD (usdot), 2 threads" */
  readonly label: string;
  /** Why it runs as it does; empty: nothing to say. */
  readonly note: string;
  /** On one made-up sample. */
  readonly outputs: readonly Float32Array[];
}

export interface EngineAnswers {
  readonly subjects: readonly Subject[];
  readonly open: OpenedEngine;
  /** Milliseconds a sample. */
  readonly block: number;
}

/** Milliseconds a sample, or a sentence that says why there are none. */
export type Timing = number | string;

export interface DeviceRow {
  readonly model: string;
  readonly scheme: string;
  readonly threads: number;
  readonly ours: Timing;
  readonly litert: Timing;
  /** Batches of 32, uploads and readback included; the same beside every number of threads. */
  readonly webgpu: Timing;
  /** Of LiteRT.js' outputs to ours, as part of the largest; 0 is identical. */
  readonly difference?: number;
}

export interface DeviceReport {
  /** Each a line: browser, cores, engines, adapter. */
  readonly conditions: readonly string[];
  readonly rows: readonly DeviceRow[];
}
