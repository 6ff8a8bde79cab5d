/** Times of training steps: one net on one backend with some gradient threads, from step to step. */
import { startThread } from '../../../src/cli/thread';
import { openWorkers } from '../../../src/jobs/train/workers';
import { createTrainer, connectGradientWorker, recommendedOptions } from '../../../src/train';
import type { TrainBackend, TrainSamples } from '../../../src/train';
import { wasmPath } from '../../../src/train/testing/wasm';
import { carryOut, requestOf, worker, type Case } from './job';

const BATCH = 32;

export interface Stand {
  /** Milliseconds of each step, read and reported as in a training. */
  steps(about: { backend: TrainBackend; threads: number; steps: number }): Promise<number[]>;
}

/** A net quantized once; its steps can then be timed again and again. */
export async function standOf(one: Case, thread: URL): Promise<Stand> {
  const request = await requestOf(one);
  const { made } = (await carryOut(request)).run;
  const { samples, roles } = await worker.openSamples(request.samples, request.model);
  const all = await Promise.all(
    roles.training.slice(0, 8 * BATCH).map((index) => samples.read(index)),
  );
  const read = all.map(({ inputs }) => inputs);
  const labels = all.map(({ targets }) => targets[0]);
  const set: TrainSamples = {
    count: read.length,
    read: (index) => read[index]!,
    target: (index) => labels[index],
  };
  const about = { graph: made.graph, plan: made.plan!, samples: set.count, seed: 1 };
  const recommended = recommendedOptions({ ...about, targets: 'classes', augment: undefined });
  const options = { ...recommended, loss: 'labels' as const };
  return {
    async steps({ backend, threads, steps }) {
      const times: number[] = [];
      let last = 0;
      const trainer = await createTrainer({
        ...{ graph: made.graph, plan: made.plan!, backend, wasmPath, samples: set },
        options: { ...options, epochs: Math.ceil((steps + 2) / 8) },
        events: {
          step() {
            const now = performance.now();
            times.push(now - last);
            last = now;
          },
        },
        border() {
          last ||= performance.now();
          return times.length > steps ? 'stop' : 'continue';
        },
        ...(threads > 1 && {
          workers: (setup) =>
            openWorkers(setup, threads, () => startThread(thread), connectGradientWorker),
        }),
      });
      await trainer.run();
      trainer.dispose();
      // The first step asks the teacher and compiles.
      return times.slice(1, steps + 1);
    },
  };
}
