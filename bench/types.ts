/** What a page of the bench is asked, and what it answers. */
import type { Variant } from '../src/engine/wasm/variant';

export type Side = 'ours' | 'webgpu' | 'litert' | 'ort' | 'tfjs';

export interface OpenRequest {
  readonly side: Side;
  /** A made model (bench/mobilenet.ts), or where the page finds a file's bytes. */
  readonly model: { readonly made: string } | { readonly name: string; readonly url: string };
  /** Of `subjectsOf`. */
  readonly scheme: string;
  readonly threads: number;
  /** Build of our kernels; default: the fastest. */
  readonly variant?: Variant;
  /** Folder of LiteRT.js' wasm files. */
  readonly litert: string;
  /** Folder of TF.js' wasm files. */
  readonly tfjs: string;
  /** Folder of onnxruntime-web's files; undefined: it is not here. */
  readonly ort?: string;
}

export interface LayerTime {
  readonly node: string;
  readonly op: string;
  readonly ms: number;
  /** Multiplications and additions; 0 where there are none to speak of. */
  readonly ops: number;
  /** "3×3 s2 112×112×32→32", where it has ops. */
  readonly shape?: string;
}

export interface Opened {
  /** "WASM relaxed SIMD (usdot), 2 threads" */
  readonly label: string;
  /** Outputs on one made-up sample. */
  readonly outputs: readonly Float32Array[];
}

export interface Layers {
  readonly layers: readonly LayerTime[];
  /** Operations a nanosecond of the dots on registers alone, one thread. */
  readonly peak: { readonly int8: number; readonly float32: number };
}

/** Each is answered once; a string is why it can't be. */
export type Request =
  | { readonly kind: 'schemes'; readonly model: OpenRequest['model'] }
  | { readonly kind: 'open'; readonly request: OpenRequest }
  | { readonly kind: 'block'; readonly ms: number }
  | { readonly kind: 'layers' };

export interface Answers {
  readonly schemes: readonly string[];
  readonly open: Opened;
  /** Milliseconds per inference. */
  readonly block: number;
  readonly layers: Layers;
}
