/** The training loop: epochs of steps, a score after each, the best kept. */
import { IntactError } from '../model/error';
import { microBatches, remember, type BatchSource } from './batches';
import { layoutName, requireFitting, type Best, type Checkpoint } from './checkpoint';
import type { GradientWorker, MicroGradients } from './gradientWorker';
import { initAdam, updateAdam } from './optimize/adam';
import { watchOscillations, type Oscillations } from './optimize/oscillation';
import { ratesAt } from './optimize/schedule';
import type { Vectors } from './optimize/vectors';
import { initialVector } from './parameters';
import type { TrainOptions } from './options';
import type { Program } from './program';
import { shuffled } from './random';
import { trainedGraph, trainedPlan } from './result';
import type { EpochLog, Score } from './log';
import { searchRanges } from './startRanges';
import type { TrainRequest, TrainResult } from './types';

/** A loss this many times the first one has left every path back. */
const EXPLODED = 1e4;

export interface Loop {
  readonly request: TrainRequest;
  readonly program: Program;
  readonly source: BatchSource;
  readonly workers: readonly GradientWorker[];
  readonly vectors: Vectors;
  /** Gradients that were added up: their memory is used again. */
  readonly spare: Float32Array[];
}

export interface LoopState {
  epoch: number;
  stepInEpoch: number;
  step: number;
  lossSum: number;
  firstLoss: number | undefined;
  best: Best | undefined;
  log: EpochLog[];
  oscillations: Oscillations | undefined;
}

const nameOf = ({ program, request }: Loop) => {
  const { options, samples } = request;
  return layoutName(program.layout, [{ ...options, epochs: options.epochs }, samples.count]);
};

/** The state at the start, or where the checkpoint stands; fills the vectors. */
export function begin(loop: Loop): LoopState {
  const { request, program, vectors } = loop;
  const { layout } = program;
  const { resume, options } = request;
  initAdam(vectors, layout, options);
  const flat = vectors.view('parameters');
  flat.set(initialVector(layout));
  if (resume) {
    requireFitting(resume, nameOf(loop));
    flat.set(resume.parameters);
    vectors.view('mean').set(resume.mean);
    vectors.view('square').set(resume.square);
  }
  const watch = options.oscillations !== 'leave';
  return {
    epoch: resume?.epoch ?? 0,
    stepInEpoch: resume?.stepInEpoch ?? 0,
    step: resume?.step ?? 0,
    lossSum: resume?.lossSum ?? 0,
    firstLoss: resume?.firstLoss,
    best: resume?.best,
    log: [...(resume?.log ?? [])],
    oscillations: watch ? watchOscillations(layout, flat, resume?.oscillations) : undefined,
  };
}

export function checkpointOf(loop: Loop, state: LoopState): Checkpoint {
  const { vectors, request } = loop;
  return {
    version: 1,
    layout: nameOf(loop),
    seed: request.options.seed,
    parameters: vectors.view('parameters').slice(),
    mean: vectors.view('mean').slice(),
    square: vectors.view('square').slice(),
    ...(state.oscillations ? { oscillations: structuredClone(state.oscillations.state) } : {}),
    step: state.step,
    stepInEpoch: state.stepInEpoch,
    epoch: state.epoch,
    lossSum: state.lossSum,
    firstLoss: state.firstLoss,
    best: state.best,
    log: [...state.log],
  };
}

/** Gradients of one step in the vectors; micro-batches are added in their order, whoever is done first. */
async function computeStep(loop: Loop, order: Int32Array, state: LoopState): Promise<number> {
  const { source, workers, vectors, request } = loop;
  const from = state.stepInEpoch * request.options.batch;
  const { batches, indices } = await microBatches(source, order, state.epoch, from);
  // A copy: posting a view would post the whole memory.
  const parameters = vectors.view('parameters').slice();
  vectors.view('gradients').fill(0);
  let loss = 0;
  const add = (result: MicroGradients, at: number) => {
    vectors.view('incoming').set(result.gradients);
    const { kernels, at: place, length } = vectors;
    kernels.add(place.gradients, place.incoming, place.gradients, length);
    loss += result.loss;
    if (result.teacher && source.remembered)
      remember(source.remembered, indices[at]!, result.teacher);
  };
  // Each holds as many numbers as the model: none waits longer than its order asks.
  const waiting = new Map<number, MicroGradients>();
  const { spare } = loop;
  let added = 0;
  let next = 0;
  const work = async (worker: GradientWorker) => {
    for (let at = next++; at < batches.length; at = next++) {
      waiting.set(at, await worker.gradients(batches[at]!, spare.pop()));
      for (let one = waiting.get(added); one; one = waiting.get(added)) {
        add(one, added);
        spare.push(one.gradients);
        waiting.delete(added++);
      }
    }
  };
  // A worker answers in turn: the first pass is asked for before the parameters have arrived.
  await Promise.all(workers.flatMap((worker) => [worker.load(parameters), work(worker)]));
  return loss;
}

/** @param kept step of the last checkpoint */
function requireHealthy(loss: number, state: LoopState, kept: number | undefined): void {
  const limit = EXPLODED * Math.max(1, state.firstLoss ?? 0);
  if (Number.isFinite(loss) && loss <= limit) return;
  throw new IntactError(
    'bad-data',
    `Training broke down at step ${state.step + 1}: the loss became ${Number.isFinite(loss) ? loss.toPrecision(3) : 'not a number'}. ${kept === undefined ? 'There is no checkpoint yet.' : `The checkpoint of step ${kept} is kept.`} Train again with a smaller learning rate, or check the samples for NaN.`,
    { step: state.step + 1, loss },
  );
}

const isBetter = (score: Score, best: Score): boolean =>
  score.accuracy !== undefined && best.accuracy !== undefined
    ? score.accuracy > best.accuracy ||
      (score.accuracy === best.accuracy && (score.loss ?? 0) < (best.loss ?? 0))
    : (score.loss ?? Infinity) < (best.loss ?? Infinity);

/**
 * The first epoch from which on a fall by a cosine has settled: where scales stand still. Before it, steps
 * are large and a good score is luck; such an epoch is kept for want of a later one.
 */
function settledFrom({ epochs, schedule, freezeScalesLast }: TrainOptions): number {
  return schedule === 'cosine' ? Math.ceil(epochs * (1 - freezeScalesLast)) : 0;
}

/**
 * Most models have been trained on the very samples that choose: what they know by heart speaks for the start, and
 * for early epochs. In a training by labels, samples of which the start answers more tell nothing but a model that
 * breaks, by so many points: the later epoch is taken.
 */
const BY_HEART = 5;

function replaces({ request }: Loop, { best, epoch, log }: LoopState, score: Score): boolean {
  if (!best) return true;
  const [now, start] = [score.accuracy, log[0]?.score?.accuracy];
  if (request.options.loss === 'labels' && now !== undefined && start !== undefined && now < start)
    return now > start - BY_HEART;
  const settled = settledFrom(request.options);
  const early = best.epoch > 0 && best.epoch < settled;
  return isBetter(score, early && epoch >= settled ? (log[0]?.score ?? best.score) : best.score);
}

/** Scores what is trained so far and keeps it if it is the best. */
async function scoreEpoch(loop: Loop, state: LoopState, loss?: number): Promise<void> {
  const { request, program, vectors } = loop;
  const flat = vectors.view('parameters').slice();
  let score: Score | undefined;
  if (request.score) {
    const graph = trainedGraph(program, flat);
    score = await request.score(graph, trainedPlan(program, flat, graph));
  }
  const log: EpochLog = {
    epoch: state.epoch,
    ...(loss === undefined ? {} : { loss }),
    ...(score ? { score } : {}),
  };
  state.log.push(log);
  if (score && replaces(loop, state, score))
    state.best = { epoch: state.epoch, score, parameters: flat };
  request.events?.epoch?.(log);
}

/** Runs to the end; throws IntactError `cancelled`, or `bad-data` when the loss breaks down. */
export async function runLoop(loop: Loop, state: LoopState): Promise<TrainResult> {
  const { request, source, vectors, program } = loop;
  const { options, samples, events } = request;
  const perEpoch = Math.ceil(samples.count / options.batch);
  const steps = perEpoch * options.epochs;
  const every = (request.checkpointSeconds ?? 30) * 1000;
  let saved = performance.now();
  let kept = request.resume?.step;
  const save = () => {
    if (!vectors.view('parameters').every(Number.isFinite)) return;
    events?.checkpoint?.(checkpointOf(loop, state));
    saved = performance.now();
    kept = state.step;
  };
  let stopped: TrainResult['stopped'] = 'finished';
  if (state.log.length === 0) {
    if (options.activations === 'searched') await searchRanges(loop, vectors.view('parameters'));
    await scoreEpoch(loop, state);
  }

  training: while (state.epoch < options.epochs) {
    const order = shuffled(samples.count, options.seed, state.epoch);
    while (state.stepInEpoch < perEpoch) {
      const wish = (await request.border?.()) ?? 'continue';
      if (wish === 'cancel')
        throw new IntactError('cancelled', 'Training was cancelled. The last checkpoint is kept.');
      if (wish === 'stop') {
        stopped = 'user';
        break training;
      }
      const loss = await computeStep(loop, order, state);
      requireHealthy(loss, state, kept);
      const rates = ratesAt(options, state.step, steps);
      updateAdam(vectors, program.layout, state.step + 1, rates, options);
      state.oscillations?.update(vectors.view('parameters'), state.step / steps);
      state.firstLoss ??= loss;
      state.step += 1;
      state.stepInEpoch += 1;
      state.lossSum += loss;
      events?.step?.({
        step: state.step,
        steps,
        epoch: state.epoch + 1,
        loss,
        samples: Math.min(state.stepInEpoch * options.batch, samples.count),
        learningRate: rates.weights,
      });
      if (performance.now() - saved >= every) save();
    }
    const mean = state.lossSum / perEpoch;
    Object.assign(state, { epoch: state.epoch + 1, stepInEpoch: 0, lossSum: 0 });
    await scoreEpoch(loop, state, mean);
    save();
    const since = state.best ? state.epoch - Math.max(state.best.epoch, settledFrom(options)) : 0;
    if (since >= options.patience && state.epoch < options.epochs) {
      stopped = 'patience';
      break;
    }
  }
  if (stopped === 'user' && state.stepInEpoch > 0) {
    await scoreEpoch(loop, { ...state, epoch: state.epoch + 1 }, state.lossSum / state.stepInEpoch);
    save();
  }
  loop.spare.length = 0;
  const choose = samples.count >= options.minSamplesToChoose;
  const chosen = choose ? state.best : undefined;
  const flat = chosen?.parameters ?? vectors.view('parameters').slice();
  vectors.view('parameters').set(flat);
  await Promise.all(loop.workers.map((worker) => worker.load(flat)));
  const graph = trainedGraph(program, flat);
  return {
    graph,
    plan: trainedPlan(program, flat, graph),
    log: state.log,
    chosenEpoch: chosen?.epoch ?? state.log.at(-1)?.epoch ?? 0,
    stopped,
    frozen: program.frozen,
    oscillating: {
      frozen: state.oscillations?.frozen() ?? 0,
      of: state.oscillations?.watched ?? 0,
    },
    microBatch: source.microBatch,
  };
}
