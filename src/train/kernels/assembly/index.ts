export { conv, columnsToImage, pack, packTransposed } from './gemm';
export { weightGradient } from './weightGradient';
export {
  winogradGradient,
  winogradInput,
  winogradOutput,
  winogradTaps,
  winogradWeights,
} from './winograd';
export { depthwise, depthwiseGradient } from './depthwise';
export { add, columnSum, crop, pad, repeat, spread, sumGroups } from './move';
export { clamp, clampGradient, fakeQuantize, fakeQuantizeGradient } from './quantize';
export {
  fakeQuantizeBias,
  fakeQuantizeWeights,
  fakeQuantizeWeightsGradient,
} from './quantizeWeights';
export { adam, adamScales } from './adam';
