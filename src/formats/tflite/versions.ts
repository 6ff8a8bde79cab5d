/**
 * Operator versions as the runtime checks them: the lowest version whose kernel takes the operator's
 * types, ranks and options (tensorflow/lite/tools/versioning/op_version.cc). ops.ts says which
 * operator takes which rule.
 */
import type { DType, Value } from '../../model/graph';
import type { OpAttrs } from '../../model/ops';
import type { OperandSite, Version } from './options';
import { scalesArePowersOfTwo } from './options';

type Numbers = Partial<Record<DType, number>>;

const perChannel = (value: Value | undefined) => (value?.quant?.scale.length ?? 0) > 1;
const rank = (value: Value | undefined) => value?.shape.length ?? 0;
const shapeKey = (value: Value | undefined) => value?.shape.join();
const typesOf = ({ inputs, outputs }: OperandSite) =>
  `${inputs[0]?.dtype} ${inputs[1]?.dtype} ${outputs[0]?.dtype}`;

/** Broadcasting in more than four dimensions came in a later version. */
function wideBroadcast({ inputs }: OperandSite): boolean {
  return (
    shapeKey(inputs[0]) !== shapeKey(inputs[1]) && Math.max(rank(inputs[0]), rank(inputs[1])) > 4
  );
}

/** `byType` gives the version for the type of one value; 1 for the others. */
function of(value: Value | undefined, byType: Numbers): number {
  return (value && byType[value.dtype]) ?? 1;
}

/** There is one version only. */
export const one: Version = () => 1;
/** The type of an input decides. */
export const byInput =
  (byType: Numbers, position = 0): Version =>
  ({ inputs }) =>
    of(inputs[position], byType);
/** The type of the output decides. */
export const byOutput =
  (byType: Numbers): Version =>
  ({ outputs }) =>
    of(outputs[0], byType);

export const int8Only = byInput({ int8: 2 });
export const int8And16 = byInput({ int8: 2, int16: 3 });

export const conv: Version = (site) => {
  const [input, weights] = site.inputs;
  const types = typesOf(site);
  if (input && weights && input.shape[3] !== weights.shape[3]) return 6; // grouped
  if (types === 'int16 int8 int16') return 4;
  if (types === 'int8 int8 int8') return 3;
  if (types === 'int8 int4 int8') return 7;
  if (types === 'float32 int8 float32') return perChannel(weights) ? 5 : 2;
  return 1;
};

export const depthwise: Version<OpAttrs['DEPTHWISE_CONV_2D']> = (site, attrs) => {
  const types = typesOf(site);
  if (types === 'int16 int8 int16') return 5;
  if (types === 'float32 int8 float32') return perChannel(site.inputs[1]) ? 6 : 4;
  if (types === 'int8 int8 int8') return 3;
  if (types === 'int8 int4 int8') return 7;
  return attrs.dilationW !== 1 || attrs.dilationH !== 1 ? 2 : 1;
};

export const fullyConnected: Version<OpAttrs['FULLY_CONNECTED']> = (site, attrs) => {
  const types = typesOf(site);
  if (types === 'float32 int8 float32' && perChannel(site.inputs[1])) return 12;
  if (types === 'int16 int8 int16') return 7;
  if (types === 'int8 int4 int8') return 10;
  if (site.inputs.length === 2) return 6;
  if (attrs.keepNumDims) return 5;
  if (types === 'int8 int8 int8') return 4;
  if (types === 'float32 int8 float32') return attrs.asymmetricQuantizeInputs ? 9 : 3;
  return 1;
};

export const transposeConv: Version<OpAttrs['TRANSPOSE_CONV']> = ({ inputs }, attrs) => {
  if (attrs.activation !== 'NONE') return 4;
  return inputs[3] ? 3 : of(inputs[1], { int8: 2 });
};

export const batchMatmul: Version<OpAttrs['BATCH_MATMUL']> = ({ inputs }, attrs) => {
  if (inputs[0]?.dtype === 'float32' && inputs[1]?.dtype === 'int8')
    return attrs.asymmetricQuantizeInputs ? 4 : 1;
  return of(inputs[0], { int8: 2, int16: 3 });
};

export const mul: Version = ({ inputs: [first, second], outputs }) => {
  const [a = 0, b = 0, out = 0] = [first, second, outputs[0]].map(
    (value) => value?.quant?.scale[0],
  );
  const grows = a !== 0 && b !== 0 && out !== 0 && (a * b) / out >= 1;
  if (first?.dtype === 'int8' && grows) return 3;
  return of(first, { int8: 2, int16: first?.quant ? 4 : 7, int64: 5, complex64: 6, uint32: 7 });
};

export const add: Version = (site) => {
  const [first] = site.inputs;
  if (first?.dtype === 'int16') return !first.quant ? 5 : scalesArePowersOfTwo(site) ? 1 : 3;
  return of(first, { int8: 2, int64: 4 });
};

export const sub: Version = (site) => {
  if (!scalesArePowersOfTwo(site)) return 5;
  return wideBroadcast(site) ? 3 : of(site.inputs[0], { int8: 2, int64: 4 });
};

export const div: Version = (site) => (wideBroadcast(site) ? 2 : 1);

export const extreme: Version = (site) => {
  if (site.inputs[0]?.dtype === 'int16') return 4;
  return wideBroadcast(site) ? 3 : of(site.inputs[0], { int8: 2 });
};

export const gather: Version<OpAttrs['GATHER']> = ({ inputs: [first, indices] }, attrs) => {
  if (first?.dtype === 'int4') return 7;
  if (indices?.dtype === 'int16') return 6;
  return attrs.batchDims !== 0 ? 5 : of(first, { int8: 2, bool: 3, int16: 4 });
};

export const gatherNd: Version = ({ inputs: [first, indices] }) =>
  indices?.dtype === 'int16' ? 4 : of(first, { int16: 3, bool: 5 });

export const transpose: Version = ({ inputs: [first] }) => {
  if (rank(first) > 5) return 6;
  if (first?.dtype === 'int16') return 5;
  return rank(first) > 4 ? 4 : of(first, { int8: 2, bool: 3 });
};

export const stridedSlice: Version<OpAttrs['STRIDED_SLICE']> = ({ inputs: [first] }, attrs) => {
  if (attrs.offset) return 8;
  if (first?.dtype === 'uint32') return 7;
  if (attrs.ellipsisMask !== 0 || attrs.newAxisMask !== 0) return 6;
  return rank(first) > 4 ? 4 : of(first, { int8: 2, bool: 3 });
};

export const slice: Version = ({ inputs: [first] }) => {
  if (first?.dtype === 'uint32') return 6;
  return rank(first) > 4 ? 5 : of(first, { int8: 2, int16: 4 });
};

export const pad: Version = ({ inputs: [first] }) =>
  rank(first) > 4 ? 4 : of(first, { int8: 2, int16: 3 });

export const toOrFromBatch: Version = ({ inputs: [first] }) => {
  if (first?.dtype === 'int16') return 4;
  return rank(first) !== 4 ? 3 : of(first, { int8: 2 });
};

export const resizeBilinear: Version<OpAttrs['RESIZE_BILINEAR']> = ({ inputs: [first] }, attrs) => {
  if (first?.dtype === 'int16') return 4;
  return attrs.halfPixelCenters ? 3 : of(first, { int8: 2 });
};

export const resizeNearest: Version<OpAttrs['RESIZE_NEAREST_NEIGHBOR']> = (
  { inputs: [first] },
  attrs,
) => {
  if (first?.dtype === 'int16') return 4;
  return attrs.halfPixelCenters || attrs.alignCorners ? 3 : of(first, { int8: 2 });
};

export const dequantize: Version = ({ inputs: [first] }) => {
  if (first?.dtype === 'int8') return perChannel(first) ? 5 : 2;
  return of(first, { int4: 6, int16: 3, float16: 3 });
};

export const quantize: Version = ({ inputs: [first], outputs: [output] }) => {
  if (first?.dtype === 'int4' || output?.dtype === 'int4') return 4;
  return perChannel(output) ? 3 : of(output, { int16: 2 });
};

export const cast: Version = ({ inputs: [first], outputs: [output] }) => {
  const types = [first?.dtype, output?.dtype];
  if (first?.dtype === 'int4') return 6;
  if (types.includes('float64') || types.includes('float16')) return 5;
  if (types.includes('uint16')) return 4;
  if (types.includes('int8')) return 3;
  return types.includes('uint32') ? 2 : 1;
};

export const broadcastTo: Version = ({ inputs: [first] }) =>
  first?.dtype === 'int8' || first?.dtype === 'int16' ? 3 : 2;

export const select: Version = ({ inputs }) => {
  if (inputs[0]?.dtype === 'uint32') return 4;
  return inputs.some((input) => rank(input) === 5) ? 3 : of(inputs[0], { int8: 2 });
};

export const abs: Version = ({ inputs: [first] }) =>
  of(first, { int8: 2, uint8: 2, int16: first?.quant ? 3 : 4, int32: 5 });
