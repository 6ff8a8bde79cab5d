/** Subgraphs → one list of operators over one list of tensors; composites are replaced by their bodies. */
import { IntactError } from '../../model/error';
import type { CheckedBuffer } from './checked';
import { malformed } from './checked';
import * as fb from './generated/tflite';
import { builtinName } from './ops';
import type { Draft } from './tensors';
import { readTensor } from './tensors';

/** An operator while the graph is being put together. Indices are into `Flat.drafts`; −1 is absent. */
export interface RawOp {
  /** Builtin name, or a custom operator's own. */
  readonly kind: string;
  readonly custom: boolean;
  /** Why it cannot run, where that is known already. */
  readonly problem?: string;
  readonly operator: fb.Operator;
  inputs: number[];
  readonly outputs: number[];
}

export interface Flat {
  readonly drafts: Draft[];
  readonly ops: RawOp[];
  readonly inputs: number[];
  readonly outputs: number[];
}

/** Composites nested in composites can multiply: what a graph may grow to. */
const mostOperators = 100_000;
const deepest = 16;

interface OpCode {
  readonly name: string;
  readonly custom: boolean;
}

function opCodes(bytes: CheckedBuffer, model: fb.Model): OpCode[] {
  return bytes.list(model.operatorCodesLength(), (index) => {
    const code = model.operatorCodes(index)!;
    // Codes below 127 stand in the old field, later ones in the new one (schema_utils.cc).
    const number = Math.max(code.deprecatedBuiltinCode(), code.builtinCode());
    const custom = number === fb.BuiltinOperator.CUSTOM;
    const name = custom ? code.customCode() || 'CUSTOM' : builtinName(number);
    return { name: name ?? `builtin operator ${number}`, custom };
  });
}

/** What is gathered while subgraphs are entered. */
interface Unfolding {
  readonly bytes: CheckedBuffer;
  readonly model: fb.Model;
  readonly codes: readonly OpCode[];
  readonly drafts: Draft[];
  readonly ops: RawOp[];
}

function check(indices: readonly number[], count: number, optional = false): void {
  for (const index of indices)
    if (index >= count || index < (optional ? -1 : 0))
      malformed(`it uses tensor ${index}, but has only ${count} tensors.`);
}

/** The tensors that a subgraph takes and gives, as its own numbers. */
function bordersOf({ bytes }: Unfolding, subgraph: fb.SubGraph) {
  const inputs = bytes.list(subgraph.inputsLength(), (at) => subgraph.inputs(at));
  const outputs = bytes.list(subgraph.outputsLength(), (at) => subgraph.outputs(at));
  check(inputs, subgraph.tensorsLength());
  check(outputs, subgraph.tensorsLength());
  return { inputs, outputs };
}

/**
 * Adds a subgraph's tensors and operators; gives the places of its tensors. `bound`: those of its
 * tensors that are tensors of the caller.
 */
function enter(
  unfolding: Unfolding,
  subgraph: fb.SubGraph,
  bound: ReadonlyMap<number, number>,
  depth: number,
): (local: number) => number {
  const { bytes, codes, drafts, ops } = unfolding;
  const count = subgraph.tensorsLength();
  const places = bytes
    .list(count, (index) => subgraph.tensors(index))
    .map((tensor, index) => {
      const place = bound.get(index);
      if (place !== undefined) return place;
      drafts.push(readTensor(bytes, tensor, index));
      return drafts.length - 1;
    });
  const globally = (local: number) => (local === -1 ? -1 : places[local]!);
  for (const operator of bytes.list(subgraph.operatorsLength(), (at) => subgraph.operators(at))) {
    const inputs = bytes.list(operator.inputsLength(), (at) => operator.inputs(at));
    const outputs = bytes.list(operator.outputsLength(), (at) => operator.outputs(at));
    check(inputs, count, true);
    check(outputs, count);
    const code = codes[operator.opcodeIndex()];
    if (!code) malformed(`an operator uses code ${operator.opcodeIndex()} of ${codes.length}.`);
    const op = { inputs: inputs.map(globally), outputs: outputs.map(globally), operator };
    const isComposite = code.name === 'STABLEHLO_COMPOSITE';
    const problem = isComposite ? inline(unfolding, op, depth) : undefined;
    if (problem === 'inlined') continue;
    ops.push({ ...op, kind: code.name, custom: code.custom, problem });
    if (ops.length > mostOperators)
      throw new IntactError(
        'limit',
        `This .tflite file unfolds to more than ${mostOperators} operators, which is more than Intact takes.`,
      );
  }
  return globally;
}

/** Puts a composite operator's own subgraph in its place: "inlined", or why that can't be done. */
function inline(unfolding: Unfolding, op: Omit<RawOp, 'kind' | 'custom'>, depth: number): string {
  const { model } = unfolding;
  const { operator } = op;
  if (operator.builtinOptions2Type() !== fb.BuiltinOptions2.StableHLOCompositeOptions)
    return 'it does not say what it is made of';
  const options = operator.builtinOptions2(
    new fb.StableHLOCompositeOptions(),
  ) as fb.StableHLOCompositeOptions | null;
  const index = options?.decompositionSubgraphIndex() ?? -1;
  const body = index >= 0 && index < model.subgraphsLength() ? model.subgraphs(index) : null;
  if (!body) return 'the subgraph that it is made of is missing';
  if (depth >= deepest) malformed('its composite operators contain one another.');
  const { inputs, outputs } = bordersOf(unfolding, body);
  const bound = new Map<number, number>();
  inputs.forEach((local, at) => bound.set(local, op.inputs[at] ?? -1));
  if (inputs.length !== op.inputs.length || bound.size !== inputs.length || op.inputs.includes(-1))
    return 'its inputs are not those of the subgraph that it is made of';
  outputs.forEach((local, at) => bound.set(local, op.outputs[at] ?? -1));
  if (outputs.length !== op.outputs.length || bound.size !== inputs.length + outputs.length)
    return 'its outputs are not those of the subgraph that it is made of';
  enter(unfolding, body, bound, depth + 1);
  return 'inlined';
}

/** Tensors and operators of subgraph `main`, composite operators replaced by what they are made of. */
export function flatten(bytes: CheckedBuffer, model: fb.Model, main: number): Flat {
  const codes = opCodes(bytes, model);
  const unfolding: Unfolding = { bytes, model, codes, drafts: [], ops: [] };
  const subgraph = model.subgraphs(main)!;
  const { inputs, outputs } = bordersOf(unfolding, subgraph);
  const globally = enter(unfolding, subgraph, new Map(), 0);
  const { drafts, ops } = unfolding;
  return { drafts, ops, inputs: inputs.map(globally), outputs: outputs.map(globally) };
}

/** Producers before consumers; keeps the file's order where that is already so. Refuses cycles. */
export function ordered(ops: readonly RawOp[]): RawOp[] {
  const producer = new Map<number, number>();
  ops.forEach((op, index) => {
    for (const output of op.outputs) producer.set(output, index);
  });
  const result: RawOp[] = [];
  const state = new Uint8Array(ops.length); // 0 new, 1 waiting for its inputs, 2 done
  for (let first = 0; first < ops.length; first++) {
    const stack = [{ index: first, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const op = ops[top.index]!;
      if (state[top.index] === 2) {
        stack.pop();
        continue;
      }
      state[top.index] = 1;
      const input = op.inputs[top.next++];
      if (input === undefined) {
        state[top.index] = 2;
        result.push(op);
        stack.pop();
        continue;
      }
      const before = producer.get(input);
      if (before === undefined || state[before] === 2) continue;
      if (state[before] === 1) malformed('its operators form a cycle.');
      stack.push({ index: before, next: 0 });
    }
  }
  return result;
}
