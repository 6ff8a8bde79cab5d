/**
 * Operator versions as the runtime checks them: the lowest version whose kernel takes the operator's
 * types, ranks and options (tensorflow/lite/tools/versioning/op_version.cc).
 */
import type { DType, Node, Value } from '../../model/graph';
import type { OperandSite } from './options';
import { scalesArePowersOfTwo } from './options';

interface Site extends OperandSite {
  readonly node: Node;
}

const perChannel = (value: Value | undefined) => (value?.quant?.scale.length ?? 0) > 1;
const rank = (value: Value | undefined) => value?.shape.length ?? 0;
const shapeKey = (value: Value | undefined) => value?.shape.join();

/** Broadcasting in more than four dimensions came in a later version. */
function wideBroadcast({ inputs }: Site): boolean {
  return (
    shapeKey(inputs[0]) !== shapeKey(inputs[1]) && Math.max(rank(inputs[0]), rank(inputs[1])) > 4
  );
}

/** `byType` gives the version for the type of one input; 1 for the others. */
function of(type: DType | undefined, byType: Partial<Record<DType, number>>): number {
  return (type && byType[type]) ?? 1;
}

function convVersion({ inputs, outputs }: Site): number {
  const [input, weights] = inputs;
  const types = `${input?.dtype} ${weights?.dtype} ${outputs[0]?.dtype}`;
  if (input && weights && input.shape[3] !== weights.shape[3]) return 6; // grouped
  if (types === 'int16 int8 int16') return 4;
  if (types === 'int8 int8 int8') return 3;
  if (types === 'int8 int4 int8') return 7;
  if (types === 'float32 int8 float32') return perChannel(weights) ? 5 : 2;
  return 1;
}

function depthwiseVersion({ node, inputs, outputs }: Site): number {
  const types = `${inputs[0]?.dtype} ${inputs[1]?.dtype} ${outputs[0]?.dtype}`;
  if (types === 'int16 int8 int16') return 5;
  if (types === 'float32 int8 float32') return perChannel(inputs[1]) ? 6 : 4;
  if (types === 'int8 int8 int8') return 3;
  if (types === 'int8 int4 int8') return 7;
  if (node.op !== 'DEPTHWISE_CONV_2D') return 1;
  return node.attrs.dilationW !== 1 || node.attrs.dilationH !== 1 ? 2 : 1;
}

function fullyConnectedVersion({ node, inputs, outputs }: Site): number {
  if (node.op !== 'FULLY_CONNECTED') return 1;
  const types = `${inputs[0]?.dtype} ${inputs[1]?.dtype} ${outputs[0]?.dtype}`;
  if (types === 'float32 int8 float32' && perChannel(inputs[1])) return 12;
  if (types === 'int16 int8 int16') return 7;
  if (types === 'int8 int4 int8') return 10;
  if (inputs.length === 2) return 6;
  if (node.attrs.keepNumDims) return 5;
  if (types === 'int8 int8 int8') return 4;
  if (types === 'float32 int8 float32') return node.attrs.asymmetricQuantizeInputs ? 9 : 3;
  return 1;
}

/** The version to write for a node. */
export function operatorVersion(site: Site): number {
  const { node, inputs, outputs } = site;
  const first = inputs[0];
  const type = first?.dtype;
  switch (node.op) {
    case 'CONV_2D':
      return convVersion(site);
    case 'DEPTHWISE_CONV_2D':
      return depthwiseVersion(site);
    case 'FULLY_CONNECTED':
      return fullyConnectedVersion(site);
    case 'TRANSPOSE_CONV':
      if (node.attrs.activation !== 'NONE') return 4;
      return inputs[3] ? 3 : of(inputs[1]?.dtype, { int8: 2 });
    case 'BATCH_MATMUL':
      if (type === 'float32' && inputs[1]?.dtype === 'int8')
        return node.attrs.asymmetricQuantizeInputs ? 4 : 1;
      return of(type, { int8: 2, int16: 3 });
    case 'MUL': {
      const scales = [first, inputs[1], outputs[0]].map((value) => value?.quant?.scale[0] ?? 0);
      const [a = 0, b = 0, out = 0] = scales;
      const grows = a !== 0 && b !== 0 && out !== 0 && (a * b) / out >= 1;
      if (type === 'int8' && grows) return 3;
      return of(type, { int8: 2, int16: first?.quant ? 4 : 7, int64: 5, complex64: 6, uint32: 7 });
    }
    case 'ADD':
      if (type === 'int16') return !first?.quant ? 5 : scalesArePowersOfTwo(site) ? 1 : 3;
      return of(type, { int8: 2, int64: 4 });
    case 'SUB':
      if (!scalesArePowersOfTwo(site)) return 5;
      return wideBroadcast(site) ? 3 : of(type, { int8: 2, int64: 4 });
    case 'DIV':
      return wideBroadcast(site) ? 2 : 1;
    case 'MAXIMUM':
    case 'MINIMUM':
      if (type === 'int16') return 4;
      return wideBroadcast(site) ? 3 : of(type, { int8: 2 });
    case 'GATHER':
      if (type === 'int4') return 7;
      if (inputs[1]?.dtype === 'int16') return 6;
      return node.attrs.batchDims !== 0 ? 5 : of(type, { int8: 2, bool: 3, int16: 4 });
    case 'GATHER_ND':
      if (inputs[1]?.dtype === 'int16') return 4;
      return of(type, { int16: 3, bool: 5 });
    case 'TRANSPOSE':
      if (rank(first) > 5) return 6;
      if (type === 'int16') return 5;
      return rank(first) > 4 ? 4 : of(type, { int8: 2, bool: 3 });
    case 'STRIDED_SLICE':
      if (node.attrs.offset) return 8;
      if (type === 'uint32') return 7;
      if (node.attrs.ellipsisMask !== 0 || node.attrs.newAxisMask !== 0) return 6;
      return rank(first) > 4 ? 4 : of(type, { int8: 2, bool: 3 });
    case 'SLICE':
      if (type === 'uint32') return 6;
      return rank(first) > 4 ? 5 : of(type, { int8: 2, int16: 4 });
    case 'PAD':
    case 'PADV2':
      return rank(first) > 4 ? 4 : of(type, { int8: 2, int16: 3 });
    case 'SPACE_TO_BATCH_ND':
    case 'BATCH_TO_SPACE_ND':
      if (type === 'int16') return 4;
      return rank(first) !== 4 ? 3 : of(type, { int8: 2 });
    case 'SPLIT':
      return of(inputs[1]?.dtype, { int8: 2, int32: 3, int16: 4 });
    case 'RESIZE_BILINEAR':
      if (type === 'int16') return 4;
      return node.attrs.halfPixelCenters ? 3 : of(type, { int8: 2 });
    case 'RESIZE_NEAREST_NEIGHBOR':
      if (type === 'int16') return 4;
      return node.attrs.halfPixelCenters || node.attrs.alignCorners ? 3 : of(type, { int8: 2 });
    case 'DEQUANTIZE':
      if (type === 'int8') return perChannel(first) ? 5 : 2;
      return of(type, { int4: 6, int16: 3, float16: 3 });
    case 'QUANTIZE':
      if (type === 'int4' || outputs[0]?.dtype === 'int4') return 4;
      if (perChannel(outputs[0])) return 3;
      return of(outputs[0]?.dtype, { int16: 2 });
    case 'CAST': {
      const types = [type, outputs[0]?.dtype];
      if (type === 'int4') return 6;
      if (types.includes('float64') || types.includes('float16')) return 5;
      if (types.includes('uint16')) return 4;
      if (types.includes('int8')) return 3;
      return types.includes('uint32') ? 2 : 1;
    }
    case 'BROADCAST_TO':
      return type === 'int8' || type === 'int16' ? 3 : 2;
    case 'SELECT':
      if (type === 'uint32') return 4;
      if (inputs.some((input) => rank(input) === 5)) return 3;
      return of(type, { int8: 2 });
    case 'ABS':
      return of(type, { int8: 2, uint8: 2, int16: first?.quant ? 3 : 4, int32: 5 });
    case 'L2_NORMALIZATION':
      return of(outputs[0]?.dtype, { int8: 2 });
    case 'FILL':
      return of(inputs[1]?.dtype, { bool: 2, int8: 3, int16: 3, float16: 4 });
    default:
      return of(type, byFirstInput[node.op] ?? {});
  }
}

const int8Only = { int8: 2 } as const;
const int8And16 = { int8: 2, int16: 3 } as const;

const byFirstInput: Partial<Record<string, Partial<Record<DType, number>>>> = {
  MAX_POOL_2D: int8And16,
  AVERAGE_POOL_2D: int8And16,
  RELU: { int8: 2, uint8: 2, int16: 3 },
  RELU6: int8And16,
  TANH: int8And16,
  LOGISTIC: int8And16,
  SOFTMAX: int8And16,
  MEAN: int8And16,
  MIRROR_PAD: int8And16,
  REDUCE_MAX: int8And16,
  REDUCE_MIN: int8And16,
  RSQRT: int8And16,
  CONCATENATION: { int8: 2, int16: 3, uint32: 4 },
  PACK: { int8: 2, int16: 3, uint32: 4 },
  UNPACK: { int8: 2, uint8: 2, bool: 3, int16: 4 },
  REVERSE_V2: { bool: 2, int8: 3 },
  TILE: { int8: 3 },
  EQUAL: { int8: 2, int16: 4 },
  NOT_EQUAL: int8Only,
  LESS: int8And16,
  GREATER_EQUAL: int8And16,
  GREATER: int8Only,
  LESS_EQUAL: int8Only,
  SPACE_TO_DEPTH: int8Only,
  DEPTH_TO_SPACE: int8Only,
  SPLIT_V: int8Only,
  SUM: int8Only,
  LOG_SOFTMAX: int8Only,
  SQUARED_DIFFERENCE: int8Only,
  ARG_MAX: { int8: 2, bool: 3 },
  ARG_MIN: { int8: 2, bool: 3 },
  EXP: { int8: 2, int16: 2 },
  LOG: { int8: 2, int16: 2 },
  REDUCE_PROD: { int8: 2, int16: 2 },
  LEAKY_RELU: { int16: 2 },
  GELU: { int8: 2, uint8: 2 },
  SIGN: { int32: 2 },
  SELECT_V2: { uint32: 2 },
  FLOOR_DIV: { float32: 2, int8: 3, int16: 3 },
  FLOOR_MOD: { int8: 2, int16: 2 },
};
