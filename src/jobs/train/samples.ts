/** The training samples as the trainer reads them: targets known beforehand, inputs kept as far as they fit. */
import type { Roles, Sample, Samples, TargetKind, TargetValue } from '../../data/samples';
import type { TrainOptions } from '../../quant/types';
import type { TrainSamples } from '../../train';

/** Bytes of samples that are kept decoded. */
const KEPT_BYTES = 256 * 2 ** 20;

export interface TrainingSet {
  readonly samples: TrainSamples;
  /** Positions whose sample carries a label. */
  readonly labelled: number;
}

/** Fewer can't tell epochs apart (a standard error of five points and more): nothing is taken away for them. */
const LEAST_CHOOSING = 100;

export interface Divided {
  readonly chosen: readonly number[];
  readonly selection: readonly number[];
  /** What was done otherwise than the roles say, in a sentence. */
  readonly note?: string;
}

/**
 * What trains, and what chooses the epoch. Calibration may have taken every sample that selection would
 * get: a tenth of the training samples then chooses instead.
 * @param most training samples that are asked for
 */
export function divided(
  { training, selection }: Pick<Roles, 'training' | 'selection'>,
  most = training.length,
): Divided {
  const chosen = training.slice(0, most);
  const tenth = Math.floor(chosen.length / 10);
  if (selection.length > 0 || tenth < LEAST_CHOOSING) return { chosen, selection };
  const cut = chosen.length - tenth;
  return {
    chosen: chosen.slice(0, cut),
    selection: chosen.slice(cut),
    note: `Calibration takes all training samples, so that none is left to choose the epoch by: ${tenth} of the ${chosen.length} choose it and are not trained on.`,
  };
}

/**
 * @param chosen indices into the samples, in order
 * @param seen called before each sample that is read beforehand
 */
export async function trainingSet(
  samples: Samples,
  chosen: readonly number[],
  loss: TrainOptions['loss'],
  seen: (position: number) => Promise<void>,
): Promise<TrainingSet> {
  const kept = new Map<number, readonly Float32Array[]>();
  let bytes = 0;
  const keep = (position: number, { inputs }: Sample) => {
    const size = inputs.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes + size > KEPT_BYTES) return;
    bytes += size;
    kept.set(position, inputs);
  };
  const read = async (position: number): Promise<readonly Float32Array[]> => {
    const known = kept.get(position);
    if (known) return known;
    const sample = await samples.read(chosen[position]!);
    keep(position, sample);
    return sample.inputs;
  };
  const [kind] = samples.synthetic ? [] : samples.targets;
  if (loss === 'distill' || !kind) return { samples: { count: chosen.length, read }, labelled: 0 };
  const targets: (TargetValue | undefined)[] = [];
  for (const [position, index] of chosen.entries()) {
    await seen(position);
    const sample = await samples.read(index);
    keep(position, sample);
    targets.push(targetOf(kind, sample, loss));
  }
  const labelled = targets.filter((target) => target !== undefined).length;
  return {
    samples: { count: chosen.length, read, target: (position) => targets[position] },
    labelled,
  };
}

/** Squared error compares with the probabilities that a class or an answer stands for. */
function targetOf(
  kind: TargetKind,
  { inputs, targets }: Sample,
  loss: TrainOptions['loss'],
): TargetValue | undefined {
  const [target] = targets;
  if (kind.kind === 'reconstruction') return target ?? inputs[0];
  if (loss !== 'mse' || typeof target !== 'number') return target;
  if (kind.kind === 'binary') return Float32Array.of(target);
  if (kind.kind !== 'classes') return target;
  const hot = new Float32Array(kind.count);
  hot[target] = 1;
  return hot;
}
