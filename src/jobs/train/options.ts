/** A step's options with what it leaves to be recommended, and what was changed for a reason. */
import type { TargetKind } from '../../data/samples';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import type { Plan, TrainOptions, TrainStep } from '../../quant/types';
import type { recommendedOptions } from '../../train';

export interface ResolvedOptions {
  readonly options: TrainOptions;
  /** In sentences. */
  readonly notes: readonly string[];
}

/** What the samples' labels are to a training. */
export function targetsOf(
  targets: readonly TargetKind[],
  synthetic: boolean,
): 'classes' | 'numbers' | 'none' {
  const first = synthetic ? undefined : targets[0];
  switch (first?.kind) {
    case 'classes':
    case 'binary':
    case 'mask':
      return 'classes';
    case 'multi-label':
    case 'numbers':
    case 'reconstruction':
      return 'numbers';
    case undefined:
      return 'none';
    default:
      return first satisfies never;
  }
}

/** Whether labels would have to move with an image: masks, numbers, the image itself. */
export const arePlaced = ([first]: readonly TargetKind[], synthetic: boolean): boolean =>
  !synthetic && ['mask', 'numbers', 'reconstruction'].includes(first?.kind ?? '');

/** Epochs without a better score: a third of all, as recommended. */
const patienceOf = (epochs: number) => Math.max(3, Math.ceil(epochs / 3));

/** Adam's rate where no other is said (Kingma and Ba, arXiv 1412.6980). */
const ADAM_RATE = 1e-3;

/**
 * @param trained the plan's scales were learned already
 * @throws IntactError `bad-data` for a loss that needs labels where there are none
 */
export function resolvedOptions(
  step: TrainStep,
  about: {
    readonly graph: Graph;
    readonly plan: Plan;
    readonly samples: number;
    readonly targets: 'classes' | 'numbers' | 'none';
    /** The labels say where in the image something is: an image that is moved has others. */
    readonly placed?: boolean;
    readonly trained: boolean;
  },
  recommended: typeof recommendedOptions,
): ResolvedOptions {
  const { graph, plan, samples, targets, trained } = about;
  const asked = step.options;
  const notes: string[] = [];
  const { seed } = step;
  const { augment } = asked;
  const base = recommended({ graph, plan, samples, targets, augment, seed });
  let { loss } = { ...base, ...asked };
  if (loss === 'labels' && targets === 'none')
    throw new IntactError(
      'bad-data',
      'The samples have no labels to train on. Load labelled samples, or train by distillation, which needs none.',
    );
  if (step.control && (loss === 'distill' || (loss === 'mse' && targets === 'none'))) {
    if (targets === 'none')
      throw new IntactError(
        'bad-data',
        'The control trains the float model on labels, and these samples have none. Load labelled samples, or leave the control out.',
      );
    loss = targets === 'classes' ? 'labels' : 'mse';
    notes.push(
      'The control is trained on the labels: at its own distillation the float model has nothing to learn.',
    );
  }
  const batch = Math.max(1, Math.min(asked.batch ?? base.batch, samples));
  if (asked.batch !== undefined && asked.batch > samples)
    notes.push(
      `There are only ${samples} training samples: they are one batch, not ${asked.batch}.`,
    );
  const learnsPlaces = about.placed === true && loss !== 'distill';
  if (learnsPlaces && base.augment)
    notes.push('Images are not moved or mirrored: their labels would no longer fit them.');
  const optimizer = asked.optimizer ?? base.optimizer;
  return {
    options: {
      ...base,
      ...(optimizer === 'adam' ? { learningRate: ADAM_RATE } : {}),
      ...(trained ? { weights: 'plan' as const, activations: 'plan' as const } : {}),
      ...(asked.epochs === undefined ? {} : { patience: patienceOf(asked.epochs) }),
      ...asked,
      ...{ loss, batch, seed, optimizer, augment: learnsPlaces ? undefined : base.augment },
      microBatch: Math.min(batch, asked.microBatch ?? base.microBatch),
    },
    notes,
  };
}
