/**
 * Operators that only move elements (RESHAPE to CONCATENATION): the reference's own kernel is run once on
 * element numbers, which gives for every element of the output where it comes from. Where four neighbours
 * come from one word, whole words are moved.
 */
import { elementCount, type Tensor, type Value } from '../../../model/graph';
import type { OpName } from '../../../model/ops';
import { referenceKernel } from '../../reference';
import { moveKernels } from '../../reference/move';
import { zeroOf } from '../../reference/site';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import type { Layout } from '../layout';
import type { Alternatives } from '../program';
import { layout, lineProgram, sampleWords, type GpuKernelFactory, type GpuSite } from './site';

/** Inputs whose elements are moved; the others say how. */
function movedInputs({ node, inputs }: GpuSite): readonly number[] {
  switch (node.op) {
    case 'CONCATENATION':
    case 'PACK':
      return inputs.map((_, at) => at);
    case 'SPLIT':
      return [1];
    case 'DYNAMIC_UPDATE_SLICE':
      return [0, 1];
    default:
      return [0];
  }
}

/** Elements up to which a map is made: it takes four bytes each, here and on the GPU. */
const mostElements = 2 ** 25;
/** Inputs of one dispatch: bindings are few. */
const together = 5;
const fill = -1;
const keep = -2;

/** 1-based numbers of the moved elements, over all moved inputs; 0: filled. One list per output. */
function sources(site: GpuSite, moved: readonly number[]): Int32Array[] | string {
  const factory = moveKernels[site.node.op as keyof typeof moveKernels];
  const strip = ({ name, shape }: Value): Value => ({ name, shape, dtype: 'int32' });
  let next = 1;
  const tensors: (Tensor | undefined)[] = [];
  const inputs = site.inputs.map((value, at) => {
    if (!value) return undefined;
    if (moved.includes(at)) {
      const data = Int32Array.from({ length: elementCount(value.shape) }, () => next++);
      tensors[at] = { shape: value.shape, dtype: 'int32', data };
      return strip(value);
    }
    if (site.node.op === 'PADV2' && at === 2) {
      tensors[at] = { shape: value.shape, dtype: 'int32', data: new Int32Array(1) };
      return strip(value);
    }
    if (value.data) tensors[at] = { shape: value.shape, dtype: value.dtype, data: value.data };
    return value;
  });
  const outputs = site.outputs.map(strip);
  const kernel = factory({ ...site, inputs, outputs });
  if (!kernel) return 'is moved in a way that only WASM knows';
  const results = outputs.map(({ shape }): Tensor & { data: Int32Array } => ({
    shape,
    dtype: 'int32',
    data: new Int32Array(elementCount(shape)),
  }));
  kernel(tensors, results);
  return results.map(({ data }) => data);
}

/** Byte (int8) or word (float32) addresses over all moved inputs, one after the other. */
function addressed(elements: Int32Array, inputs: readonly Layout[]): Int32Array {
  const perWord = inputs[0]!.dtype === 'int8' ? 4 : 1;
  const starts: { first: number; base: number; own: Layout }[] = [];
  let first = 0;
  let base = 0;
  for (const own of inputs) {
    starts.push({ first, base, own });
    first += own.rows * own.width;
    base += own.words * perWord;
  }
  let last = starts[0]!;
  return elements.map((number) => {
    if (number === 0) return fill;
    const at = number - 1;
    if (at < last.first || at >= last.first + last.own.rows * last.own.width)
      last = starts.findLast((one) => one.first <= at)!;
    const { own } = last;
    const row = Math.floor((at - last.first) / own.width);
    return last.base + row * own.stride * perWord + ((at - last.first) % own.width);
  });
}

/** For every word of the output four byte addresses; or, where `whole` finds them together, one word's. */
function wordMap(
  addresses: Int32Array,
  { width, stride, rows }: Layout,
): { readonly map: Int32Array<ArrayBuffer>; readonly whole: boolean } {
  const bytes = new Int32Array(rows * stride * 4).fill(fill);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < width; k++) bytes[row * stride * 4 + k] = addresses[row * width + k]!;
  const words = new Int32Array(rows * stride);
  for (let word = 0; word < words.length; word++) {
    const lanes = Math.min(4, width - 4 * (word % stride));
    const from = bytes[4 * word]!;
    for (let lane = 1; lane < lanes; lane++) {
      const want = from < 0 ? from : from + lane;
      if (bytes[4 * word + lane] !== want) return { map: bytes, whole: false };
    }
    if (from >= 0 && from % 4 !== 0) return { map: bytes, whole: false };
    words[word] = from < 0 ? from : from / 4;
  }
  return { map: words, whole: true };
}

/** Addresses outside [from, to) are kept, except fills of the first round. */
function inRound(addresses: Int32Array, from: number, to: number, isFirst: boolean): Int32Array {
  return addresses.map((at) => {
    if (at === fill) return isFirst ? fill : keep;
    return at >= from && at < to ? at - from : keep;
  });
}

/** What padding means to this operator, as one byte of an int8 word or a float32. */
function filling(site: GpuSite): number {
  const constant = site.node.op === 'PADV2' ? site.inputs[2]?.data : undefined;
  return constant ? Number(constant[0]) : zeroOf(site.outputs[0]!);
}

function program(
  site: GpuSite,
  inputs: readonly number[],
  output: number,
  { map, whole }: { readonly map: Int32Array<ArrayBuffer>; readonly whole: boolean },
) {
  const value = site.outputs[output]!;
  const { words, dtype } = layout(value);
  const isFloat = dtype === 'float32';
  const type = isFloat ? 'array<f32>' : 'array<u32>';
  const scalar = isFloat ? 'f32' : 'u32';
  const byte = filling(site);
  const filled = isFloat ? `f32(${byte})` : `${((byte & 255) * 0x01010101) >>> 0}u`;
  let base = 0;
  const reads = inputs.map((at, k) => {
    const own = site.inputs[at]!;
    const end = base + layout(own).words;
    const line = `  if (w < ${end}u) { return X${k}[sample * ${sampleWords(own)}u + w - ${base}u]; }`;
    base = end;
    return line;
  });
  const keeps = map.includes(keep);
  const bytes = `  let m = M[i % ${words}u];
${keeps ? '  let before = Y[i];\n' : ''}  var r = 0u;
  for (var lane = 0u; lane < 4u; lane++) {
    let at = m[lane];
    var b = ${(byte & 255) >>> 0}u;
    if (at >= 0) { b = (word(sample, u32(at) / 4u) >> (8u * (u32(at) % 4u))) & 255u; }
${keeps ? `    if (at == ${keep}) { b = (before >> (8u * lane)) & 255u; }` : ''}
    r |= b << (8u * lane);
  }
  Y[i] = r;`;
  const wholes = `  let m = M[i % ${words}u];
  if (m >= 0) { Y[i] = word(sample, u32(m)); } else if (m == ${fill}) { Y[i] = ${filled}; }`;
  const code = `${bindings([
    ...inputs.map((_, k) => ({ name: `X${k}`, type })),
    { name: 'Y', type, access: 'write' as const },
    { name: 'M', type: whole ? 'array<i32>' : 'array<vec4<i32>>' },
  ])}
${isFloat ? '' : packing}
fn word(sample: u32, w: u32) -> ${scalar} {
${reads.join('\n')}
  return ${scalar}();
}
${lineEntry(site.batch * words, `  let sample = i / ${words}u;\n${whole ? wholes : bytes}`)}`;
  return lineProgram({
    family: 'move',
    name: `${site.node.op} ${dtype} by ${whole ? 'words' : 'bytes'}`,
    reads: inputs.map((at) => site.inputIndices[at]!),
    writes: [site.outputIndices[output]!],
    constants: [map],
    ...{ code, perSample: words },
  });
}

const move: GpuKernelFactory = (site) => {
  const moved = movedInputs(site);
  const all = [...moved.map((at) => site.inputs[at]), ...site.outputs];
  const dtype = site.outputs[0]!.dtype;
  if (all.some((value) => value?.dtype !== dtype)) return 'moves several types';
  const others = site.inputs.filter((_, at) => !moved.includes(at));
  if (others.some((value) => value && !value.data)) return 'moves to computed places';
  if (!referenceKernel(site)) return 'is moved in a way that only WASM knows';
  if (all.some((value) => elementCount(value!.shape) > mostElements))
    return 'moves too many elements';
  const found = sources(site, moved);
  if (typeof found === 'string') return found;
  const layouts = moved.map((at) => layout(site.inputs[at]!));
  const perWord = dtype === 'int8' ? 4 : 1;
  const steps: Alternatives[] = [];
  found.forEach((elements, output) => {
    const addresses = addressed(elements, layouts);
    for (let first = 0; first < moved.length; first += together) {
      const size = (list: readonly Layout[]) =>
        list.reduce((sum, own) => sum + own.words, 0) * perWord;
      const from = size(layouts.slice(0, first));
      const to = from + size(layouts.slice(first, first + together));
      const own = inRound(addresses, from, to, first === 0);
      const map =
        dtype === 'int8'
          ? wordMap(own, layout(site.outputs[output]!))
          : { map: Int32Array.from(own), whole: true };
      steps.push([program(site, moved.slice(first, first + together), output, map)]);
    }
  });
  return steps;
};

const withoutElements: readonly OpName[] = ['SHAPE', 'FILL', 'EMBEDDING_LOOKUP'];
const movedOps = (Object.keys(moveKernels) as OpName[]).filter(
  (op) => !withoutElements.includes(op),
);

export const moveTable: Readonly<Partial<Record<OpName, GpuKernelFactory>>> = Object.fromEntries(
  movedOps.map((op) => [op, move]),
);
