export { mix, take } from './mix';
export { back, backDepthwise, forward, forwardDepthwise, gradient, gradientDepthwise } from './products';
export { adam, gradientToV, soften } from './rounding';
