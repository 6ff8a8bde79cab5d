/** How many gradient workers a training gets, why, and how they are opened. */
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import { byteSize } from '../../model/graph';
import type { TrainOptions } from '../../quant/types';
import type { GradientWorker, Port, WorkerSetup } from '../../train';
import type { WorkerLike } from '../lane';

export interface WorkerCount {
  readonly count: number;
  readonly why: string;
}

/** Activations are held about four times: before and after, and as gradients. */
const HELD = 4;
/** Bytes that all passes at once may take. */
const PASSES_BYTES = 2 ** 30;

/** More workers than passes a step would wait. The count never shows in the numbers. */
export function workerCount(
  graph: Graph,
  { batch, microBatch }: Pick<TrainOptions, 'batch' | 'microBatch'>,
  cores: number,
  startable: boolean,
): WorkerCount {
  const passes = Math.ceil(batch / microBatch);
  if (passes < 2) return { count: 1, why: 'a step is one pass; more workers would only wait' };
  if (!startable) return { count: 1, why: 'no further worker can be started here' };
  if (cores < 2) return { count: 1, why: 'this machine lends one core' };
  const bytes = graph.values.reduce(
    (sum, { data, dtype, shape }) => sum + (data ? 0 : byteSize(dtype, shape)),
    0,
  );
  const fitting = Math.max(1, Math.floor(PASSES_BYTES / Math.max(1, HELD * microBatch * bytes)));
  const count = Math.min(passes, cores, fitting);
  if (count === fitting && fitting < Math.min(passes, cores))
    return { count, why: 'more would not fit into memory' };
  return count === passes
    ? { count, why: `a step is ${passes} passes` }
    : { count, why: `this machine lends ${cores} cores` };
}

/** Opens gradient workers in threads of their own; all are ended when one does not open. */
export async function openWorkers(
  setup: WorkerSetup,
  count: number,
  start: () => WorkerLike,
  connect: (
    port: Port,
    setup: WorkerSetup,
    close: () => void,
  ) => Promise<GradientWorker & { fail(message: string): void }>,
): Promise<readonly GradientWorker[]> {
  const threads = Array.from({ length: count }, start);
  const end = () => {
    for (const thread of threads) thread.terminate();
  };
  try {
    return await Promise.all(
      threads.map(
        (thread) =>
          new Promise<GradientWorker>((resolve, reject) => {
            let opened: (GradientWorker & { fail(message: string): void }) | undefined;
            thread.addEventListener('error', (event) => {
              event.preventDefault();
              const reason = event.message || 'it could not be loaded';
              const sentence = `A training worker stopped: ${reason}. The last checkpoint is kept; go on from it.`;
              opened?.fail(sentence);
              reject(new IntactError('internal', sentence));
            });
            const close = () => {
              thread.terminate();
            };
            connect(thread as unknown as Port, setup, close).then((worker) => {
              opened = worker;
              resolve(worker);
            }, reject);
          }),
      ),
    );
  } catch (thrown) {
    end();
    throw thrown;
  }
}
