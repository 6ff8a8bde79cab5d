/** What the rule of a layer works with: its config, weights and inputs, and where to put its nodes. */
import { IntactError } from '../../../model/error';
import { elementCount } from '../../../model/graph';
import type { OpAttrs, OpName } from '../../../model/ops';
import type { WeightArray } from '../source';
import type { Json } from './fields';
import { field } from './fields';
import type { Writer } from './writer';

export interface KerasVersion {
  readonly major: number;
  readonly minor: number;
  readonly tfjs: boolean;
  /** As the file says it. */
  readonly text: string;
}

/** An argument of a call: a value of the graph, or plain JSON. */
export type CallArgument = { readonly value: number } | { readonly json: unknown };

export interface LayerCall {
  readonly writer: Writer;
  /** Unique path of the layer ("block1/conv"). */
  readonly path: string;
  /** Names the nodes: the path, with "#2" in the second call of a shared layer. */
  readonly scope: string;
  readonly type: string;
  readonly config: Json;
  readonly version: KerasVersion;
  readonly inputs: readonly number[];
  /** In the order of layer.get_weights(). */
  readonly weights: readonly WeightArray[];
  /** All arguments in order, lists flattened one level (operation nodes only). */
  readonly args: readonly CallArgument[];
  readonly kwargs: Readonly<Record<string, CallArgument>>;
  /** Applies a layer that stands inside this one's config (a wrapped layer, an activation layer). */
  apply(
    spec: unknown,
    inputs: readonly number[],
    suffix: string,
    weights?: readonly WeightArray[],
  ): readonly number[];
}

/** Emits a layer's nodes; gives its outputs. Throws IntactError `unsupported` for what it can't do. */
export type LayerRule = (call: LayerCall) => number | readonly number[];

export interface LayerDefinition {
  readonly rule: LayerRule;
  /** Integer inputs are handed over as they are; otherwise they are cast to float32 first. */
  readonly anyType?: true;
  /** What becomes of a Keras mask that reaches this layer. Default: it is passed on. */
  readonly mask?: 'ends' | 'needed' | 'starts';
}

export function unsupported(reason: string): never {
  throw new IntactError('unsupported', reason);
}

export function malformed(reason: string): never {
  throw new IntactError('malformed', reason);
}

export function onlyInput(call: LayerCall): number {
  const [input] = call.inputs;
  if (input === undefined || call.inputs.length !== 1)
    return malformed(`it takes one input, but gets ${call.inputs.length}.`);
  return input;
}

export function shapeOf(call: LayerCall, value: number): readonly number[] {
  return call.writer.value(value).shape;
}

/** Emits one node and gives its first output. The suffix goes behind the layer's name. */
export function emit<K extends OpName>(
  call: LayerCall,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly number[],
  suffix = '',
): number {
  return emitAll(call, op, attrs, inputs, suffix)[0]!;
}

export function emitAll<K extends OpName>(
  call: LayerCall,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly number[],
  suffix = '',
): number[] {
  const name = suffix === '' ? call.scope : `${call.scope}/${suffix}`;
  return call.writer.node(call, name, op, attrs, inputs);
}

/** A float constant of the layer, shared between its calls. */
export function floatConstant(
  call: LayerCall,
  name: string,
  shape: readonly number[],
  data: Float32Array | readonly number[],
): number {
  const array = data instanceof Float32Array ? data : Float32Array.from(data);
  return call.writer.constant(`${call.path}/${name}`, shape, array);
}

export function intConstant(
  call: LayerCall,
  name: string,
  data: readonly number[],
  shape: readonly number[] = [data.length],
): number {
  return call.writer.constant(`${call.path}/${name}`, shape, Int32Array.from(data));
}

/** A scalar constant. */
export function scalarConstant(call: LayerCall, name: string, value: number): number {
  return floatConstant(call, name, [], [value]);
}

/** A reshape that leaves the batch open. `shape` without the batch. */
export function reshapeTo(
  call: LayerCall,
  input: number,
  shape: readonly number[],
  suffix = '',
): number {
  const name = suffix === '' ? 'shape' : `${suffix}_shape`;
  return emit(call, 'RESHAPE', {}, [input, intConstant(call, name, [-1, ...shape])], suffix);
}

export function transposeTo(
  call: LayerCall,
  input: number,
  order: readonly number[],
  suffix = '',
): number {
  const name = suffix === '' ? 'order' : `${suffix}_order`;
  return emit(call, 'TRANSPOSE', {}, [input, intConstant(call, name, order)], suffix);
}

const withoutOnes = (shape: readonly number[]) => shape.filter((size) => size !== 1).join();

/**
 * Weight number `index` with the shape that the config leads to (sizes of 1 don't count).
 * Throws `malformed` when it is missing or of another shape.
 */
export function weight(
  call: LayerCall,
  index: number,
  role: string,
  shape: readonly number[],
): Float32Array {
  const array = call.weights[index];
  if (array === undefined)
    return malformed(`the file has no ${role} for it; was the model saved without weights?`);
  if (array.data.length !== elementCount(shape) || withoutOnes(array.shape) !== withoutOnes(shape))
    return malformed(
      `its ${role} has the shape [${array.shape.join(', ')}] in the file, but the config asks for [${shape.join(', ')}].`,
    );
  return array.data;
}

export function isChannelsFirst(call: LayerCall): boolean {
  const format = field(call.config, 'data_format') ?? 'channels_last';
  return format === 'channels_first' || format === 'channelsFirst';
}

/** Axis in 0…rank−1; negative ones count from the end. */
export function axisIn(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= rank)
    return malformed(`axis ${axis} does not exist in a tensor of ${rank} dimensions.`);
  return positive;
}
