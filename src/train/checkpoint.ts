/** Where a training stands: plain data that structured cloning takes. */
import { IntactError } from '../model/error';
import type { EpochLog, Score } from './log';
import type { Layout } from './parameters';
import type { OscillationState } from './optimize/oscillation';

export interface Checkpoint {
  readonly version: 1;
  /** What the flat vectors mean: a checkpoint of another model or recipe is refused. */
  readonly layout: string;
  readonly seed: number;
  readonly parameters: Float32Array;
  /** Adam's moments. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly oscillations?: OscillationState;
  /** Steps done in all, in this epoch, and whole epochs. With the seed they are the place in the shuffle and the state of augmentation. */
  readonly step: number;
  readonly stepInEpoch: number;
  readonly epoch: number;
  /** Sum of the losses of this epoch's steps. */
  readonly lossSum: number;
  readonly firstLoss: number | undefined;
  readonly best: Best | undefined;
  readonly log: readonly EpochLog[];
}
export interface Best {
  readonly epoch: number;
  readonly score: Score;
  readonly parameters: Float32Array;
}

/** A short name of a layout and what trains in it. */
export const layoutName = ({ parameters }: Layout, training: unknown): string =>
  `${parameters.map(({ kind, name, size }) => `${kind} ${name} ${size}`).join('; ')} | ${JSON.stringify(training)}`;

/** Throws IntactError `usage` for a checkpoint of something else. */
export function requireFitting(checkpoint: Checkpoint, name: string): void {
  if (checkpoint.version === 1 && checkpoint.layout === name) return;
  throw new IntactError(
    'usage',
    'This checkpoint belongs to another model, recipe or training. Train from the start, or open what it was made with.',
  );
}
