/**
 * A gradient worker behind a message port: in another thread, asked in turn. The parameters go over once
 * a step, gradients come back without a copy.
 */
import { asIntactError, IntactError } from '../model/error';
import { createGradientWorker, type GradientWorker, type WorkerSetup } from './gradientWorker';

/** What Worker, MessagePort and a worker's own scope have in common. */
export interface Port {
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  start?(): void;
}

type Call = 'load' | 'gradients' | 'loss' | 'outputs';
type Question =
  | { readonly id: number; readonly call: 'open'; readonly argument: WorkerSetup }
  | {
      readonly id: number;
      readonly call: Call;
      readonly argument: unknown;
      /** Of `gradients`: to be filled. */
      readonly into?: Float32Array | undefined;
    }
  | { readonly id: number; readonly call: 'dispose'; readonly argument?: undefined };
type Answer =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: { code: IntactError['code']; message: string; data: IntactError['data'] };
    };

/** The buffers of arrays that the answer alone holds. */
function buffersOf(result: unknown): ArrayBuffer[] {
  const gradients = (result as { gradients?: Float32Array } | undefined)?.gradients;
  return gradients ? [gradients.buffer as ArrayBuffer] : [];
}

/** In the worker: answers what connectGradientWorker asks. */
export function serveGradients(port: Port): void {
  let worker: GradientWorker | undefined;
  async function answer(question: Question): Promise<unknown> {
    switch (question.call) {
      case 'open':
        worker = await createGradientWorker(question.argument);
        return undefined;
      case 'dispose':
        worker?.dispose();
        return undefined;
      case 'load':
      case 'gradients':
      case 'loss':
      case 'outputs':
        if (!worker) throw new IntactError('internal', 'The training worker is not open yet.');
        return worker[question.call](question.argument as never, question.into);
      default:
        return question satisfies never;
    }
  }
  port.addEventListener('message', ({ data }) => {
    const question = data as Question;
    answer(question).then(
      (result) => {
        port.postMessage({ id: question.id, result } satisfies Answer, buffersOf(result));
      },
      (thrown: unknown) => {
        const { code, message, data: details } = asIntactError(thrown);
        port.postMessage({
          id: question.id,
          error: { code, message, data: details },
        } satisfies Answer);
      },
    );
  });
  port.start?.();
}

export interface RemoteWorker extends GradientWorker {
  /** The thread died: every open question fails with this sentence. */
  fail(message: string): void;
}

/** The other side. Resolves when the worker has compiled the graph; rejects with its IntactError. */
export async function connectGradientWorker(
  port: Port,
  setup: WorkerSetup,
  close: () => void,
): Promise<RemoteWorker> {
  const open = new Map<number, { ok(result: unknown): void; failed(error: IntactError): void }>();
  let last = 0;
  let dead: IntactError | undefined;
  port.addEventListener('message', ({ data }) => {
    const answer = data as Answer;
    const waiting = open.get(answer.id);
    open.delete(answer.id);
    if ('error' in answer)
      waiting?.failed(new IntactError(answer.error.code, answer.error.message, answer.error.data));
    else waiting?.ok(answer.result);
  });
  port.start?.();
  const ask = <T>(call: Question['call'], argument: unknown, into?: Float32Array): Promise<T> =>
    new Promise<T>((ok, failed) => {
      if (dead) {
        failed(dead);
        return;
      }
      const id = ++last;
      open.set(id, { ok: ok as (result: unknown) => void, failed });
      port.postMessage({ id, call, argument, into }, into ? [into.buffer as ArrayBuffer] : []);
    });
  await ask('open', setup);
  return {
    load: (parameters) => ask('load', parameters),
    gradients: (batch, into) => ask('gradients', batch, into),
    loss: (batch) => ask('loss', batch),
    outputs: (request) => ask('outputs', request),
    dispose() {
      void ask('dispose', undefined).catch(() => undefined);
      close();
    },
    fail(message) {
      dead = new IntactError('internal', message);
      for (const { failed } of open.values()) failed(dead);
      open.clear();
    },
  };
}
