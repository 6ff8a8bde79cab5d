/** AdaRound: a linear layer's weights are rounded by what the layer does, on patches of its inputs. */
export type { ActivationName } from './activations';
export { adaround } from './adaround';
export { adaroundBlock, type BlockLayer, type BlockProblem } from './block';
export { openRounder, type Rounder } from './module';
export type { AdaRoundOptions, Linear, Problem, RoundedLayer } from './problem';
export { streamOf } from './draw';
