/** What the rule of a layer works with: its config, weights and inputs, and where to put its nodes. */
import { elementCount } from '../../../model/graph';
import { malformed, type Site } from '../../build/emit';
import type { WeightArray } from '../source';
import type { Json } from './fields';
import { field } from './fields';

export interface KerasVersion {
  readonly major: number;
  readonly minor: number;
  readonly tfjs: boolean;
  /** As the file says it. */
  readonly text: string;
}

/** An argument of a call: a value of the graph, or plain JSON. */
export type CallArgument = { readonly value: number } | { readonly json: unknown };

/** A call of a layer; `path` is "block1/conv", `scope` has "#2" in the second call of a shared layer. */
export interface LayerCall extends Site {
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

export function onlyInput(call: LayerCall): number {
  const [input] = call.inputs;
  if (input === undefined || call.inputs.length !== 1)
    return malformed(`it takes one input, but gets ${call.inputs.length}.`);
  return input;
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
