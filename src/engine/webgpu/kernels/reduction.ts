/**
 * MEAN, SUM, REDUCE_MAX, REDUCE_MIN over neighbouring axes in front of the last: outer × count × channels,
 * a thread per output word or element.
 */
import { elementCount } from '../../../model/graph';
import { axesOf } from '../../reference/int/reduce';
import { affine } from '../../reference/int/site';
import { requantizing, stageWords } from '../shaders/requantize';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import { floatStage, stageTable, type Stage } from '../stage';
import { layout, lineProgram, only, type GpuKernelFactory, type GpuSite } from './site';

const f = Math.fround;

type Finish =
  | { readonly kind: 'stage'; readonly stage: Stage; readonly bias: number }
  | { readonly kind: 'lines'; readonly lines: string };

/** Of int8: the recipes of reference/int/reduce.ts that need no float division. */
function int8Finish(site: GpuSite, axes: readonly number[], count: number): Finish | string {
  const from = affine(site.inputs[0]);
  const to = affine(site.outputs[0]);
  if (!from || !to) return 'has other quantization than one scale each';
  const { op } = site.node;
  if (op === 'REDUCE_MAX' || op === 'REDUCE_MIN') return { kind: 'lines', lines: '' };
  const same = from.scale === to.scale && from.zeroPoint === to.zeroPoint;
  const rank = site.inputs[0]!.shape.length;
  if (op === 'MEAN' && rank === 4 && (axes.join() === '1,2' || axes.join() === '2')) {
    const range = { low: -128, high: 127 };
    const scale = f(from.scale / f(to.scale * count));
    const stage = floatStage([scale], to.zeroPoint, range, site.abilities.floats);
    return { kind: 'stage', stage, bias: -from.zeroPoint * count };
  }
  if (!same) return 'averages onto another grid';
  return op === 'MEAN'
    ? { kind: 'lines', lines: `  s = s / ${count};` }
    : { kind: 'lines', lines: '  s = (s << vec4<u32>(24u)) >> vec4<u32>(24u);' };
}

export const reduction: GpuKernelFactory = (site) => {
  const { op } = site.node;
  const input = site.inputs[0]!;
  const output = site.outputs[0]!;
  const { shape } = input;
  if (input.dtype !== output.dtype) return `goes from ${input.dtype} to ${output.dtype}`;
  const axes = axesOf(site.inputs[1], shape.length);
  const last = axes?.at(-1);
  const together = axes?.every((axis, at) => at === 0 || axis === axes[at - 1]! + 1);
  if (!axes || last === undefined || !together || last !== shape.length - 2)
    return 'reduces over other axes than those in front of the last';
  const count = elementCount(axes.map((axis) => shape[axis]!));
  const outer = elementCount(shape.slice(0, axes[0]));
  const words = layout(input).stride;
  const perSample = outer * words;
  const isFloat = input.dtype === 'float32';
  const sums = op === 'MEAN' || op === 'SUM';
  const extreme = op === 'REDUCE_MAX' ? 'max' : 'min';
  const finish = isFloat ? undefined : int8Finish(site, axes, count);
  if (typeof finish === 'string') return finish;
  const stage = finish?.kind === 'stage' ? finish : undefined;
  const read = 'X[(row * COUNT + k) * WORDS + c]'
    .replace('COUNT', `${count}u`)
    .replace('WORDS', `${words}u`);
  const value = isFloat ? read : `unpack(${read})`;
  const first = isFloat ? '0.0' : 'vec4<i32>()';
  const int8End = stage
    ? '  let p = Q[0]; Y[i] = pack(vec4<i32>(requantize(s.x + p.x, p), requantize(s.y + p.x, p), requantize(s.z + p.x, p), requantize(s.w + p.x, p)));'
    : `${finish?.kind === 'lines' ? finish.lines : ''}\n  Y[i] = pack(s);`;
  const floatEnd = `${op === 'MEAN' ? `  s = s / ${count.toFixed(1)};\n` : ''}  Y[i] = s;`;
  const code = `${bindings([
    { name: 'X', type: isFloat ? 'array<f32>' : 'array<u32>' },
    { name: 'Y', type: isFloat ? 'array<f32>' : 'array<u32>', access: 'write' },
    ...(stage ? [{ name: 'Q', type: 'array<vec4<i32>>' }] : []),
  ])}
${isFloat ? '' : packing}
${stage ? requantizing(stageWords(stage.stage)) : ''}
${lineEntry(
  site.batch * perSample,
  `  let c = i % ${words}u; let row = i / ${words}u;
  var s = ${sums ? first : `${value.replace('+ k', '+ 0u')}`};
  for (var k = 0u; k < ${count}u; k++) { ${sums ? `s += ${value};` : `s = ${extreme}(s, ${value});`} }
${isFloat ? floatEnd : int8End}`,
)}`;
  return only(
    lineProgram({
      family: 'reduction',
      name: `${op} ${input.dtype}`,
      reads: [site.inputIndices[0]!],
      writes: site.outputIndices,
      constants: stage ? [stageTable(stage.stage, [stage.bias])] : [],
      ...{ code, perSample },
    }),
  );
};
