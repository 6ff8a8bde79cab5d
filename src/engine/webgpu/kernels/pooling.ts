/** AVERAGE_POOL_2D, MAX_POOL_2D: a thread per output word (int8) or element (float32). */
import { floatActivationRange, quantizedActivationRange, window } from '../../numerics';
import { affine, isClamp, xnnActivationRange } from '../../reference/int/site';
import { clampLines } from '../shaders/matrix';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import { layout, lineProgram, only, type GpuKernelFactory } from './site';

export const pooling: GpuKernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'AVERAGE_POOL_2D' && node.op !== 'MAX_POOL_2D') return 'is no such pooling';
  const input = site.inputs[0]!;
  const output = site.outputs[0]!;
  const { attrs } = node;
  if (input.dtype !== output.dtype) return `goes from ${input.dtype} to ${output.dtype}`;
  if (!isClamp(attrs.activation)) return `has the activation ${attrs.activation}`;
  const isFloat = input.dtype === 'float32';
  const average = node.op === 'AVERAGE_POOL_2D';
  const [, inH, inW] = input.shape as [number, number, number, number];
  const [images, outH, outW] = output.shape as [number, number, number, number];
  const { filterH, filterW, strideH, strideW, padding } = attrs;
  const perPixel = layout(input).stride;
  const top = window(padding, inH, filterH, strideH).before;
  const left = window(padding, inW, filterW, strideW).before;
  const grid = affine(output);
  if (!isFloat && !grid) return 'has other quantization than one scale each';
  const perSample = images * outH * outW * perPixel;
  const start = average
    ? isFloat
      ? '0.0'
      : 'vec4<i32>()'
    : isFloat
      ? '-3.4028234e38'
      : 'vec4<i32>(-128)';
  const read = `X[((image * ${inH}u + u32(y)) * ${inW}u + u32(x)) * ${perPixel}u + c]`;
  const value = isFloat ? read : `unpack(${read})`;
  const int8Finish = () => {
    const range = average
      ? quantizedActivationRange(attrs.activation, grid!.scale, grid!.zeroPoint)
      : xnnActivationRange(attrs.activation, grid!);
    return `${average ? '  let half = vec4<i32>(count >> 1u);\n  s = select(s - half, s + half, s > vec4<i32>()) / count;\n' : ''}  Y[i] = pack(clamp(s, vec4<i32>(${range.low}), vec4<i32>(${range.high})));`;
  };
  const floatFinish = () =>
    `${average ? '  s = s / f32(count);\n' : ''}${clampLines('s', floatActivationRange(attrs.activation))}\n  Y[i] = s;`;
  const code = `${bindings([
    { name: 'X', type: isFloat ? 'array<f32>' : 'array<u32>' },
    { name: 'Y', type: isFloat ? 'array<f32>' : 'array<u32>', access: 'write' },
  ])}
${isFloat ? '' : packing}
${lineEntry(
  site.batch * perSample,
  `  let c = i % ${perPixel}u; var t = i / ${perPixel}u;
  let ox = i32(t % ${outW}u); t = t / ${outW}u;
  let oy = i32(t % ${outH}u); let image = t / ${outH}u;
  let top = oy * ${strideH} - ${top}; let left = ox * ${strideW} - ${left};
  let y0 = max(top, 0); let y1 = min(top + ${filterH}, ${inH});
  let x0 = max(left, 0); let x1 = min(left + ${filterW}, ${inW});
  let count = (y1 - y0) * (x1 - x0);
  var s = ${start};
  for (var y = y0; y < y1; y++) { for (var x = x0; x < x1; x++) {
    ${average ? `s += ${value};` : `s = max(s, ${value});`}
  } }
${isFloat ? floatFinish() : int8Finish()}`,
)}`;
  return only(
    lineProgram({
      family: 'pooling',
      name: `${average ? 'average' : 'max'} pooling ${input.dtype}`,
      reads: [site.inputIndices[0]!],
      writes: site.outputIndices,
      ...{ code, perSample },
    }),
  );
};
