/** Arguments of operation nodes: by position, by name in the call, or in the operation's config. */
import { floatConstant, malformed, unsupported } from '../../build/emit';
import { field, floats, scalar } from './fields';
import type { CallArgument, LayerCall } from './layer';

/** An argument by position, else by one of its names in the call or in the operation's config. */
export function argument(
  call: LayerCall,
  position: number,
  ...names: readonly string[]
): CallArgument | undefined {
  const given = call.args[position];
  if (given !== undefined) return given;
  for (const name of names) {
    if (Object.hasOwn(call.kwargs, name)) return call.kwargs[name];
    const json = field(call.config, name);
    if (json !== undefined) return { json };
  }
  return undefined;
}

export function plainArgument(
  call: LayerCall,
  position: number,
  ...names: readonly string[]
): unknown {
  const found = argument(call, position, ...names);
  if (found === undefined) return undefined;
  if ('value' in found) return unsupported('an argument that is computed by the model.');
  return scalar(found.json) ?? undefined;
}

function nestedShape(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...nestedShape(value[0])] : [];
}

/** A tensor, or numbers as a constant. */
export function tensor(call: LayerCall, found: CallArgument | undefined, name: string): number {
  if (found === undefined) return malformed(`it lacks the argument ${name}.`);
  if ('value' in found) return found.value;
  const json = scalar(found.json);
  const numbers = floats(json);
  if (numbers === undefined) return unsupported(`an argument ${name} that is no number.`);
  return floatConstant(call, name, nestedShape(json), numbers);
}

export function integerList(value: unknown): number[] {
  const list = floats(value);
  if (list === undefined || !list.every(Number.isInteger))
    return unsupported('sizes or axes that are not fixed numbers.');
  return list;
}

/** The operand of a function of one tensor. */
export const one = (call: LayerCall) =>
  tensor(call, argument(call, 0, 'x', 'input', 'input_tensor', 'features', 'tensor'), 'x');

/** All tensors among the arguments. */
export const tensors = (call: LayerCall): number[] =>
  call.args.flatMap((item) => ('value' in item ? [item.value] : []));
