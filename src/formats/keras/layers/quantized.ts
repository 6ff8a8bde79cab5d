/**
 * Layers that Keras 3 has quantized (`model.quantize("int8")`): integers and scales back to float
 * weights, w = q / scale (keras/src/quantizers). Other modes are named.
 */
import { unsupported } from '../../build/emit';
import type { WeightArray } from '../source';
import { field, isJson, type Json } from './fields';

/** "int8", "float8", "int4/128", "gptq/4/128"; undefined for a layer that is not quantized. */
export function quantizationMode(config: Json): string | undefined {
  const policy = field(config, 'dtype');
  if (!isJson(policy)) return undefined;
  const kind = String(field(policy, 'class_name'));
  if (!/Quantized|Int4|Float8|GPTQ|AWQ/i.test(kind)) return undefined;
  const inner = policy['config'];
  const mode = isJson(inner) ? (field(inner, 'mode') ?? field(inner, 'name')) : undefined;
  return typeof mode === 'string' ? mode.split('_from_')[0]! : kind;
}

const names: readonly (readonly [RegExp, string])[] = [
  [/^int4/, 'int4'],
  [/^gptq/i, 'GPTQ'],
  [/^awq/i, 'AWQ'],
  [/^float8/, 'float8'],
];

/**
 * Float weights of a layer quantized to int8: the kernel or table in place, the scale gone.
 * Throws IntactError `unsupported` for other modes and layers.
 */
export function dequantized(
  type: string,
  mode: string,
  weights: readonly WeightArray[],
): readonly WeightArray[] {
  if (mode !== 'int8') {
    const known = names.find(([test]) => test.test(mode))?.[1] ?? mode;
    return unsupported(
      `its weights were quantized by Keras to ${known}, which Intact does not read. Save the model before model.quantize(…), and quantize that here.`,
    );
  }
  const table = type === 'Embedding' || type === 'ReversibleEmbedding';
  if (!table && type !== 'Dense' && type !== 'EinsumDense')
    return unsupported(
      'its weights were quantized by Keras to int8. Save the model before model.quantize("int8"), and quantize that here.',
    );
  const [kernel, ...rest] = weights;
  const scale = rest.at(-1);
  const float = kernel && scale ? divided(kernel, scale, table) : undefined;
  if (!float)
    return unsupported(
      'its weights were quantized by Keras to int8 with scales of a form that Intact does not know. Save the model before model.quantize("int8").',
    );
  return [float, ...rest.slice(0, -1)];
}

/** `rows`: one scale a row; else the scale's last axes are the kernel's. */
function divided(kernel: WeightArray, scale: WeightArray, rows: boolean): WeightArray | undefined {
  const { shape, data } = kernel;
  const out = new Float32Array(data.length);
  if (rows) {
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    if (scale.data.length !== shape[0]) return undefined;
    for (let i = 0; i < out.length; i++) out[i] = data[i]! / scale.data[Math.floor(i / width)]!;
    return { ...kernel, data: out };
  }
  const sizes = scale.shape.slice(-shape.length);
  const lost = scale.shape.slice(0, -shape.length);
  const padded = [...new Array<number>(shape.length - sizes.length).fill(1), ...sizes];
  if (lost.some((size) => size !== 1)) return undefined;
  if (padded.some((size, axis) => size !== 1 && size !== shape[axis])) return undefined;
  const steps = padded.map((size, axis) =>
    size === 1 ? 0 : padded.slice(axis + 1).reduce((a, b) => a * b, 1),
  );
  for (let i = 0; i < out.length; i++) {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * steps[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    out[i] = data[i]! / scale.data[at]!;
  }
  return { ...kernel, data: out };
}
