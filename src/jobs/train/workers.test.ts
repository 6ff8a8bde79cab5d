/** The MobileNet sample, whose steps are several passes: by any number of workers, and across breaks. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../run/types';
import { runJob } from '..';
import type { WorkerContext } from '../job';
import { hasDigits, portWorkers, trainingRequest, trainingWorker } from '../testing/digits';
import type { QuantizeRequest, QuantizeUpdate } from '../types';
import type { TrainingCheckpoint } from './types';

const nothing = { progress: () => undefined };

/** Its bytes, and what it said; `killAt`: it dies at that step, as a worker that is ended does. */
async function trained(request: QuantizeRequest, worker: WorkerContext, killAt = Infinity) {
  let kept: TrainingCheckpoint | undefined;
  let run: Run | undefined;
  const partial = (update: QuantizeUpdate) => {
    if (update.kind === 'checkpoint') kept = structuredClone(update);
  };
  const progress = ({ label }: { label: string }) => {
    if (label.startsWith(`Step ${killAt} of `)) throw new Error('killed');
  };
  try {
    run = await runJob('quantize', request, worker, { progress, partial });
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.message !== 'killed') throw thrown;
  }
  const bytes =
    run && (await runJob('exportRun', { made: run.made, border: 'int8' }, worker, nothing));
  return { run, kept, bytes };
}

describe.skipIf(!hasDigits)('several workers', () => {
  let request: QuantizeRequest;
  let alone: Awaited<ReturnType<typeof trained>>;
  beforeAll(async () => {
    const change = { samples: 96, options: { epochs: 5, patience: 99 } };
    const made = await trainingRequest(change, { file: 'mnist-mobilenet.keras' });
    request = {
      ...made,
      samples: { ...made.samples, roles: { ...made.samples.roles, evaluation: 20 } },
    };
    alone = await trained(request, trainingWorker());
  }, 120_000);

  it('are as many as a step has passes and cores are lent, and make the same file', async () => {
    const two = portWorkers();
    const { run, bytes } = await trained(request, trainingWorker(2, two.start));
    expect(two.started).toHaveLength(2);
    expect(run!.made.log).toMatchObject({
      workers: 2,
      workersWhy: 'this machine lends 2 cores',
    });
    expect(Buffer.compare(bytes!, alone.bytes!)).toBe(0);
    expect(two.started.every(({ terminated }) => terminated)).toBe(true);
  }, 60_000);

  it('go on from where the training was killed, with another number of workers, to the same file', async () => {
    // Steps of fifteen, drawn once.
    for (const [killAt, cores] of [
      [5, 2],
      [8, 1],
      [14, 2],
    ] as const) {
      const workers = portWorkers();
      const first = await trained(request, trainingWorker(cores, workers.start), killAt);
      expect(first.run).toBeUndefined();
      expect(first.kept!.step).toBe(Math.floor((killAt - 1) / 3) * 3);
      const rest = trainingWorker(3 - cores, portWorkers().start);
      const { bytes } = await trained({ ...request, resume: first.kept! }, rest);
      expect(Buffer.compare(bytes!, alone.bytes!), `killed at step ${killAt}`).toBe(0);
    }
  }, 120_000);

  it('end the training with a sentence when one of them dies, and its checkpoint goes on', async () => {
    const two = portWorkers();
    let kept: TrainingCheckpoint | undefined;
    const failed = runJob('quantize', request, trainingWorker(2, two.start), {
      ...nothing,
      partial: (update) => {
        if (update.kind !== 'checkpoint' || kept) return;
        kept = structuredClone(update);
        two.started[1]!.crash('it was ended from outside');
      },
    });
    await expect(failed).rejects.toMatchObject({
      code: 'internal',
      message:
        'A training worker stopped: it was ended from outside. The last checkpoint is kept; go on from it.',
    });
    const { bytes } = await trained({ ...request, resume: kept! }, trainingWorker());
    expect(Buffer.compare(bytes!, alone.bytes!)).toBe(0);
  }, 60_000);

  it('are not started where a step is one pass', async () => {
    const none = portWorkers();
    const dense = await trainingRequest({ options: { epochs: 1 } });
    const { run } = await trained(dense, trainingWorker(2, none.start));
    expect(none.started).toEqual([]);
    expect(run!.made.log!.workersWhy).toContain('one pass');
  }, 60_000);
});
