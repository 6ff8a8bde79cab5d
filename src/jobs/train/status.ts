/** What is said of a training while it runs: loss step by step, epochs, pace. */
import type { TrainedEpoch, TrainingPoint } from '../../run/types';
import type { EpochLog, StepEvent } from '../../train';
import type { TrainingStatus } from './types';

/** A status is sent at most this often. */
const STATUS_EVERY_MS = 200;
/** Points of the loss that are kept: as many as a chart can show. */
const MOST_POINTS = 1000;
/** Steps after which the pace says something. */
const PACE_FROM = 3;

type Fixed = Pick<
  TrainingStatus,
  'steps' | 'epochs' | 'backend' | 'workers' | 'workersWhy' | 'control' | 'notes'
>;

export interface Reporter {
  step(event: StepEvent): void;
  epoch(log: EpochLog): void;
  /** Time that was not spent on training: a pause. */
  waited(ms: number): void;
  /** Sends the status, whenever the last one was sent. */
  publish(): void;
  readonly points: readonly TrainingPoint[];
  readonly log: readonly TrainedEpoch[];
}

/**
 * @param batch samples of a step
 * @param before what a training that goes on had said
 */
export function reporter(
  fixed: Fixed,
  batch: number,
  before: {
    readonly step: number;
    readonly log: readonly EpochLog[];
    readonly points: readonly TrainingPoint[];
  },
  send: (status: TrainingStatus) => void,
): Reporter {
  const log = before.log.map(trainedEpoch);
  let points = [...before.points];
  let unsent: TrainingPoint[] = [...before.points];
  let every = 1;
  let last: StepEvent | undefined;
  let sent = -Infinity;
  let started: number | undefined;
  let paused = 0;
  let done = 0;
  const publish = () => {
    const now = performance.now();
    sent = now;
    const spent = started === undefined ? 0 : now - started - paused;
    const paced = done >= PACE_FROM && spent > 0;
    const step = last?.step ?? before.step;
    const perEpoch = fixed.steps / fixed.epochs;
    send({
      ...fixed,
      kind: 'training',
      step,
      epoch: Math.min(fixed.epochs, last?.epoch ?? Math.floor(step / perEpoch) + 1),
      ...(last ? { loss: last.loss } : {}),
      points: unsent,
      log: [...log],
      ...(paced
        ? {
            samplesPerSecond: (1000 * done * batch) / spent,
            msLeft: (spent / done) * (fixed.steps - step),
          }
        : {}),
    });
    unsent = [];
  };
  return {
    step(event) {
      started ??= performance.now();
      last = event;
      done++;
      if (event.step % every === 0) {
        const point = { step: event.step, epoch: event.epoch, loss: event.loss };
        points.push(point);
        unsent.push(point);
        if (points.length > MOST_POINTS) {
          every *= 2;
          points = points.filter((_, at) => at % 2 === 1);
        }
      }
      if (performance.now() - sent >= STATUS_EVERY_MS) publish();
    },
    epoch(entry) {
      log.push(trainedEpoch(entry));
      // Epochs of a small set last milliseconds, and each status carries them all.
      if (performance.now() - sent >= STATUS_EVERY_MS) publish();
    },
    waited(ms) {
      if (started !== undefined) paused += ms;
    },
    publish,
    get points() {
      return points;
    },
    get log() {
      return log;
    },
  };
}

function trainedEpoch({ epoch, loss, score }: EpochLog): TrainedEpoch {
  return {
    epoch,
    ...(loss === undefined ? {} : { loss }),
    ...(score?.loss === undefined ? {} : { selectionLoss: score.loss }),
    ...(score?.accuracy === undefined ? {} : { selectionAccuracy: score.accuracy }),
  };
}
