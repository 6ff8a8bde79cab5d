/** What the trainer reads: targets as the loss takes them, and the samples that choose the epoch. */
import { describe, expect, it } from 'vitest';
import type { Sample, Samples, TargetKind, TargetValue } from '../../data/samples';
import { divided, trainingSet } from './samples';

const image = Float32Array.of(0.25, 0.5);
function samplesOf(kind: TargetKind | undefined, targets: readonly (TargetValue | undefined)[]) {
  const read: number[] = [];
  const samples = {
    synthetic: false,
    targets: kind ? [kind] : [],
    read(index: number): Promise<Sample> {
      read.push(index);
      return Promise.resolve({ inputs: [image], targets: [targets[index]] } as unknown as Sample);
    },
  } as unknown as Samples;
  return { samples, read };
}
const kind = (of: Partial<TargetKind> & Pick<TargetKind, 'kind'>) =>
  ({ output: 0, ...of }) as TargetKind;
const set = (
  of: TargetKind | undefined,
  targets: readonly (TargetValue | undefined)[],
  loss: 'distill' | 'labels' | 'mse',
) => {
  const { samples, read } = samplesOf(of, targets);
  const seen: number[] = [];
  const chosen = targets.map((_, index) => index).reverse();
  return trainingSet(samples, chosen, loss, (position) => {
    seen.push(position);
    return Promise.resolve();
  }).then((made) => ({ ...made, read, seen }));
};

describe('targets', () => {
  it('are read beforehand, in the order of the chosen samples, and stay', async () => {
    const made = await set(kind({ kind: 'classes', count: 3 }), [2, 0, 1], 'labels');
    expect([0, 1, 2].map((at) => made.samples.target!(at))).toEqual([1, 0, 2]);
    expect(made.labelled).toBe(3);
    expect(made.seen).toEqual([0, 1, 2]);
    expect(made.read).toEqual([2, 1, 0]);
    expect(await made.samples.read(0)).toEqual([image]);
    // Kept decoded: nothing is read again.
    expect(made.read).toHaveLength(3);
  });

  it('are not asked for where the float model teaches', async () => {
    const made = await set(kind({ kind: 'classes', count: 3 }), [2, 0, 1], 'distill');
    expect(made.samples.target).toBeUndefined();
    expect(made.read).toEqual([]);
    expect((await set(undefined, [undefined], 'mse')).samples.target).toBeUndefined();
  });

  it('are the probabilities that a class stands for where errors are squared', async () => {
    const hot = await set(kind({ kind: 'classes', count: 4 }), [2], 'mse');
    expect(hot.samples.target!(0)).toEqual(Float32Array.of(0, 0, 1, 0));
    const binary = await set(kind({ kind: 'binary' }), [1], 'mse');
    expect(binary.samples.target!(0)).toEqual(Float32Array.of(1));
    const numbers = await set(kind({ kind: 'numbers' }), [Float32Array.of(7)], 'mse');
    expect(numbers.samples.target!(0)).toEqual(Float32Array.of(7));
  });

  it('of an autoencoder are its inputs', async () => {
    const made = await set(kind({ kind: 'reconstruction' }), [undefined], 'mse');
    expect(made.samples.target!(0)).toBe(image);
  });

  it('may be missing', async () => {
    const made = await set(kind({ kind: 'classes', count: 3 }), [2, undefined], 'labels');
    expect(made.labelled).toBe(1);
    expect(made.samples.target!(0)).toBeUndefined();
  });
});

describe('samples that choose the epoch', () => {
  const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

  it('are those of the role where there are any', () => {
    const roles = { training: upTo(400), selection: upTo(40, 400) };
    expect(divided(roles, 300)).toEqual({ chosen: upTo(300), selection: roles.selection });
  });

  it('are a tenth of the training samples where calibration has taken all others, and it is said', () => {
    const made = divided({ training: upTo(2000), selection: [] });
    expect(made.chosen).toEqual(upTo(1800));
    expect(made.selection).toEqual(upTo(200, 1800));
    expect(made.note).toContain('200 of the 2000');
  });

  it('are none where a tenth is too few to tell epochs apart', () => {
    expect(divided({ training: upTo(500), selection: [] })).toEqual({
      chosen: upTo(500),
      selection: [],
    });
  });
});
