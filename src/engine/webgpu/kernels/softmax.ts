/**
 * SOFTMAX over the last axis, a thread per row. int8 as TFLite's builtin kernel (reference/int/softmax.ts):
 * its table, its float32 sum in order, and a reciprocal that is rounded exactly, since WGSL's division is not.
 */
import { expf } from '../../numerics';
import { affine } from '../../reference/int/site';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import { floatBits } from '../stage';
import { layout, lineProgram, only, type GpuKernelFactory } from './site';

const f = Math.fround;

/** 1 / x to nearest even, x normal: WGSL's quotient, mended by the remainder of 2^47 / mantissa. */
const reciprocal = `
fn reciprocal(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let m = (bits & 0x7fffffu) | 0x800000u;
  let e = i32(bits >> 23u);
  if (m == 0x800000u) { return bitcast<f32>(u32(254 - e) << 23u); }
  let near = 1.0 / bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
  var q = (bitcast<u32>(near) & 0x7fffffu) | 0x800000u;
  if (near >= 1.0) { q = 0xffffffu; }
  var rest = bitcast<i32>(0u - q * m);
  for (var n = 0; n < 8 && rest < 0; n++) { q -= 1u; rest += i32(m); }
  for (var n = 0; n < 8 && rest >= i32(m); n++) { q += 1u; rest -= i32(m); }
  if (2 * rest > i32(m) || (2 * rest == i32(m) && (q & 1u) == 1u)) { q += 1u; }
  return bitcast<f32>((u32(253 - e) << 23u) + (q - 0x800000u));
}`;

function int8Code(
  rows: number,
  depth: number,
  stride: number,
  scale: number,
  zero: number,
): string {
  return `${bindings([
    { name: 'X', type: 'array<u32>' },
    { name: 'Y', type: 'array<u32>', access: 'write' },
    { name: 'T', type: 'array<f32, 256>' },
  ])}
${packing}
${reciprocal}
fn at(start: u32, k: u32) -> i32 {
  return bitcast<i32>(X[start + k / 4u] << (24u - 8u * (k % 4u))) >> 24u;
}
fn share(d: i32, inverse: f32) -> i32 {
  let v = T[clamp(d, 0, 255)] * inverse;
  let whole = floor(v);
  return min(i32(whole) + select(0, 1, v - whole >= 0.5) + (${zero}), 127);
}
${lineEntry(
  rows,
  `  let start = i * ${stride}u;
  var most = -128;
  for (var k = 0u; k < ${depth}u; k++) { most = max(most, at(start, k)); }
  var sum = 0.0;
  for (var k = 0u; k < ${depth}u; k++) { sum = sum + T[most - at(start, k)]; }
  let inverse = reciprocal(sum * bitcast<f32>(${floatBits(scale)}));
  for (var w = 0u; w < ${stride}u; w++) {
    let d = vec4<i32>(most) - unpack(X[start + w]);
    Y[start + w] = pack(vec4<i32>(share(d.x, inverse), share(d.y, inverse), share(d.z, inverse), share(d.w, inverse)));
  }`,
)}`;
}

function floatCode(rows: number, depth: number, beta: number): string {
  return `${bindings([
    { name: 'X', type: 'array<f32>' },
    { name: 'Y', type: 'array<f32>', access: 'write' },
  ])}
${lineEntry(
  rows,
  `  let start = i * ${depth}u;
  var most = X[start];
  for (var k = 1u; k < ${depth}u; k++) { most = max(most, X[start + k]); }
  var sum = 0.0;
  for (var k = 0u; k < ${depth}u; k++) {
    let e = exp((X[start + k] - most) * f32(${beta}));
    Y[start + k] = e; sum = sum + e;
  }
  for (var k = 0u; k < ${depth}u; k++) { Y[start + k] = Y[start + k] / sum; }`,
)}`;
}

export const softmax: GpuKernelFactory = (site) => {
  const { node } = site;
  const [input] = site.inputs;
  const output = site.outputs[0]!;
  if (node.op !== 'SOFTMAX' || input!.dtype !== output.dtype) return 'is no softmax of one type';
  const { rows, width, stride } = layout(output);
  const all = site.batch * rows;
  const { beta } = node.attrs;
  const names = {
    family: 'softmax',
    reads: [site.inputIndices[0]!],
    writes: site.outputIndices,
  } as const;
  if (input!.dtype === 'float32') {
    const code = floatCode(all, width, beta);
    return only(lineProgram({ ...names, name: 'softmax float32', code, perSample: rows }));
  }
  const from = affine(input);
  const to = affine(output);
  if (!from || !to) return 'has other quantization than one scale each';
  const step = f(f(-from.scale) * f(beta));
  const table = Float32Array.from({ length: 256 }, (_, d) => expf(f(step * d)));
  // Subnormal entries may be flushed: they matter to no probability of these scales, but to the promise.
  if (table.some((value) => value > 0 && value < 2 ** -126) || to.scale < 2 ** -60)
    return 'has a table of subnormal numbers';
  const code = int8Code(all, width, stride, to.scale, to.zeroPoint);
  return only(
    lineProgram({ ...names, name: 'softmax int8', code, constants: [table], perSample: rows }),
  );
};
