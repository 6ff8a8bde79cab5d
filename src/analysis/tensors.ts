import { IntactError } from '../model/error';
import type { QuantParams, Tensor, TensorData, Value } from '../model/graph';

/** Writes the real numbers that `data` stands for into `out`: scale · (q − zeroPoint), per tensor. */
export function toReal(
  data: TensorData,
  quant: QuantParams | undefined,
  out: Float32Array,
): Float32Array {
  const length = data.length;
  if (quant && quant.scale.length > 0 && !(data instanceof Float32Array)) {
    const scale = quant.scale[0]!;
    const zeroPoint = quant.zeroPoint[0] ?? 0;
    for (let i = 0; i < length; i++) out[i] = scale * (Number(data[i]) - zeroPoint);
  } else {
    for (let i = 0; i < length; i++) out[i] = Number(data[i]);
  }
  return out;
}

/**
 * A float sample as the tensor that a model's input wants: float32 as it is, int8 and uint8 by the
 * input's scale and zero point (rounded half away from zero, saturated), integers rounded.
 * @throws IntactError `unsupported` for an input type that samples cannot fill.
 */
export function toInput(sample: Float32Array, value: Value): Tensor {
  const { shape, dtype, quant } = value;
  switch (dtype) {
    case 'float32':
      return { shape, dtype, data: sample };
    case 'int8':
    case 'uint8':
    case 'int16': {
      const data =
        dtype === 'int8'
          ? new Int8Array(sample.length)
          : dtype === 'uint8'
            ? new Uint8Array(sample.length)
            : new Int16Array(sample.length);
      const scale = quant?.scale[0] ?? 1;
      const zeroPoint = quant?.zeroPoint[0] ?? 0;
      const [low, high] =
        dtype === 'int8' ? [-128, 127] : dtype === 'uint8' ? [0, 255] : [-32768, 32767];
      for (let i = 0; i < sample.length; i++) {
        const x = Math.fround(sample[i]! / scale);
        const rounded = Math.sign(x) * Math.floor(Math.abs(x) + 0.5) + zeroPoint;
        data[i] = Math.min(high!, Math.max(low!, rounded));
      }
      return { shape, dtype, data };
    }
    case 'int32':
      return { shape, dtype, data: Int32Array.from(sample, Math.round) };
    case 'int64':
      return { shape, dtype, data: BigInt64Array.from(sample, (x) => BigInt(Math.round(x))) };
    case 'bool':
      return { shape, dtype, data: Uint8Array.from(sample, (x) => (x === 0 ? 0 : 1)) };
    default:
      throw new IntactError(
        'unsupported',
        `The model's input "${value.name}" holds ${dtype} values; Intact can feed float32, int8, int16, uint8, int32, int64 and bool inputs.`,
      );
  }
}
