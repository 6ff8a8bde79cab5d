/** The dense sample model, trained by the quantize job on a few hundred digits. */
import { trainSteps } from '../../quant/stepWords';
import { beforeAll, describe, expect, it } from 'vitest';
import { primaryOf } from '../../analysis/score';
import { canonical } from '../../run/keys';
import type { Run } from '../../run/types';
import { runJob } from '..';
import { listening } from '../testing/tiny';
import { hasDigits, trainingRequest, trainingWorker } from '../testing/digits';
import type { QuantizeRequest, QuantizeUpdate, StopFlag } from '../types';

async function carriedOut(
  request: QuantizeRequest,
  hear: (update: QuantizeUpdate, stop: StopFlag) => void = () => undefined,
) {
  const heard = listening<QuantizeUpdate>();
  const stop: StopFlag = { stopped: false };
  const events = {
    progress: (one: Parameters<typeof heard.events.progress>[0]) => heard.events.progress(one),
    partial: (update: QuantizeUpdate) => {
      heard.partials.push(structuredClone(update));
      hear(update, stop);
    },
  };
  const run = await runJob('quantize', request, trainingWorker(), events, stop);
  return { run, heard };
}
const exported = async ({ made }: Run) =>
  Buffer.from(
    await runJob('exportRun', { made, border: 'int8' }, trainingWorker(), {
      progress: () => undefined,
    }),
  ).toString('base64');
const ofKind = <K extends 'training' | 'checkpoint'>(
  partials: readonly QuantizeUpdate[],
  kind: K,
): Extract<QuantizeUpdate, { kind: K }>[] =>
  partials.filter((one) => one.kind === kind) as Extract<QuantizeUpdate, { kind: K }>[];

describe.skipIf(!hasDigits)('a trained run', () => {
  let request: QuantizeRequest;
  let trained: Awaited<ReturnType<typeof carriedOut>>;
  beforeAll(async () => {
    // The last epoch, whatever it scores.
    request = await trainingRequest({ options: { epochs: 2, minSamplesToChoose: 1000 } });
    trained = await carriedOut(request);
  });

  it('is a run like any other, of trained weights and scales', async () => {
    const { run } = trained;
    const { made, figures } = run;
    expect(run.pending).toEqual([]);
    expect(figures.counts.evaluated).toBe(400);
    expect(made.graph.values).not.toEqual(request.model.optimized.values);
    expect(made.layers.length).toBe(request.model.optimized.nodes.length);
    // Float figures are of the model as it was opened: 93.95 % of all 2,000, chance of 400 apart.
    const float = primaryOf(figures.float.scores)!;
    expect(float.value).toBeGreaterThan(90);
    expect(primaryOf(figures.whole.scores)!.value).toBeGreaterThan(float.value - 2);
    expect((await exported(run)).length).toBeGreaterThan(1000);
  });

  it('records its training, and the step with nothing left to be recommended', () => {
    const { log, recipe } = trained.run.made;
    expect(log).toMatchObject({ backend: 'wasm', workers: 1, stopped: 'finished' });
    expect(log!.epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(log!.epochs[0]!.loss).toBeUndefined();
    for (const { selectionAccuracy } of log!.epochs) expect(selectionAccuracy).toBeGreaterThan(80);
    expect(log!.steps.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(log!.samples.training).toBe(300);
    const [step] = trainSteps(recipe!);
    expect(step).toMatchObject({ kind: 'train', seed: 1, samples: 300 });
    expect(step!.options).toMatchObject({ epochs: 2, batch: 32, microBatch: 32, loss: 'distill' });
  });

  it('tells fake quantization from the integer graph', () => {
    const { scores, integerScores, drift } = trained.run.figures.fakeQuant!;
    expect(scores[0]!.samples).toBe(400);
    expect(Math.abs(scores[0]!.value - integerScores[0]!.value)).toBeLessThanOrEqual(0.5);
    const layers = Object.entries(drift);
    expect(layers.length).toBeGreaterThan(1);
    for (const [, dB] of layers) expect(dB).toBeGreaterThan(40);
  });

  it('says how it stands, and keeps checkpoints', () => {
    const statuses = ofKind(trained.heard.partials, 'training');
    expect(statuses[0]).toMatchObject({ step: 0, steps: 20, epoch: 1, epochs: 2, workers: 1 });
    expect(statuses.flatMap(({ points }) => points).length).toBeGreaterThanOrEqual(18);
    expect(statuses.at(-1)!.log.length).toBe(3);
    expect(ofKind(trained.heard.partials, 'checkpoint').map(({ step }) => step)).toEqual([10, 20]);
    const fractions = trained.heard.progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });

  it('goes on from a checkpoint to the same file', async () => {
    const [checkpoint] = ofKind(trained.heard.partials, 'checkpoint');
    const again = await carriedOut({ ...request, resume: structuredClone(checkpoint!) });
    expect(ofKind(again.heard.partials, 'training')[0]!.step).toBe(10);
    expect(await exported(again.run)).toBe(await exported(trained.run));
    const { steps } = again.run.made.log!;
    expect(canonical(steps)).toBe(canonical(trained.run.made.log!.steps));
  });

  it('stops when it is asked to, keeps what it has, and is measured whole', async () => {
    const { run } = await carriedOut(request, (update, stop) => {
      if (update.kind === 'checkpoint') stop.stopped = true;
    });
    expect(run.made.log!.stopped).toBe('user');
    expect(run.made.log!.steps.length).toBe(10);
    expect(run.figures.counts.evaluated).toBe(400);
    expect(run.pending).toEqual([]);
  });

  it('can be where another starts, with its scales', async () => {
    const { id, made } = trained.run;
    const { run } = await carriedOut({ ...request, from: { id, made } });
    expect(run.made.from).toBe(id);
    expect(trainSteps(run.made.recipe!)[0]!.options.weights).toBe('plan');
    expect(run.made.log!.epochs[0]!.selectionAccuracy).toBe(
      made.log!.epochs.at(-1)!.selectionAccuracy,
    );
  });
});

describe.skipIf(!hasDigits)('a training that starts from another run', () => {
  it('learns from the float model as it was opened, not from what that run made of it', async () => {
    const change = { options: { epochs: 3, learningRate: 1e-2, minSamplesToChoose: 1000 } };
    const request = await trainingRequest(change);
    const plain = { ...request, recipe: { ...request.recipe, steps: [] } };
    const { run: start } = await carriedOut(plain);
    // A last layer that an earlier training has spoilt.
    const { graph } = start.made;
    const weights = graph.nodes.at(-2)!.inputs[1]!;
    const values = graph.values.map((value, index) =>
      index === weights
        ? { ...value, data: (value.data as Float32Array).map((x) => x / 3) }
        : value,
    );
    const made = { ...start.made, graph: { ...graph, values } };
    const { run } = await carriedOut({ ...request, from: { id: start.id, made } });
    const { epochs, notes } = run.made.log!;
    expect(notes.join(' ')).toContain('learns from the float model as it was opened');
    // Held against the spoilt one, the loss at the start would be next to nothing.
    expect(epochs[0]!.selectionLoss).toBeGreaterThan(0.05);
    expect(epochs.at(-1)!.loss).toBeLessThan(0.9 * epochs[1]!.loss!);
  });

  it('begins with scales at least squared error where that run learned none', async () => {
    // Convolutions per tensor: elsewhere every int8 training is recommended to start from the plan's scales.
    const model = { file: 'mnist-mobilenet.keras', scheme: 'int8-per-tensor' as const };
    const request = await trainingRequest({ options: { epochs: 1 } }, model);
    const { run: start } = await carriedOut({
      ...request,
      recipe: { ...request.recipe, steps: [] },
    });
    const { run } = await carriedOut({ ...request, from: start });
    expect(run.made.from).toBe(start.id);
    expect(trainSteps(run.made.recipe!)[0]!.options.weights).toBe('mse');
    expect(run.made.log!.notes).toEqual([]);
  });
});

describe.skipIf(!hasDigits)('the control', () => {
  it('trains the float model on labels, then quantizes it', async () => {
    const { run } = await carriedOut(await trainingRequest({ control: true }));
    const { made, figures } = run;
    expect(made.recipe!.steps[0]).toMatchObject({ control: true, options: { loss: 'labels' } });
    expect(made.log!.notes.join(' ')).toContain('labels');
    expect(figures.fakeQuant).toBeUndefined();
    // Planned anew, for the trained weights.
    expect(made.plan!.nodes).not.toEqual({});
    expect(primaryOf(figures.whole.scores)!.value).toBeGreaterThan(88);
  });
});

describe.skipIf(!hasDigits)('what cannot be trained', () => {
  const refusal = async (request: QuantizeRequest, cores = trainingWorker()) =>
    runJob('quantize', request, cores, { progress: () => undefined }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );

  it('is refused with a sentence', async () => {
    const request = await trainingRequest();
    const { recipe, model } = request;
    const noLabels = { kind: 'synthetic', name: 's', key: 's', count: 60, seed: 1, choices: {} };
    const onNothing = {
      ...request,
      samples: { source: noLabels as never, roles: { calibration: 10, seed: 1 } },
    };
    const asking = (options: object, more = {}) => ({
      ...recipe,
      steps: [{ kind: 'train' as const, seed: 1, options, ...more }],
    });
    expect(
      (await refusal({ ...onNothing, recipe: asking({ loss: 'labels' }) }))!.message,
    ).toContain('have no labels');
    expect(
      (await refusal({ ...onNothing, recipe: asking({ epochs: 1 }, { control: true }) }))!.message,
    ).toContain('control');
    const names = model.optimized.nodes.map(({ name }) => name);
    expect(
      (await refusal({ ...request, recipe: asking({ epochs: 1, frozenNodes: names }) }))!.message,
    ).toContain('Thaw a layer');
    expect(
      (await refusal({
        ...request,
        recipe: asking({ epochs: 4, scaleLearningRate: 1e30, loss: 'labels' }),
      }))!.message,
    ).toMatch(/Training broke down at step \d+/);
    expect(
      (await refusal({ ...request, recipe: asking({ epochs: 1 }, { samples: 0 }) }))!.message,
    ).toMatch(/No sample is left to train with: all \d+ calibrate/);
    const { training, ...bare } = trainingWorker();
    expect(training).toBeDefined();
    expect((await refusal(request, bare))!.message).toContain('Nothing can be trained here');
    expect(
      (await refusal({ ...request, recipe: { ...asking({ epochs: 1 }), rules: [] } }))!.message,
    ).toContain('nothing in integers');
  });

  it('says where there are fewer samples than a batch', async () => {
    const { run } = await carriedOut(
      await trainingRequest({ samples: 10, options: { epochs: 1, batch: 64 } }),
    );
    expect(run.made.log!.notes.join()).toContain('only 10 training samples');
    expect(run.made.log!.chosen.why).toContain('too few to choose by');
  });
});
