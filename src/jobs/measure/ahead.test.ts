/** Answers ahead: in order, each sample read once, in batches. */
import { expect, it } from 'vitest';
import type { Sample } from '../../data/samples';
import type { Prepared } from '../prepared';
import { answersAhead } from './ahead';

it('answers in order and in batches, and reads each sample once', async () => {
  const read: number[] = [];
  const asked: number[][] = [];
  const model = {
    runMany: (samples: readonly Sample[]) => {
      asked.push(samples.map(({ inputs }) => inputs[0]![0]!));
      return Promise.resolve(samples.map(({ inputs }) => [inputs[0]!]));
    },
  } as unknown as Prepared;
  const ahead = answersAhead(
    (position) => {
      read.push(position);
      return Promise.resolve({ inputs: [Float32Array.of(position)], targets: [] });
    },
    8,
    3,
  );
  const got: number[] = [];
  for (let position = 0; position < 8; position++) {
    const sample = await ahead.sample(position);
    expect(sample.inputs[0]![0]).toBe(position);
    // The first ones are looked at otherwise.
    if (position < 2) continue;
    got.push((await ahead.answer(model, position))[0]![0]!);
  }
  expect(got).toEqual([2, 3, 4, 5, 6, 7]);
  expect(asked).toEqual([
    [2, 3, 4],
    [5, 6, 7],
  ]);
  expect(read).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
