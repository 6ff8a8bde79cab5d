/**
 * The messages between a page and its workers. One channel a worker, in order: what a job says first
 * arrives first, and its result last. Errors keep their code and data; settled fields cross once a job.
 */
import { asIntactError, IntactError, type ErrorCode } from '../model/error';
import { settledFields } from '../run/update';
import type { BackendChoice, JobName, Progress } from './types';

/** What both ends need of a Worker, a worker's own scope or a MessagePort. */
export interface Port {
  postMessage(message: unknown, options?: StructuredSerializeOptions): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export type ToWorker =
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly name: JobName;
      readonly args: unknown;
      /** Threads of the engine; undefined: as before. */
      readonly threads?: number;
      /** Who answers samples; undefined: as before. */
      readonly backend?: BackendChoice;
      /** Grows with every tile and step; undefined: memory can't be shared, and `alive` says it. */
      readonly pulse?: Int32Array<SharedArrayBuffer>;
    }
  | { readonly kind: 'stop' | 'pause' | 'resume'; readonly id: number };

export type FromWorker = { readonly id: number } & (
  | { readonly kind: 'progress'; readonly progress: Progress }
  /** It gets on. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'reading'; readonly what: string | undefined }
  | { readonly kind: 'partial'; readonly value: unknown }
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly error: WireError }
);

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An error's own class and stack don't survive the border; this does. */
export function packError(thrown: unknown): WireError {
  const { code, message, data } = asIntactError(thrown);
  return { code, message, data };
}

export function unpackError({ code, message, data }: WireError): IntactError {
  return new IntactError(code, message, data);
}

type Fields = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

/** The sending end of one job: leaves out a settled field that was sent already. */
export function sentOnce(fields: readonly string[] = settledFields): (value: unknown) => unknown {
  const sent = new Map<string, unknown>();
  return (value) => {
    if (!isPlain(value)) return value;
    const settled = fields.filter((field) => value[field] !== undefined);
    const known = new Set(settled.filter((field) => sent.get(field) === value[field]));
    for (const field of settled) sent.set(field, value[field]);
    return known.size === 0
      ? value
      : Object.fromEntries(Object.entries(value).filter(([field]) => !known.has(field)));
  };
}

/** The receiving end: puts back what was sent before, the very object each time. */
export function madeWhole(fields: readonly string[] = settledFields): (value: unknown) => unknown {
  const kept = new Map<string, unknown>();
  return (value) => {
    if (!isPlain(value)) return value;
    for (const field of fields) if (value[field] !== undefined) kept.set(field, value[field]);
    return kept.size === 0 ? value : { ...value, ...Object.fromEntries(kept) };
  };
}

/** Buffers that are handed over rather than copied: a result that is bytes of its own. */
export function transferable(value: unknown): Transferable[] {
  return value instanceof Uint8Array &&
    value.buffer instanceof ArrayBuffer &&
    value.byteLength === value.buffer.byteLength
    ? [value.buffer]
    : [];
}
