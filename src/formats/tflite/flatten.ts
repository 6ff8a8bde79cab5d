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

export function flatten(bytes: CheckedBuffer, model: fb.Model, main: number): Flat {
  const codes = opCodes(bytes, model);
  const drafts: Draft[] = [];
  const ops: RawOp[] = [];

  function check(indices: readonly number[], count: number, optional: boolean): void {
    for (const index of indices)
      if (index >= count || index < (optional ? -1 : 0))
        malformed(`it uses tensor ${index}, but has only ${count} tensors.`);
  }

  /** `bound`: this subgraph's tensors that are tensors of the caller. */
  function enter(
    subgraph: fb.SubGraph,
    bound: ReadonlyMap<number, number>,
    depth: number,
  ): (local: number) => number {
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
      check(outputs, count, false);
      const code = codes[operator.opcodeIndex()];
      if (!code) malformed(`an operator uses code ${operator.opcodeIndex()} of ${codes.length}.`);
      const op = { inputs: inputs.map(globally), outputs: outputs.map(globally), operator };
      const problem = code.name === 'STABLEHLO_COMPOSITE' ? inline(op, depth) : undefined;
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

  function inline(op: Omit<RawOp, 'kind' | 'custom'>, depth: number): string {
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
    const from = bytes.list(body.inputsLength(), (at) => body.inputs(at));
    const to = bytes.list(body.outputsLength(), (at) => body.outputs(at));
    check(from, body.tensorsLength(), false);
    check(to, body.tensorsLength(), false);
    const bound = new Map<number, number>();
    from.forEach((local, at) => bound.set(local, op.inputs[at] ?? -1));
    if (from.length !== op.inputs.length || bound.size !== from.length || op.inputs.includes(-1))
      return 'its inputs are not those of the subgraph that it is made of';
    to.forEach((local, at) => bound.set(local, op.outputs[at] ?? -1));
    if (to.length !== op.outputs.length || bound.size !== from.length + to.length)
      return 'its outputs are not those of the subgraph that it is made of';
    enter(body, bound, depth + 1);
    return 'inlined';
  }

  const subgraph = model.subgraphs(main)!;
  const inputs = bytes.list(subgraph.inputsLength(), (at) => subgraph.inputs(at));
  const outputs = bytes.list(subgraph.outputsLength(), (at) => subgraph.outputs(at));
  check(inputs, subgraph.tensorsLength(), false);
  check(outputs, subgraph.tensorsLength(), false);
  const globally = enter(subgraph, new Map(), 0);
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
