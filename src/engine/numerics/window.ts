/** Where windows lie: output sizes and padding of convolutions and pooling, as TFLite's padding.h has them. */
import type { Padding } from '../../model/ops';

/** One spatial dimension of a convolution or pooling window. */
export interface Window {
  readonly output: number;
  readonly before: number;
  readonly after: number;
}

/** TFLite padding.h ComputeOutSize / ComputePaddingWithOffset; the odd element goes after. No stride gives no output. */
export function window(
  padding: Padding,
  input: number,
  filter: number,
  stride: number,
  dilation = 1,
): Window {
  if (!(stride > 0)) return { output: 0, before: 0, after: 0 };
  const effective = (filter - 1) * dilation + 1;
  if (padding === 'VALID') {
    return {
      output: Math.max(0, Math.ceil((input - effective + 1) / stride)),
      before: 0,
      after: 0,
    };
  }
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + effective - input);
  const before = total >> 1;
  return { output, before, after: total - before };
}

/** Padding of TRANSPOSE_CONV: of the convolution that would map the output to the input. */
export function transposeWindow(
  padding: Padding,
  input: number,
  output: number,
  filter: number,
  stride: number,
): { readonly before: number } {
  if (padding === 'VALID') return { before: 0 };
  const total = Math.max(0, (input - 1) * stride + filter - output);
  return { before: total >> 1 };
}
