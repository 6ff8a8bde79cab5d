/** In a worker that shares a job's samples: opens shards and runs samples, one after the other, as it is asked. */
import { createBackend } from '../../engine/backends';
import type { Backend } from '../../engine/engine';
import { asIntactError } from '../../model/error';
import type { Port } from '../wire';
import { shards } from '.';
import type { Answer, Question, ShardKind, ShardOf } from './types';

export function serveShards(port: Port, engine: () => Promise<Backend> = createBackend): void {
  let backend: Promise<Backend> | undefined;
  const opened = new Map<ShardKind, ShardOf<ShardKind>>();
  const close = (kind: ShardKind) => {
    opened.get(kind)?.dispose();
    opened.delete(kind);
  };
  const answerTo = async ({ call, kind, argument }: Question): Promise<unknown> => {
    switch (call) {
      case 'open':
        close(kind);
        opened.set(kind, await shards[kind](argument as never, await (backend ??= engine())));
        return undefined;
      case 'run':
        return opened.get(kind)!.run(argument as never);
      case 'close':
        close(kind);
        return undefined;
      default:
        return call satisfies never;
    }
  };
  let before: Promise<void> = Promise.resolve();
  port.addEventListener('message', ({ data }) => {
    const question = data as Question;
    before = before.then(async () => {
      const { id } = question;
      const answer: Answer = await answerTo(question).then(
        (result) => ({ id, result }),
        (thrown: unknown) => ({ id, error: asIntactError(thrown).message }),
      );
      port.postMessage(answer, { transfer: buffersOf(answer) });
    });
  });
}

/** Buffers that an answer alone holds: every array of it. */
function buffersOf(answer: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const look = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    } else if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(answer);
  return [...found];
}
