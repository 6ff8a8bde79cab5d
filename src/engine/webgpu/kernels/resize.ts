/** RESIZE_BILINEAR: positions and fractions are made here, a thread per output word or element. */
import { affine } from '../../reference/int/site';
import { axis } from '../../reference/int/resize';
import { interpolation } from '../../reference/float/resize';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import { layout, lineProgram, only, type GpuKernelFactory } from './site';

/** One line per output row, then column: lower, upper, fraction (float32 as its bits). */
function places(
  list: readonly { low: Int32Array; high: Int32Array; part: Int32Array }[],
): Int32Array<ArrayBuffer> {
  return Int32Array.from(
    list.flatMap(({ low, high, part }) =>
      Array.from(low, (from, at) => [from, high[at]!, part[at]!, 0]).flat(),
    ),
  );
}

export const resizeBilinear: GpuKernelFactory = (site) => {
  const { node } = site;
  const input = site.inputs[0]!;
  const output = site.outputs[0]!;
  if (node.op !== 'RESIZE_BILINEAR' || input.dtype !== output.dtype)
    return 'is no resize of one type';
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [, inH, inW] = input.shape as [number, number, number, number];
  const [images, outH, outW] = output.shape as [number, number, number, number];
  const isFloat = input.dtype === 'float32';
  if (!isFloat) {
    const from = affine(input);
    const to = affine(output);
    if (!from || !to || from.scale !== to.scale || from.zeroPoint !== to.zeroPoint)
      return 'resizes onto another grid';
  }
  const sides = [
    [inH, outH],
    [inW, outW],
  ] as const;
  const axes = sides.map(([from, to]) => {
    if (isFloat) {
      const { lower, upper, part } = interpolation(from, to, alignCorners, halfPixelCenters);
      return { low: lower, high: upper, part: new Int32Array(part.slice().buffer) };
    }
    const { low, high, fraction } = axis(from, to, alignCorners, halfPixelCenters);
    return { low, high, part: fraction };
  });
  const perPixel = layout(output).stride;
  const perSample = images * outH * outW * perPixel;
  const type = isFloat ? 'array<f32>' : 'array<u32>';
  const read = (row: string, column: string) => {
    const at = `X[((image * ${inH}u + u32(${row})) * ${inW}u + u32(${column})) * ${perPixel}u + c]`;
    return isFloat ? at : `unpack(${at})`;
  };
  const blend = isFloat
    ? `let dy = bitcast<f32>(v.z); let dx = bitcast<f32>(h.z);
  Y[i] = (tl * (1.0 - dx) + tr * dx) * (1.0 - dy) + (bl * (1.0 - dx) + br * dx) * dy;`
    : `let eleven = vec4<u32>(11u);
  let top = (tl << eleven) + h.z * (tr - tl); let bottom = (bl << eleven) + h.z * (br - bl);
  Y[i] = pack(((top << eleven) + v.z * (bottom - top) + vec4<i32>(2097152)) >> vec4<u32>(22u));`;
  const code = `${bindings([
    { name: 'X', type },
    { name: 'Y', type, access: 'write' },
    { name: 'P', type: 'array<vec4<i32>>' },
  ])}
${isFloat ? '' : packing}
${lineEntry(
  site.batch * perSample,
  `  let c = i % ${perPixel}u; var t = i / ${perPixel}u;
  let h = P[${outH}u + t % ${outW}u]; t = t / ${outW}u;
  let v = P[t % ${outH}u]; let image = t / ${outH}u;
  let tl = ${read('v.x', 'h.x')}; let tr = ${read('v.x', 'h.y')};
  let bl = ${read('v.y', 'h.x')}; let br = ${read('v.y', 'h.y')};
  ${blend}`,
)}`;
  return only(
    lineProgram({
      family: 'resize',
      name: `bilinear ${input.dtype}`,
      reads: [site.inputIndices[0]!],
      writes: site.outputIndices,
      constants: [places(axes)],
      ...{ code, perSample },
    }),
  );
};
