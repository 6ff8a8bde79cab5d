/**
 * Quantization-aware training as a step of a recipe. The room train, and TF.js with it, is loaded when a
 * training starts and not before.
 */
import { affordable, workOf } from '../measure/work';
import { grouped } from '../../analysis/format';
import { IntactError } from '../../model/error';
import { convert } from '../../quant/convert';
import { bakedRounding } from '../../quant/rounded';
import type { Plan, TrainOptions } from '../../quant/types';
import type { Figures, TrainingLog } from '../../run/types';
import type { Checkpoint, Trainer, TrainRequest, TrainResult } from '../../train';
import type { TrainingPlace } from '../job';
import type { StepRunner } from '../quantize/step';
import { fakeQuantFigures } from './fakeQuant';
import { arePlaced, resolvedOptions, targetsOf } from './options';
import { divided, trainingSet } from './samples';
import { selection, selectionOf } from './selection';
import { reporter, type Reporter } from './status';
import { openWorkers, workerCount, type WorkerCount } from './workers';

type Input = Parameters<StepRunner<'train'>>[0];

/** Shares of the step's bar: reading labels, training, comparing with the integer model. */
const bar = { read: 5, train: 85, compare: 10 } as const;

export const train: StepRunner<'train'> = async (given) => {
  // Weights that an earlier step has rounded are what is trained on.
  const input = { ...given, ...bakedRounding(given.graph, given.plan) };
  const { context, graph, original, plan, samples, roles, step } = input;
  const { training: place, stop } = context;
  if (!place)
    throw new IntactError(
      'unsupported',
      'Nothing can be trained here. Take the training step out of the recipe.',
    );
  refuseNoGrid(input);
  input.report('Loading the training backend', 0, 100);
  const room = await import('../../train');
  const { chosen, selection: apart, note } = divided(roles, step.samples);
  if (chosen.length === 0)
    throw new IntactError(
      'bad-data',
      `No sample is left to train with: all ${samples.count} calibrate, choose the epoch or evaluate. Load more samples, or let fewer of them evaluate.`,
    );
  const targets = targetsOf(samples.targets, samples.synthetic);
  const about = {
    ...{ graph, plan, samples: chosen.length, targets, trained: input.learned },
    placed: arePlaced(samples.targets, samples.synthetic),
  };
  const resolved = resolvedOptions(step, about, room.recommendedOptions);
  const { options } = resolved;
  // What an earlier training has changed is no model to learn from.
  const learnsFrom = original === graph ? undefined : original;
  const notes = [
    ...resolved.notes,
    ...(note ? [note] : []),
    ...(original !== given.graph && taught(options.loss, targets)
      ? ['It goes on from an earlier run and learns from the float model as it was opened.']
      : []),
  ];
  const { border } = context.share;
  const set = await trainingSet(samples, chosen, options.loss, async (position) => {
    if (stop.stopped) throw stoppedBefore();
    if (position % 50 === 0)
      input.report(
        `Reading training samples: ${position} of ${chosen.length}`,
        (bar.read * position) / chosen.length,
        100,
      );
    await border();
  });
  const selecting = selectionOf(apart, graph);
  const workers = workerCount(graph, options, context.share.count, !!place.startWorker);
  const resume = input.resume?.state;
  const steps = Math.ceil(chosen.length / options.batch) * options.epochs;
  const live = reporter(
    {
      ...{ steps, epochs: options.epochs },
      ...{ backend: place.backend ?? 'wasm', workers: workers.count, workersWhy: workers.why },
      ...{ control: step.control ?? false, notes },
    },
    Math.min(options.batch, chosen.length),
    { step: resume?.step ?? 0, log: resume?.log ?? [], points: input.resume?.points ?? [] },
    (status) => context.events.partial?.(status),
  );
  const startedAt = performance.now();
  let done = resume?.step ?? 0;
  const told = (label: string) => {
    input.report(label, bar.read + (bar.train * done) / steps, 100);
  };
  live.publish();
  const asked: TrainRequest = {
    graph,
    // Nothing is quantized while the control trains.
    plan: step.control ? floatPlan(plan) : plan,
    options,
    ...(learnsFrom && { teacher: learnsFrom }),
    ...(place.backend && { backend: place.backend }),
    wasmPath: place.wasmPath,
    samples: set.samples,
    ...(selecting.length > 0 && {
      score: selection({
        ...{ samples, chosen: selecting, scorings: input.scorings, needs: input.needs, border },
        ...{ loss: options.loss, backend: input.backend, teacher: original, report: told },
      }),
    }),
    ...(resume && { resume }),
    events: {
      step(event) {
        live.step(event);
        done = event.step;
        told(`Step ${grouped(event.step)} of ${grouped(event.steps)}`);
      },
      epoch: (log) => live.epoch(log),
      checkpoint: (state) => {
        sendCheckpoint(input, live, state, steps);
      },
    },
    async border() {
      const before = performance.now();
      await border();
      if (stop.paused === false) live.waited(Math.max(0, performance.now() - before - BORDER_MS));
      return stop.stopped || (resume && input.keepAsIs) ? 'stop' : 'continue';
    },
    ...(workers.count > 1 && {
      workers: (setup) =>
        openWorkers(setup, workers.count, () => place.startWorker!(), room.connectGradientWorker),
    }),
  };
  const explain = (thrown: unknown): never => {
    throw room.explained(thrown);
  };
  const trainer = await room.createTrainer(asked).catch(explain);
  try {
    if (stop.stopped) throw stoppedBefore();
    const result = await trainer.run();
    live.publish();
    // Kept: what follows measures the run as any other.
    stop.stopped = false;
    const log = logOf(input, result, trainer, {
      ...{ live, workers, place, options, notes },
      ...{ training: chosen.length, selection: selecting.length },
      seconds: (performance.now() - startedAt) / 1000,
    });
    const { seed, ...settings } = options;
    const carried = { ...step, seed, options: { ...settings, microBatch: result.microBatch } };
    if (step.control) return { graph: result.graph, log, step: carried };
    const fakeQuant = await compared(input, trainer, result);
    return {
      ...{ graph: result.graph, plan: result.plan, log, step: carried, fakeQuant },
      ...(input.stats && { stats: input.stats }),
    };
  } catch (thrown) {
    return explain(thrown);
  } finally {
    trainer.dispose();
  }
};

/** A border that took longer was a pause, or a timing that went first. */
const BORDER_MS = 20;

/** Whether the float model is asked at all. */
const taught = (loss: TrainOptions['loss'], targets: 'classes' | 'numbers' | 'none'): boolean =>
  loss === 'distill' || (loss === 'mse' && targets === 'none');

const stoppedBefore = () =>
  new IntactError('cancelled', 'Training was stopped before its first step.');

function refuseNoGrid({ plan, step, recipe }: Input): void {
  if (step.control) return;
  const wide = Object.entries(plan.nodes).find(([, { scheme }]) => scheme === 'int16');
  if (wide)
    throw new IntactError(
      'unsupported',
      `"${recipe.name}" computes "${wide[0]}" in int16, which training doesn't round to. Train with int8 activations, or leave this layer in float.`,
    );
  const trains = Object.values(plan.nodes).some(({ scheme }) => scheme === 'int8');
  if (!trains)
    throw new IntactError(
      'unsupported',
      `"${recipe.name}" leaves nothing in integers that training could adapt to. Choose int8 per-channel or int8 per-tensor.`,
    );
}

const floatPlan = (plan: Plan): Plan => ({ ...plan, nodes: {}, values: {}, io: 'float32' });

function sendCheckpoint(input: Input, live: Reporter, state: Checkpoint, steps: number): void {
  input.context.events.partial?.({
    kind: 'checkpoint',
    position: input.position,
    state,
    best: state.stepInEpoch === 0 && state.best?.epoch === state.epoch,
    points: live.points,
    step: state.step,
    steps,
  });
}

interface LogParts {
  readonly live: Reporter;
  readonly workers: WorkerCount;
  readonly place: TrainingPlace;
  readonly options: TrainOptions;
  readonly notes: readonly string[];
  readonly training: number;
  readonly selection: number;
  readonly seconds: number;
}

function logOf(input: Input, result: TrainResult, trainer: Trainer, parts: LogParts): TrainingLog {
  const { live, workers, place, options } = parts;
  return {
    backend: place.backend ?? 'wasm',
    workers: workers.count,
    workersWhy: workers.why,
    steps: live.points,
    epochs: live.log,
    chosen: { epoch: result.chosenEpoch, why: whyChosen(result, options, parts) },
    stopped: result.stopped,
    frozen: result.frozen.map(({ node, why }) => ({ node, why })),
    oscillating: result.oscillating,
    trainable: trainer.trainable,
    samples: { training: parts.training, selection: parts.selection },
    seconds: parts.seconds,
    notes: [
      ...parts.notes,
      ...(result.stopped === 'user' ? ['Stopped by hand before all epochs were done.'] : []),
      ...(result.stopped === 'patience'
        ? [`Ended early: ${options.patience} epochs without a better score.`]
        : []),
    ],
  };
}

function whyChosen(
  { chosenEpoch, log }: TrainResult,
  { minSamplesToChoose, activations }: TrainOptions,
  { training, selection: selected }: LogParts,
): string {
  const accuracy = (epoch: number) => log.find((one) => one.epoch === epoch)?.score?.accuracy ?? 0;
  const startIsAhead = accuracy(0) > accuracy(chosenEpoch);
  if (selected === 0) return 'the last: there are no selection samples to choose by';
  if (training < minSamplesToChoose)
    return `the last: fewer than ${minSamplesToChoose} training samples are too few to choose by`;
  return chosenEpoch === 0
    ? `no epoch was better than the start on ${selected} selection samples: ${activations === 'searched' ? 'the scales that it began with are kept, the weights are as they were' : 'training did not help'}`
    : startIsAhead
      ? `the last: the start answers more of the ${selected} selection samples right, as a model does that has been trained on them`
      : `best on ${selected} selection samples`;
}

function compared(
  { context, report, samples, roles, scorings, backend, original }: Input,
  trainer: Trainer,
  { graph, plan, microBatch }: TrainResult,
): Promise<NonNullable<Figures['fakeQuant']>> {
  return fakeQuantFigures({
    ...{ trainer, samples, scorings, backend, original, float: graph },
    converted: convert(graph, plan),
    evaluation: roles.evaluation,
    together: microBatch === 1 ? 1 : affordable(2e8, workOf(graph), { least: 1, most: 64 }),
    async border() {
      await context.share.border();
      return context.stop.stopped;
    },
    report(done, total) {
      report(
        `Fake quantization beside the integer model: sample ${done} of ${total}`,
        bar.read + bar.train + (bar.compare * done) / total,
        100,
      );
    },
  });
}
