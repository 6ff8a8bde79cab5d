/** Operators and tensors of a file → Graph: attributes, shapes, constants, names, issues. */
import { IntactError } from '../../model/error';
import type { Graph, Issue, Layer, Node, Value } from '../../model/graph';
import { allocate, elementCount } from '../../model/graph';
import { inferShapes } from '../../model/infer';
import { createNames } from '../../model/names';
import type { OpAttrs, OpName } from '../../model/ops';
import type { CheckedBuffer } from './checked';
import { malformed } from './checked';
import { foldShapes } from './fold';
import type { Flat, RawOp } from './flatten';
import { ordered } from './flatten';
import { codecs, isKnownOp } from './ops';
import type { ConstantReader, Draft } from './tensors';

interface Built {
  readonly op: OpName;
  readonly attrs: OpAttrs[OpName];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}
interface Unsupported {
  readonly kind: string;
  readonly reason: string;
}

const quoted = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** Which operator makes each tensor; every tensor once, and no constant or input. */
function producers(flat: Flat): Map<number, RawOp> {
  const made = new Map<number, RawOp>();
  const inputs = new Set(flat.inputs);
  if (inputs.size !== flat.inputs.length) malformed('it lists an input twice.');
  for (const op of flat.ops)
    for (const output of op.outputs) {
      const { name } = flat.drafts[output]!;
      if (made.has(output)) malformed(`two operators produce the tensor "${name}".`);
      if (inputs.has(output)) malformed(`an operator produces the input "${name}".`);
      made.set(output, op);
    }
  return made;
}

/** Gives every tensor that is used, but neither produced nor an input, its data. */
function attachConstants(flat: Flat, made: Map<number, RawOp>, constants: ConstantReader): void {
  const inputs = new Set(flat.inputs);
  const used = new Set([...flat.ops.flatMap((op) => op.inputs), ...flat.outputs]);
  used.delete(-1);
  for (const index of used) {
    if (made.has(index) || inputs.has(index)) continue;
    const draft = flat.drafts[index]!;
    if (draft.variable) continue;
    const data = constants.read(draft);
    if (data) draft.data = data;
    else if (elementCount(draft.shape) === 0) draft.data = allocate(draft.dtype, 0);
    else if (draft.problem === undefined)
      malformed(`the tensor "${draft.name}" is used, but nothing produces it and it has no data.`);
  }
}

function attributes(op: RawOp, flat: Flat, bytes: CheckedBuffer): Built | Unsupported {
  const { kind } = op;
  const unsupported = (reason: string): Unsupported => ({ kind, reason });
  if (op.custom)
    return unsupported(
      kind.startsWith('Flex')
        ? 'it is a TensorFlow operator (Flex), not one of TensorFlow Lite'
        : 'it is a custom operator, whose code is not in the file',
    );
  if (op.problem) return unsupported(op.problem);
  if (/^(VAR_HANDLE|READ_VARIABLE|ASSIGN_VARIABLE|CALL_ONCE)$/.test(kind))
    return unsupported(
      'its weights are variables, which another signature sets or nothing does, and no constants of the file. Convert the model with TFLiteConverter.from_keras_model, or from_concrete_functions with its variables frozen',
    );
  if (!isKnownOp(kind)) return unsupported('Intact has no kernel for it');
  const at = (index: number) => (index < 0 ? undefined : flat.drafts[index]!);
  const inputs = op.inputs.map(at);
  const outputs = op.outputs.map((index) => flat.drafts[index]!);
  for (const draft of [...inputs, ...outputs]) {
    if (draft?.problem) return unsupported(draft.problem);
    if (draft?.variable) return unsupported(`tensor "${draft.name}" keeps its state between runs`);
  }
  const attrs = codecs[kind].read({
    operator: op.operator,
    inputs,
    outputs,
    ints: (length, read) => bytes.list(length, read),
  });
  if (typeof attrs === 'string') return unsupported(attrs);
  return { op: kind, attrs, inputs: op.inputs, outputs: op.outputs };
}

/** Operators before the new shape became an input: it stands in the option, or in the output tensor. */
function withShapeInput(op: RawOp, flat: Flat): void {
  if (op.kind !== 'RESHAPE' || op.custom || op.inputs.length !== 1 || !op.outputs.length) return;
  const { shape, name } = flat.drafts[op.outputs[0]!]!;
  const draft: Draft = {
    name: `${name}/shape`,
    shape: [shape.length],
    dtype: 'int32',
    data: Int32Array.from(shape),
    buffer: 0,
    variable: false,
  };
  op.inputs = [op.inputs[0]!, flat.drafts.push(draft) - 1];
}

/**
 * Sets the shapes of the outputs to what the operator makes of its inputs, as the runtime does
 * (it ignores the file's). Gives a reason where the shapes are known only at run time.
 */
function settleShapes(node: Built, flat: Flat, bytes: CheckedBuffer): string | undefined {
  const inputs = node.inputs.map((index) => (index < 0 ? undefined : flat.drafts[index]!));
  const outputs = node.outputs.map((index) => flat.drafts[index]!);
  const where = outputs[0] ? ` (it makes "${outputs[0].name}")` : '';
  for (const input of inputs)
    if (input?.dtype.startsWith('int') && input.shape.length <= 2)
      bytes.charge(input.data?.length ?? 0);
  const { attrs } = node;
  const parts = 'numSplits' in attrs ? attrs.numSplits : 'num' in attrs ? attrs.num : undefined;
  if (parts !== undefined && parts !== outputs.length)
    malformed(`${node.op} makes ${parts} parts, but lists ${outputs.length} outputs${where}.`);
  let shapes;
  try {
    shapes = inferShapes(node.op, node.attrs, inputs as (Value | undefined)[]);
  } catch (thrown) {
    if (!(thrown instanceof IntactError)) throw thrown;
    if (thrown.code !== 'unsupported')
      refuseShapes(flat, `${thrown.message.slice(0, -1)}${where}.`);
    // A reshape keeps the number of elements: with that, the file's own shape can be trusted.
    const [from, to] = [inputs[0]?.shape, outputs[0]?.shape];
    const trusted = node.op === 'RESHAPE' && outputs.length === 1 && from && to;
    if (trusted && elementCount(from) === elementCount(to)) return undefined;
    return 'the size of its output depends on data that is known only when the model runs';
  }
  if (shapes.length !== outputs.length)
    malformed(`${node.op} has ${shapes.length} outputs, but lists ${outputs.length}${where}.`);
  shapes.forEach(({ shape }, index) => {
    const draft = outputs[index]!;
    if (quoted(draft.shape) !== quoted(shape)) draft.signature = undefined;
    draft.shape = shape;
  });
  return undefined;
}

/** Shapes that don't go together: the file's fault, unless sizes are open and were taken as 1. */
function refuseShapes(flat: Flat, message: string): never {
  const open = flat.inputs
    .map((index) => flat.drafts[index]!)
    .find(({ signature }) => signature?.slice(1).includes(-1));
  if (!open?.signature) malformed(message);
  throw new IntactError(
    'unsupported',
    `The input "${open.name}" of this .tflite file has the open size ${quoted(open.signature)}, and with 1 in the open places the model cannot run (${message.slice(0, -1)}). Export it with a fixed input size.`,
  );
}

/** What an operator that cannot run makes has the size that the file gives, if it gives one. */
function leaveOpen(node: Unsupported, outputs: readonly Draft[], sizeUnknown: boolean): void {
  for (const output of outputs)
    if (sizeUnknown || output.signature?.slice(1).includes(-1))
      output.problem ??= `the size of tensor "${output.name}" is known only when ${node.kind} runs`;
}

/** Drops what nothing uses and numbers the rest. */
function compact(flat: Flat, nodes: readonly Built[], name: string, issues: Issue[]): Graph {
  const used = new Set<number>([...flat.inputs, ...flat.outputs]);
  for (const node of nodes) for (const index of [...node.inputs, ...node.outputs]) used.add(index);
  const drafts = flat.drafts.map((draft, index) => ({ draft, index }));
  const kept = drafts.filter(({ index }) => used.has(index));
  const places = new Map(kept.map(({ index }, place) => [index, place]));
  const moved = (indices: readonly number[]) => indices.map((index) => places.get(index) ?? -1);
  const valueNames = createNames();
  const values = kept.map(({ draft }): Value => {
    const { shape, signature, dtype, data, quant } = draft;
    const value = { name: valueNames.claim(draft.name), shape, dtype };
    return {
      ...value,
      ...(signature && { signature }),
      ...(data && { data }),
      ...(quant && { quant }),
    };
  });
  const nodeNames = createNames();
  const layers: Layer[] = [];
  const finished = nodes.map((node, index) => {
    const outputs = moved(node.outputs);
    const label = nodeNames.claim(values[outputs[0] ?? -1]?.name ?? `${node.op}_${index}`);
    const unsupported = node.op === 'UNSUPPORTED' ? (node.attrs as Unsupported) : undefined;
    layers.push({ name: label, type: unsupported?.kind ?? node.op });
    if (unsupported)
      issues.push({
        severity: 'error',
        layer: label,
        message: `${unsupported.kind} ("${label}") cannot run: ${unsupported.reason}.`,
      });
    return { ...node, name: label, inputs: moved(node.inputs), outputs, layer: index } as Node;
  });
  const [inputs, outputs] = [moved(flat.inputs), moved(flat.outputs)];
  return { name, values, nodes: finished, inputs, outputs, layers };
}

/** Throws IntactError `malformed` where the parts contradict each other. */
export function assemble(
  flat: Flat,
  bytes: CheckedBuffer,
  constants: ConstantReader,
  name: string,
  issues: Issue[],
): Graph {
  const made = producers(flat);
  attachConstants(flat, made, constants);
  const outputs = new Set(flat.outputs);
  const nodes: Built[] = [];
  for (const op of ordered(flat.ops)) {
    withShapeInput(op, flat);
    let node = attributes(op, flat, bytes);
    let sizeUnknown = false;
    if (!('reason' in node)) {
      const reason = settleShapes(node, flat, bytes);
      sizeUnknown = reason !== undefined;
      if (reason) node = { kind: node.op, reason };
      else if (foldShapes(node as Node, flat.drafts, outputs)) continue;
    }
    if ('op' in node) nodes.push(node);
    else {
      leaveOpen(
        node,
        op.outputs.map((index) => flat.drafts[index]!),
        sizeUnknown,
      );
      // What nothing can hold (state, sparse data) is left out of the graph.
      const holds = (index: number) =>
        index >= 0 &&
        (made.has(index) || flat.inputs.includes(index) || flat.drafts[index]!.data !== undefined);
      const inputs = op.inputs.map((index) => (holds(index) ? index : -1));
      nodes.push({ op: 'UNSUPPORTED', attrs: node, inputs, outputs: op.outputs });
    }
  }
  for (const index of flat.outputs) {
    const draft = flat.drafts[index]!;
    if (!made.has(index) && !flat.inputs.includes(index) && !draft.data)
      malformed(`nothing produces its output "${draft.name}".`);
  }
  return compact(flat, nodes, name, issues);
}
