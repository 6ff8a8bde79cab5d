/** Repairs that need no engine: graph → graph, or graph and plan → plan. One file each (README.md). */
export { absorbableValues, absorbBias, type Absorbed } from './absorbBias';
export {
  cappedValues,
  equalize,
  type Equalized,
  type EqualizedJoint,
  type Seen,
  type SeenChannels,
} from './equalize';
export { replaceCaps } from './replaceCaps';
export { partsOf, rejoined, splitHead, splittable, type Split } from './splitHead';
export { inputSums, meanOutput, type InputSums } from './meanOutput';
export { roundWeights } from './roundWeights';
export { MOST_UNLIKE, tieRanges, type Tied, type TiedRanges } from './tieRanges';
export { shifted, withBias } from './correctedBias';
export { onGrid, withOwnBiases } from './ownBias';
