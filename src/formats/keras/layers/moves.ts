/** Functions of operation nodes that only move numbers (keras.ops and tf, see operations.ts). */
import { axisIn, emit, intConstant, shapeOf, transposeTo, unsupported } from '../../build/emit';
import { isJson } from './fields';
import { integerList, one, plainArgument, tensors } from './arguments';
import type { LayerCall } from './layer';

type Rule = (call: LayerCall) => number;

/** Slices: {start, stop, step}, in Keras 3 as the config of a '__slice__'. */
function getItem(call: LayerCall): number {
  const input = one(call);
  const key = plainArgument(call, 1, 'key', 'slice_spec');
  const items: unknown[] = Array.isArray(key) ? key : [key];
  const bound = (value: unknown): number | undefined => {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    return unsupported('a slice whose bounds are no fixed numbers.');
  };
  let [beginMask, endMask, shrinkAxisMask, ellipsisMask] = [0, 0, 0, 0];
  const ranges = items.map((item, axis) => {
    if (isJson(item) && item['class_name'] === '__ellipsis__') {
      ellipsisMask |= 1 << axis;
      return { start: 0, stop: 0, step: 1 };
    }
    if (typeof item === 'number') {
      if (axis === 0) return unsupported('a slice that takes the batch away.');
      shrinkAxisMask |= 1 << axis;
      return { start: item, stop: item + 1, step: 1 };
    }
    const slice = isJson(item) && isJson(item['config']) ? item['config'] : item;
    if (!isJson(slice) || !('start' in slice))
      return unsupported('a slice other than numbers and ranges.');
    const [start, stop] = [bound(slice['start']), bound(slice['stop'])];
    if (start === undefined) beginMask |= 1 << axis;
    if (stop === undefined) endMask |= 1 << axis;
    return { start: start ?? 0, stop: stop ?? 0, step: bound(slice['step']) ?? 1 };
  });
  const attrs = { beginMask, endMask, shrinkAxisMask, ellipsisMask, newAxisMask: 0 };
  const operand = (name: 'start' | 'stop' | 'step') =>
    intConstant(
      call,
      name,
      ranges.map((range) => range[name]),
    );
  const operands = [input, operand('start'), operand('stop'), operand('step')];
  return emit(call, 'STRIDED_SLICE', { ...attrs, offset: false }, operands);
}

function reshape(call: LayerCall): number {
  const input = one(call);
  const raw = plainArgument(call, 1, 'newshape', 'shape');
  if (!Array.isArray(raw)) return unsupported('a reshape to a size that is not fixed.');
  const shape = integerList(raw.map((size: unknown) => size ?? -1));
  // The first size is the batch; with another size left open it is the 1 that the graph has.
  const open = shape.slice(1).includes(-1);
  const target = [open ? 1 : -1, ...shape.slice(1)];
  if (shape[0] !== -1 && shape[0] !== 1) return unsupported('a reshape that changes the batch.');
  return emit(call, 'RESHAPE', {}, [input, intConstant(call, 'shape', target)]);
}

function expandDims(call: LayerCall): number {
  const input = one(call);
  const [axis = 0] = integerList(plainArgument(call, 1, 'axis'));
  const at = axisIn(axis, shapeOf(call, input).length + 1);
  return emit(call, 'EXPAND_DIMS', {}, [input, intConstant(call, 'axis', [at], [])]);
}

function squeeze(call: LayerCall): number {
  const input = one(call);
  const rank = shapeOf(call, input).length;
  const squeezeDims = integerList(plainArgument(call, 1, 'axis')).map((axis) => axisIn(axis, rank));
  return emit(call, 'SQUEEZE', { squeezeDims }, [input]);
}

/** The axis of a function of a list of tensors, which stands behind them or has a name. */
function axisBehind(call: LayerCall, fallback: number): number {
  const rest = call.args.find((item) => 'json' in item);
  const given = rest !== undefined && 'json' in rest ? rest.json : plainArgument(call, 99, 'axis');
  return integerList(given ?? fallback)[0] ?? fallback;
}

const rankOf = (call: LayerCall, values: readonly number[]) =>
  values[0] === undefined ? 0 : shapeOf(call, values[0]).length;

function concatenate(call: LayerCall): number {
  const inputs = tensors(call);
  const axis = axisIn(axisBehind(call, -1), rankOf(call, inputs));
  return emit(call, 'CONCATENATION', { axis, activation: 'NONE' }, inputs);
}

function stack(call: LayerCall): number {
  const inputs = tensors(call);
  const axis = axisIn(axisBehind(call, 0), rankOf(call, inputs) + 1);
  if (axis === 0) return unsupported('a stack along the batch.');
  return emit(call, 'PACK', { axis }, inputs);
}

function pad(call: LayerCall): number {
  const input = one(call);
  const mode = plainArgument(call, 2, 'mode') ?? 'constant';
  const value = plainArgument(call, 3, 'constant_values') ?? 0;
  if (String(mode).toLowerCase() !== 'constant' || value !== 0)
    return unsupported('padding with other numbers than zeros.');
  const rank = shapeOf(call, input).length;
  const widths = integerList(plainArgument(call, 1, 'pad_width', 'paddings'));
  if (widths.length !== 2 * rank || widths[0] !== 0 || widths[1] !== 0)
    return unsupported('padding that is not given for every axis, or pads the batch.');
  return emit(call, 'PAD', {}, [input, intConstant(call, 'paddings', widths, [rank, 2])]);
}

function tile(call: LayerCall): number {
  const input = one(call);
  const repeats = integerList(plainArgument(call, 1, 'repeats', 'multiples'));
  if (repeats.length !== shapeOf(call, input).length || repeats[0] !== 1)
    return unsupported('repeats that are not given for every axis, or repeat the batch.');
  return emit(call, 'TILE', {}, [input, intConstant(call, 'multiples', repeats)]);
}

function swapAxes(call: LayerCall): number {
  const input = one(call);
  const rank = shapeOf(call, input).length;
  const [a, b] = ['axis1', 'axis2'].map((name, index) =>
    axisIn(integerList(plainArgument(call, index + 1, name))[0] ?? 0, rank),
  ) as [number, number];
  const order = Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
  if (order[0] !== 0) return unsupported('a transposition of the batch.');
  return transposeTo(call, input, order);
}

const blocks =
  (op: 'DEPTH_TO_SPACE' | 'SPACE_TO_DEPTH'): Rule =>
  (call) => {
    const format = plainArgument(call, 2, 'data_format') ?? 'channels_last';
    if (format !== 'channels_last' && format !== 'NHWC')
      return unsupported('blocks with channels first.');
    const [blockSize = 0] = integerList(plainArgument(call, 1, 'block_size'));
    return emit(call, op, { blockSize }, [one(call)]);
  };

/** By the names of operations.ts. */
export const moves: Readonly<Record<string, Rule>> = {
  reshape,
  transpose: (call) =>
    transposeTo(call, one(call), integerList(plainArgument(call, 1, 'axes', 'perm'))),
  swapaxes: swapAxes,
  expand_dims: expandDims,
  squeeze,
  concatenate,
  concat: concatenate,
  stack,
  pad,
  tile,
  depth_to_space: blocks('DEPTH_TO_SPACE'),
  space_to_depth: blocks('SPACE_TO_DEPTH'),
  get_item: getItem,
  getitem: getItem,
};
