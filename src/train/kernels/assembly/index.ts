export { conv, columnsToImage, pack, packTransposed } from './gemm';
export { weightGradient } from './weightGradient';
export { depthwise, depthwiseGradient } from './depthwise';
export { add, columnSum, crop, pad, repeat, spread, sumGroups } from './move';
export { clamp, clampGradient, fakeQuantize, fakeQuantizeGradient } from './quantize';
export {
  fakeQuantizeBias,
  fakeQuantizeWeights,
  fakeQuantizeWeightsGradient,
} from './quantizeWeights';
export { adam, adamScales } from './adam';
