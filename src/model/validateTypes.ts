/** Types of operands: which must be equal, and which need a scale. The cheap part of what kernels assume. */
import { IntactError } from './error';
import type { DType, Node, Value } from './graph';
import type { Inferred } from './infer';
import type { OpName } from './ops';

/** Operators whose inputs are all of one type. */
const oneType: ReadonlySet<OpName> = new Set<OpName>([
  'ADD',
  'SUB',
  'MUL',
  'DIV',
  'MAXIMUM',
  'MINIMUM',
  'SQUARED_DIFFERENCE',
  'POW',
  'FLOOR_DIV',
  'FLOOR_MOD',
  'PRELU',
  'CONCATENATION',
  'PACK',
  'EQUAL',
  'NOT_EQUAL',
  'GREATER',
  'GREATER_EQUAL',
  'LESS',
  'LESS_EQUAL',
  'LOGICAL_AND',
  'LOGICAL_OR',
]);

/** Operators that compute with the real values behind 8-bit and 4-bit operands. */
const needScales: ReadonlySet<OpName> = new Set<OpName>([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'TRANSPOSE_CONV',
  'FULLY_CONNECTED',
  'BATCH_MATMUL',
  'ADD',
  'SUB',
  'MUL',
  'DIV',
  'SQUARED_DIFFERENCE',
  'PRELU',
  'RELU6',
  'LEAKY_RELU',
  'ELU',
  'GELU',
  'HARD_SWISH',
  'LOGISTIC',
  'TANH',
  'SOFTMAX',
  'LOG_SOFTMAX',
  'L2_NORMALIZATION',
  'MEAN',
  'SUM',
  'RSQRT',
  'DEQUANTIZE',
]);
const narrow: ReadonlySet<DType> = new Set<DType>(['int4', 'int8', 'uint8']);

/** Operators with weights as input 1, the only operand that may have one scale per channel. */
const withWeights: ReadonlySet<OpName> = new Set<OpName>([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'TRANSPOSE_CONV',
  'FULLY_CONNECTED',
]);

function refuse(node: Node, what: string): never {
  throw new IntactError(
    'malformed',
    `The model contradicts itself: operator ${node.op} "${node.name}" ${what}.`,
  );
}

/** Throws IntactError `malformed`. `inferred`: what the operator makes of its inputs. */
export function checkTypes(
  node: Node,
  inputs: readonly (Value | undefined)[],
  outputs: readonly Value[],
  inferred: readonly Inferred[],
): void {
  const present = inputs.filter((input) => input !== undefined);
  if (oneType.has(node.op) && present.some((input) => input.dtype !== present[0]!.dtype))
    refuse(node, `mixes the types ${present.map((input) => input.dtype).join(' and ')}`);
  inferred.forEach(({ dtype }, index) => {
    const output = outputs[index]!;
    if (node.op !== 'QUANTIZE' && node.op !== 'DEQUANTIZE' && output.dtype !== dtype)
      refuse(node, `makes ${dtype}, but "${output.name}" is ${output.dtype}`);
  });
  if (node.op === 'QUANTIZE' && !outputs[0]?.quant)
    refuse(node, `makes "${outputs[0]?.name}", which has no scale`);
  if (!needScales.has(node.op)) return;
  const operands = node.op === 'DEQUANTIZE' ? inputs : [...inputs, ...outputs];
  operands.forEach((value, index) => {
    if (!value || !narrow.has(value.dtype)) return;
    if (!value.quant) refuse(node, `needs a scale for the ${value.dtype} tensor "${value.name}"`);
    const weights = index === 1 && withWeights.has(node.op);
    if (value.quant.scale.length > 1 && !weights && node.op !== 'DEQUANTIZE')
      refuse(node, `takes one scale for "${value.name}", which has ${value.quant.scale.length}`);
  });
  // The bias is float32 with float32 activations, else int32 (int64 with int16).
  const bias = withWeights.has(node.op) ? inputs[node.op === 'TRANSPOSE_CONV' ? 3 : 2] : undefined;
  if (bias && (bias.dtype === 'float32') !== (outputs[0]?.dtype === 'float32'))
    refuse(node, `has a ${bias.dtype} bias, but makes ${outputs[0]?.dtype}`);
}
