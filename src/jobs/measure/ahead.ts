/**
 * Answers to samples in order, in batches ahead of the one that is asked for: a GPU is filled by batches,
 * a loop over samples asks for one.
 */
import type { Sample } from '../../data/samples';
import type { Prepared } from '../prepared';

export interface Ahead {
  /** The sample at this position; what was read ahead is not read again. */
  sample(position: number): Promise<Sample>;
  /** The model's outputs to it, each as real numbers. */
  answer(model: Prepared, position: number): Promise<Float32Array[]>;
}

/**
 * @param read the sample at a position of `count`
 * @param batch samples that are answered at once
 */
export function answersAhead(
  read: (position: number) => Promise<Sample>,
  count: number,
  batch: number,
): Ahead {
  const held = new Map<number, Sample>();
  const answers = new Map<Prepared, Map<number, Float32Array[]>>();
  const sample = async (position: number) => {
    const known = held.get(position) ?? (await read(position));
    held.set(position, known);
    return known;
  };
  return {
    async sample(position) {
      for (const before of held.keys()) if (before < position) held.delete(before);
      return sample(position);
    },
    async answer(model, position) {
      const own = answers.get(model) ?? new Map<number, Float32Array[]>();
      answers.set(model, own);
      if (!own.has(position)) {
        own.clear();
        const positions: number[] = [];
        for (let at = position; at < Math.min(count, position + batch); at++) positions.push(at);
        const samples: Sample[] = [];
        for (const at of positions) samples.push(await sample(at));
        const outputs = await model.runMany(samples);
        for (const [at, one] of positions.entries()) own.set(one, outputs[at]!);
      }
      return own.get(position)!;
    },
  };
}
