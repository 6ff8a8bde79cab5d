/** How a training runs: plain data, part of the recipe that made a run. Carried out by the room train. */

export interface TrainOptions {
  readonly epochs: number;
  /** Samples per step. */
  readonly batch: number;
  /** Samples per pass; gradients of a step's passes are added in order. From the model's memory alone. */
  readonly microBatch: number;
  /** `distill`: to the frozen float model. `labels`: to the samples' own targets. `mse`: numbers, to the targets or, without any, to the float model. */
  readonly loss: 'distill' | 'labels' | 'mse';
  /** `relative`: Adam's steps in units of each output channel's root mean square. */
  readonly optimizer: 'relative' | 'adam';
  /** `relative`: share of a channel's root mean square. `adam`: absolute. */
  readonly learningRate: number;
  /** Share of a scale by which one step may move it. */
  readonly scaleLearningRate: number;
  /** Share of the steps over which the rate rises from 0. */
  readonly warmup: number;
  readonly schedule: 'cosine' | 'constant';
  /** Share of the steps, at the end, in which scales stand still. */
  readonly freezeScalesLast: number;
  /** Images only: moved by up to `shift` pixels, mirrored at random. */
  readonly augment: { readonly shift: number; readonly flip: boolean } | undefined;
  readonly frozenNodes: readonly string[];
  readonly ranges: 'learned' | 'fixed';
  readonly seed: number;
  /** Scales of the weights at the start: least squared error, OCTAV (arXiv 2206.06501), or the plan's. */
  readonly weights: 'mse' | 'octav' | 'plan';
  /** Learned scales of activations at the start: the plan's, or narrower ones where training samples lose less by them. */
  readonly activations: 'searched' | 'plan';
  /** Epochs without a better score after which training stops. */
  readonly patience: number;
  /** With fewer training samples the last epoch is taken. */
  readonly minSamplesToChoose: number;
  /** Freeze weights that keep swinging between two integers (arXiv 2203.11086). `auto`: at 4 bits. */
  readonly oscillations: 'auto' | 'freeze' | 'leave';
}
