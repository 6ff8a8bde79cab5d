/** QUANTIZE and DEQUANTIZE between float32 and int8; int8 to int8 is a table of the reference's. */
import { affine } from '../../reference/int/site';
import { integerKernel } from '../../reference/int';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import { floatBits } from '../stage';
import { unary } from './elementwise';
import { layout, lineProgram, only, type GpuKernelFactory } from './site';

export const quantize: GpuKernelFactory = (site) => {
  const input = site.inputs[0]!;
  const output = site.outputs[0]!;
  if (input.dtype === 'int8' && output.dtype === 'int8') return unary(site);
  const to = affine(output);
  if (input.dtype !== 'float32' || output.dtype !== 'int8' || !to)
    return `goes from ${input.dtype} to ${output.dtype}`;
  const { width, stride, words } = layout(output);
  const inverse = Math.fround(1 / to.scale);
  const { zeroPoint } = to;
  // NaN by its bits: compilers may take floats for numbers. The reference makes 0 of it.
  const code = `${bindings([
    { name: 'X', type: 'array<u32>' },
    { name: 'Y', type: 'array<u32>', access: 'write' },
  ])}
${packing}
fn quantized(bits: u32) -> i32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return 0; }
  let v = clamp(bitcast<f32>(bits) * bitcast<f32>(${floatBits(inverse)}), ${(-128 - zeroPoint).toFixed(1)}, ${(127 - zeroPoint).toFixed(1)});
  return i32(round(v)) + (${zeroPoint});
}
fn at(start: u32, k: u32) -> i32 { return quantized(X[start + min(k, ${width - 1}u)]); }
${lineEntry(
  site.batch * words,
  `  let start = (i / ${stride}u) * ${width}u; let k = 4u * (i % ${stride}u);
  Y[i] = pack(vec4<i32>(at(start, k), at(start, k + 1u), at(start, k + 2u), at(start, k + 3u)));`,
)}`;
  return only(
    lineProgram({
      family: 'conversion',
      name: 'quantize',
      reads: [site.inputIndices[0]!],
      writes: site.outputIndices,
      ...{ code, perSample: words },
    }),
  );
};

export const dequantize: GpuKernelFactory = (site) => {
  const input = site.inputs[0]!;
  const output = site.outputs[0]!;
  if (input.dtype !== 'int8' || output.dtype !== 'float32' || !affine(input))
    return `goes from ${input.dtype} to ${output.dtype}`;
  const one = { ...input, shape: [256], data: undefined };
  const kernel = integerKernel({ ...site, inputs: [one], outputs: [{ ...output, shape: [256] }] });
  if (!kernel) return 'has no table';
  const table = new Float32Array(256);
  const all = Int8Array.from({ length: 256 }, (_, at) => at - 128);
  kernel(
    [{ shape: [256], dtype: 'int8', data: all }],
    [{ shape: [256], dtype: 'float32', data: table }],
  );
  const { width, stride } = layout(input);
  const { words } = layout(output);
  const code = `${bindings([
    { name: 'X', type: 'array<u32>' },
    { name: 'Y', type: 'array<f32>', access: 'write' },
    { name: 'T', type: 'array<f32, 256>' },
  ])}
${lineEntry(
  site.batch * words,
  `  let row = i / ${width}u; let k = i % ${width}u;
  let q = bitcast<i32>(X[row * ${stride}u + k / 4u] << (24u - 8u * (k % 4u))) >> 24u;
  Y[i] = T[q + 128];`,
)}`;
  return only(
    lineProgram({
      family: 'conversion',
      name: 'dequantize',
      reads: [site.inputIndices[0]!],
      writes: site.outputIndices,
      constants: [table],
      ...{ code, perSample: words },
    }),
  );
};
