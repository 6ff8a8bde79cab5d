/** Kernels over one imported memory; every argument is a byte address or a count. See ../README.md. */
export { probe } from './lanes';
export { useThread } from './thread';
export { padI8, padU8, padF32 } from './pad';
export { gemmI8, gemmI32, gemmRowI8, gemmRowI32 } from './gemmInt8';
export { gemmF32x4x8, gemmF32x2x16, gemmF32x1x32 } from './gemmFloat32';
export { gemmDirectI8 } from './gemmDirect';
export { gemmI16, gemmRowI16, depthwiseI16, sumI16 } from './gemmInt16';
export { addI16, mulI16, tableI16, quantizeF32I16, dequantizeI16 } from './elementwiseInt16';
export { depthwiseI8, depthwiseI32, depthwiseF32 } from './depthwise';
export { depthwise3x3I8, depthwise3x3I32 } from './depthwise3x3';
export { depthwise3x3F32 } from './depthwise3x3Float32';
export {
  addI8, mulI8, addF32, subF32, mulF32, clampF32, tableI8, quantizeF32, dequantizeI8, finishHybrid,
  rangeF32, quantizeRow,
} from './elementwise';
export {
  maxPoolI8, averagePoolI8, maxPoolI16, averagePoolI16, maxPoolF32, averagePoolF32, meanI8, meanF32,
} from './pool';
export { copyBytes, fillBytes, fillWords, copyRows, gatherRows } from './move';
export { softmaxF32, softmaxI8, logisticF32, hardSwishF32 } from './exponential';
export { bilinearI8, bilinearF32 } from './resize';
export { peakI8, peakF32 } from './peak';
export { fixedPointI8, fixedPointUpI8 } from './fixedPoint';
