/** What a training step leaves open is recommended; what can't be carried out as asked is said. */
import { describe, expect, it } from 'vitest';
import type { TargetKind } from '../../data/samples';
import type { Graph } from '../../model/graph';
import type { Plan, TrainOptions, TrainStep } from '../../quant/types';
import { arePlaced, resolvedOptions, targetsOf } from './options';

const recommended = ({ augment }: { augment: TrainOptions['augment'] }): TrainOptions => ({
  ...{ epochs: 6, batch: 32, microBatch: 8, loss: 'distill', optimizer: 'relative' },
  ...{ learningRate: 1e-4, scaleLearningRate: 3e-4, warmup: 0.1, schedule: 'cosine' },
  ...{ freezeScalesLast: 1 / 3, augment, frozenNodes: [], ranges: 'learned', seed: 1 },
  ...{
    weights: 'mse',
    activations: 'searched',
    patience: 3,
    minSamplesToChoose: 200,
    oscillations: 'auto',
  },
});
const step = (options: TrainStep['options'], control?: boolean): TrainStep => ({
  ...{ kind: 'train', seed: 5, options },
  ...(control && { control }),
});
const resolve = (
  of: TrainStep,
  about: Partial<Parameters<typeof resolvedOptions>[1]> = {},
): ReturnType<typeof resolvedOptions> =>
  resolvedOptions(
    of,
    {
      ...{ graph: {} as Graph, plan: {} as Plan, samples: 500, targets: 'classes', trained: false },
      ...about,
    },
    recommended,
  );

describe('options of a training', () => {
  it('are what is named, and what is recommended for the rest', () => {
    const { options, notes } = resolve(step({ epochs: 12, learningRate: 0.01 }));
    expect(options).toMatchObject({ epochs: 12, learningRate: 0.01, seed: 5, batch: 32 });
    // A third of the epochs that are asked for.
    expect(options.patience).toBe(4);
    expect(notes).toEqual([]);
  });

  it('are plain Adam at its own rate where that is asked for', () => {
    expect(resolve(step({ optimizer: 'adam' })).options.learningRate).toBe(1e-3);
    expect(resolve(step({ optimizer: 'adam', learningRate: 1e-5 })).options.learningRate).toBe(
      1e-5,
    );
  });

  it('keep the scales that an earlier training has learned', () => {
    expect(resolve(step({}), { trained: true }).options.weights).toBe('plan');
  });

  it('never pass more together than a batch has', () => {
    const { options, notes } = resolve(step({ batch: 64 }), { samples: 5 });
    expect(options).toMatchObject({ batch: 5, microBatch: 5 });
    expect(notes.join()).toContain('only 5 training samples: they are one batch, not 64');
    expect(resolve(step({ microBatch: 2 })).options.microBatch).toBe(2);
  });

  it('refuse labels where there are none, and a control with nothing to learn from', () => {
    expect(() => resolve(step({ loss: 'labels' }), { targets: 'none' })).toThrow(/have no labels/);
    expect(() => resolve(step({}, true), { targets: 'none' })).toThrow(/control trains .* labels/);
  });

  it('train the control on labels or numbers, and say so', () => {
    const classes = resolve(step({}, true));
    expect(classes.options.loss).toBe('labels');
    expect(classes.notes.join()).toContain('nothing to learn');
    expect(resolve(step({}, true), { targets: 'numbers' }).options.loss).toBe('mse');
  });

  it('move no image whose labels would have to move with it', () => {
    const augment = { shift: 2, flip: true };
    const moved = resolve(step({ augment }), { placed: true });
    expect(moved.options.augment).toEqual(augment);
    const still = resolve(step({ augment, loss: 'mse' }), { placed: true, targets: 'numbers' });
    expect(still.options.augment).toBeUndefined();
    expect(still.notes.join()).toContain('not moved or mirrored');
    expect(resolve(step({ augment, loss: 'labels' })).options.augment).toEqual(augment);
  });
});

describe('targets', () => {
  it.each([
    ['classes', 'classes', false],
    ['binary', 'classes', false],
    ['mask', 'classes', true],
    ['multi-label', 'numbers', false],
    ['numbers', 'numbers', true],
    ['reconstruction', 'numbers', true],
  ] as const)('of the kind %s', (kind, targets, placed) => {
    const kinds = [{ kind, output: 0 } as TargetKind];
    expect(targetsOf(kinds, false)).toBe(targets);
    expect(arePlaced(kinds, false)).toBe(placed);
    expect(targetsOf(kinds, true)).toBe('none');
    expect(arePlaced(kinds, true)).toBe(false);
  });
});
