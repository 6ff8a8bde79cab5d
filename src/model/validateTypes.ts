/** Types of operands: which must be equal, and which need a scale. The cheap part of what kernels assume. */
import { IntactError } from './error';
import type { DType, Node, Value } from './graph';
import type { Inferred } from './infer';
import { operandRules } from './ops';

const narrow: ReadonlySet<DType> = new Set<DType>(['int4', 'int8', 'uint8']);

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
  const rule = operandRules[node.op];
  const present = inputs.filter((input) => input !== undefined);
  if (rule.alike && present.some((input) => input.dtype !== present[0]!.dtype))
    refuse(node, `mixes the types ${present.map((input) => input.dtype).join(' and ')}`);
  inferred.forEach(({ dtype }, index) => {
    const output = outputs[index]!;
    if (node.op !== 'QUANTIZE' && node.op !== 'DEQUANTIZE' && output.dtype !== dtype)
      refuse(node, `makes ${dtype}, but "${output.name}" is ${output.dtype}`);
  });
  if (node.op === 'QUANTIZE' && !outputs[0]?.quant)
    refuse(node, `makes "${outputs[0]?.name}", which has no scale`);
  if (!rule.scaled) return;
  const operands = rule.scaled === 'inputs' ? inputs : [...inputs, ...outputs];
  operands.forEach((value, index) => {
    if (!value || !narrow.has(value.dtype)) return;
    if (!value.quant) refuse(node, `needs a scale for the ${value.dtype} tensor "${value.name}"`);
    const weights = index === 1 && rule.bias !== undefined;
    if (value.quant.scale.length > 1 && !weights && node.op !== 'DEQUANTIZE')
      refuse(node, `takes one scale for "${value.name}", which has ${value.quant.scale.length}`);
  });
  const bias = rule.bias === undefined ? undefined : inputs[rule.bias];
  if (bias && (bias.dtype === 'float32') !== (outputs[0]?.dtype === 'float32'))
    refuse(node, `has a ${bias.dtype} bias, but makes ${outputs[0]?.dtype}`);
}
