/** The digits of the page's samples and its dense model, for jobs that train: a few hundred are enough. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../../data/files/bytes';
import { stockRecipe } from '../../quant/recipe';
import type { TrainStep } from '../../quant/types';
import { wasmPath } from '../../train/testing/wasm';
import { createContext } from '../context';
import { createCores, localLock } from '../cores';
import { runJob } from '..';
import type { WorkerContext } from '../job';
import type { QuantizeRequest } from '../types';

const place = (name: string) =>
  fileURLToPath(new URL(`../../../public/samples/${name}`, import.meta.url));
const digits = place('mnist.npz');
export const hasDigits = existsSync(digits);

export const trainingWorker = (cores = 1): WorkerContext =>
  createContext({ cores: createCores(localLock(), cores), training: { wasmPath } });

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
