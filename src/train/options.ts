/** How a training runs: part of the recipe, and so a type of quant. */
export type { TrainOptions } from '../quant/training';
