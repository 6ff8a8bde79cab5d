/** Arithmetic that integer kernels of every backend share. Sources stand beside each function. */
export * from './activation';
export * from './broadcast';
export * from './fixedPoint';
export * from './inverseSqrt';
export * from './libm';
export * from './requantize';
export * from './round';
export * from './window';
