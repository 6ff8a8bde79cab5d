/**
 * Float activations with int8 weights (dynamic range), FULLY_CONNECTED, CONV_2D and
 * DEPTHWISE_CONV_2D: TFLite's builtin hybrid kernels. Each batch row is quantized as it comes
 * (tensor_utils SymmetricQuantizeFloats / AsymmetricQuantizeFloats), multiplied in int32, scaled
 * back in float32.
 */
import { roundHalfAwayFromZero, clamp } from '../../numerics';

const f = Math.fround;

/** Where one row was put on a grid. */
export interface RowGrid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** portable_tensor_utils.cc PortableSymmetricQuantizeFloats: ±127 at the largest magnitude. */
export function quantizeRowSymmetric(
  x: Float32Array,
  start: number,
  end: number,
  into: Int8Array,
): RowGrid {
  let least = 0;
  let most = 0;
  for (let i = start; i < end; i++) {
    if (i === start || x[i]! < least) least = x[i]!;
    if (i === start || x[i]! > most) most = x[i]!;
  }
  const range = Math.max(Math.abs(least), Math.abs(most));
  if (range === 0) {
    into.fill(0, 0, end - start);
    return { scale: 1, zeroPoint: 0 };
  }
  const inverse = f(127 / range);
  for (let i = start; i < end; i++) {
    into[i - start] = clamp(roundHalfAwayFromZero(f(x[i]! * inverse)), -127, 127);
  }
  return { scale: f(range / 127), zeroPoint: 0 };
}

/** portable_tensor_utils.cc PortableAsymmetricQuantizeFloats: [min, max] with 0 on [−128, 127]. */
export function quantizeRowAsymmetric(
  x: Float32Array,
  start: number,
  end: number,
  into: Int8Array,
): RowGrid {
  let least = 0;
  let most = 0;
  for (let i = start; i < end; i++) {
    if (x[i]! < least) least = x[i]!;
    if (x[i]! > most) most = x[i]!;
  }
  if (least === most) {
    into.fill(0, 0, end - start);
    return { scale: 1, zeroPoint: 0 };
  }
  const scale = (most - least) / 255;
  const fromLeast = -128 - least / scale;
  const fromMost = 127 - most / scale;
  const errorLeast = 128 + Math.abs(least / scale);
  const errorMost = 127 + Math.abs(most / scale);
  const real = errorLeast < errorMost ? fromLeast : fromMost;
  const zeroPoint = real <= -128 ? -128 : real >= 127 ? 127 : roundHalfAwayFromZero(real);
  const stored = f(scale);
  const inverse = f(1 / stored);
  for (let i = start; i < end; i++) {
    const q = roundHalfAwayFromZero(f(f(zeroPoint) + f(x[i]! * inverse)));
    into[i - start] = clamp(q, -128, 127);
  }
  return { scale: stored, zeroPoint };
}
