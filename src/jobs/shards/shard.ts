/**
 * Work on many samples that several workers can share: a shard is opened once and runs one sample at a
 * time; whoever ran a sample, its answer is the same, bit for bit.
 */

/** A sample's inputs, as real numbers. */
export type Inputs = readonly Float32Array[];

export interface Shard<Task, Answer> {
  run(task: Task): Promise<Answer>;
  dispose(): void;
}
