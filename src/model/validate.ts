/** What every Graph keeps to, checked: engines and passes rely on it. */
import { IntactError } from './error';
import type { Graph, Node, Value } from './graph';
import { allocate, elementCount, valueAt } from './graph';
import { inferShapes } from './infer';
import { checkTypes } from './validateTypes';

const shown = (shape: readonly number[]) => `[${shape.join(', ')}]`;

function broken(where: string, what: string): never {
  throw new IntactError('malformed', `The model contradicts itself: ${where} ${what}.`);
}

const mostElements = 2 ** 31 - 1;

/** Lowest and highest value of the integer types that quantization uses. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int4: [-8, 7],
  int8: [-128, 127],
  int16: [-32768, 32767],
  uint8: [0, 255],
};

function checkQuant(value: Value): void {
  const { quant, shape, dtype } = value;
  if (!quant) return;
  const where = `tensor "${value.name}"`;
  const count = quant.scale.length;
  if (count < 1 || quant.zeroPoint.length !== count)
    broken(where, `has ${count} scales and ${quant.zeroPoint.length} zero points`);
  if (count > 1 && shape[quant.axis] !== count)
    broken(where, `of shape ${shown(shape)} has ${count} scales along axis ${quant.axis}`);
  if (quant.scale.some((scale) => !Number.isFinite(scale) || scale < 0))
    broken(where, 'has a scale that is negative or no number');
  const range = ranges[dtype];
  if (range && quant.zeroPoint.some((zero) => zero < range[0] || zero > range[1]))
    broken(where, `has a zero point outside ${range[0]}…${range[1]}`);
}

function checkValue(value: Value): void {
  const where = `tensor "${value.name}"`;
  const { shape, signature, data, dtype } = value;
  if (shape.length > 16) broken(where, `has ${shape.length} dimensions`);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0))
    broken(where, `has the shape ${shown(shape)}`);
  const count = elementCount(shape);
  if (count > mostElements)
    broken(where, `has the shape ${shown(shape)}, more elements than a tensor can have`);
  if (signature && signature.length !== shape.length)
    broken(where, `has the shape ${shown(shape)}, but the signature ${shown(signature)}`);
  const opaque = dtype === 'string' || dtype === 'complex64' || dtype === 'other';
  if (data && !opaque) {
    if (data.length !== count)
      broken(where, `of shape ${shown(shape)} holds ${data.length} elements`);
    if (data.constructor !== allocate(dtype, 0).constructor)
      broken(where, `of type ${dtype} is stored in a ${data.constructor.name}`);
  }
  checkQuant(value);
}

function uniqueNames(kind: string, items: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (seen.has(name)) broken(`the name "${name}"`, `is that of two ${kind}`);
    seen.add(name);
  }
}

function checkShapes(graph: Graph, node: Node): void {
  if (node.op === 'UNSUPPORTED') return;
  const where = `operator ${node.op} "${node.name}"`;
  const inputs = node.inputs.map((index) => valueAt(graph, index));
  const outputs = node.outputs.map((index) => graph.values[index]!);
  let inferred;
  try {
    inferred = inferShapes(node.op, node.attrs, inputs);
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) throw thrown;
    const [from, to] = [inputs[0], outputs[0]];
    const sameCount = from && to && elementCount(from.shape) === elementCount(to.shape);
    if (thrown.code === 'unsupported' && node.op === 'RESHAPE' && sameCount) return;
    throw new IntactError(thrown.code, `${where}: ${thrown.message}`, thrown.data);
  }
  if (inferred.length !== outputs.length)
    broken(where, `has ${outputs.length} outputs, but makes ${inferred.length}`);
  checkTypes(node, inputs, outputs, inferred);
  inferred.forEach(({ shape }, index) => {
    const output = outputs[index]!;
    if (shown(shape) !== shown(output.shape))
      broken(
        where,
        `makes ${shown(shape)}, but "${output.name}" has the shape ${shown(output.shape)}`,
      );
  });
}

/**
 * Checks a graph: indices in range, each value produced once and before its use, constants and only
 * they with data of the length and type that their shape and dtype ask for, unique names, sound
 * quantization parameters, and shapes that are those the operators make of their inputs.
 * Throws IntactError `malformed` (or `unsupported`, where a shape depends on data).
 */
export function validate(graph: Graph): void {
  const count = graph.values.length;
  const inRange = (index: number, lowest: number) =>
    Number.isInteger(index) && index >= lowest && index < count;
  graph.values.forEach(checkValue);
  uniqueNames('tensors', graph.values);
  uniqueNames('operators', graph.nodes);
  const ready = new Set<number>();
  graph.values.forEach((value, index) => {
    if (value.data) ready.add(index);
  });
  for (const index of graph.inputs) {
    if (!inRange(index, 0)) broken('an input', `is tensor ${index} of ${count}`);
    if (ready.has(index))
      broken(`input "${graph.values[index]!.name}"`, 'is a constant, or listed twice');
    ready.add(index);
  }
  for (const node of graph.nodes) {
    const where = `operator ${node.op} "${node.name}"`;
    if (!graph.layers[node.layer]) broken(where, `is of layer ${node.layer}, which is missing`);
    for (const index of node.inputs) {
      if (!inRange(index, -1)) broken(where, `takes tensor ${index} of ${count}`);
      if (index >= 0 && !ready.has(index))
        broken(where, `takes "${graph.values[index]!.name}" before anything has produced it`);
    }
    for (const index of node.outputs) {
      if (!inRange(index, 0)) broken(where, `makes tensor ${index} of ${count}`);
      if (ready.has(index))
        broken(where, `makes "${graph.values[index]!.name}", which is there already`);
      ready.add(index);
    }
    checkShapes(graph, node);
  }
  for (const index of graph.outputs) {
    if (!inRange(index, 0)) broken('an output', `is tensor ${index} of ${count}`);
    if (!ready.has(index))
      broken(`output "${graph.values[index]!.name}"`, 'is produced by no operator');
  }
}
