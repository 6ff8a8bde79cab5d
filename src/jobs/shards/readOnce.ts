/** Samples that are read once: for the task that a worker may be given, again where it is given anew, and for the scores after it. */
import type { Sample, Samples } from '../../data/samples';

export function readOnce(samples: Pick<Samples, 'read'>, chosen: readonly number[]) {
  const read = new Map<number, Sample>();
  return {
    async at(position: number): Promise<Sample> {
      const sample = read.get(position) ?? (await samples.read(chosen[position]!));
      read.set(position, sample);
      return sample;
    },
    /** The sample of a task that is done; it is let go. */
    take(position: number): Sample {
      const sample = read.get(position)!;
      read.delete(position);
      return sample;
    },
  };
}
