export { mix, take } from './mix';
export { forward, forwardDepthwise, gradient, gradientDepthwise } from './products';
export { adam, gradientToV, soften } from './rounding';
