/** The digits of the page's samples and its dense model, for jobs that train: a few hundred are enough. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../../data/files/bytes';
import { stockRecipe } from '../../quant/recipe';
import type { TrainStep } from '../../quant/types';
import { wasmPath } from '../../train/testing/wasm';
import { serveGradients } from '../../train';
import { createContext } from '../context';
import { createCores, localLock } from '../cores';
import { runJob } from '..';
import type { WorkerContext } from '../job';
import type { WorkerLike } from '../lane';
import type { QuantizeRequest } from '../types';
import { fakeWorker } from './fakeWorker';

const place = (name: string) =>
  fileURLToPath(new URL(`../../../public/samples/${name}`, import.meta.url));
/** The path of the samples. */
export const digits = place('mnist.npz');
export const hasDigits = existsSync(digits);

export const trainingWorker = (cores = 1, startWorker?: () => WorkerLike): WorkerContext =>
  createContext({
    cores: createCores(localLock(), cores),
    training: { wasmPath, ...(startWorker && { startWorker }) },
  });

/** A gradient worker behind a message port, in this thread; those that were started, to be crashed. */
export function portWorkers() {
  const started: { crash(message: string): void; readonly terminated: boolean }[] = [];
  return {
    started,
    start(): WorkerLike {
      const made = fakeWorker();
      started.push(made);
      serveGradients(made.inside as never);
      return made.worker;
    },
  };
}

const step: TrainStep = { kind: 'train', seed: 1, options: { epochs: 2 }, samples: 300 };

/** A request that trains `file` on the first 300 training digits and evaluates on 400. */
export async function trainingRequest(
  change: Partial<TrainStep> = {},
  { file = 'mnist-dense.h5', scheme = 'int8' as 'int8' | 'int8-per-tensor' } = {},
): Promise<QuantizeRequest> {
  const worker = trainingWorker();
  const files = [{ path: file, bytes: new Uint8Array(readFileSync(place(file))) }];
  const model = await runJob('openModel', { files }, worker, { progress: () => undefined });
  return {
    model,
    samples: {
      source: {
        kind: 'files',
        name: 'mnist.npz',
        key: 'mnist',
        files: [{ path: 'mnist.npz', bytes: memorySource(new Uint8Array(readFileSync(digits))) }],
        choices: { range: 'zero-one' },
      },
      roles: { calibration: 100, evaluation: 400, seed: 1 },
    },
    recipe: stockRecipe(scheme, { steps: [{ ...step, ...change }] }),
    measure: { latency: false, isolated: false, sensitivity: false },
  };
}
