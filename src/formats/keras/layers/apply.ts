/** Applies one entry of a model's layer list: finds its rule, casts, follows masks, names what can't run. */
import { emit, unsupported } from '../../build/emit';
import { guarded } from '../../build/guarded';
import type { WeightArray } from '../source';
import { callCost, spend, type Context, type Given } from './context';
import { startsMask } from './core';
import type { CallArgument, LayerCall, LayerDefinition } from './layer';
import { applyModel } from './network';
import { dequantized, quantizationMode } from './quantized';
import { bareOperationName, operation, operationName } from './operations';
import type { LayerSpec } from './spec';
import { readSpec } from './spec';
import { definitionOf } from './table';
import { refusedShapes } from './wrappers';

const valuesOf = (items: readonly CallArgument[]) =>
  items.flatMap((item) => ('value' in item ? [item.value] : []));

/** Outputs of a layer or nested model that stands in the model at `path`. */
export function applyLayer(
  context: Context,
  spec: LayerSpec,
  path: readonly string[],
  given: Given,
): readonly number[] {
  spend(context, callCost);
  const inputs = [...valuesOf(given.args), ...valuesOf(Object.values(given.kwargs))];
  const layerPath = [...path, spec.name];
  if (spec.layers !== undefined && !spec.foreign && spec.type !== 'Merge')
    return applyModel(context, spec, layerPath, inputs);
  const name = layerPath.join('/');
  const count = (context.calls.get(name) ?? 0) + 1;
  context.calls.set(name, count);
  const weights = context.source.weights(layerPath) ?? [];
  // A shared layer's weights are laid out again in every call.
  const elements = weights.reduce((total, { data }) => total + data.length, 0);
  if (count > 1) spend(context, Math.ceil(elements / 50));
  const call: LayerCall = {
    writer: context.writer,
    path: name,
    scope: count === 1 ? name : `${name}#${count}`,
    type: spec.type,
    config: spec.config,
    version: context.version,
    inputs,
    weights,
    args: given.args,
    kwargs: given.kwargs,
    apply: (inner, values, suffix, weights = []) =>
      applyInner(context, call, layerPath, inner, values, suffix, weights),
  };
  const issues = context.writer.issues.length;
  const outputs = guarded(
    call,
    context.doubtful,
    () => guesses(call, given),
    () => run(context, call, spec),
  );
  // A refused layer whose output shape the file names leaves nothing unknown to those after it.
  if (context.writer.issues.length > issues)
    outputs.forEach((output, tensor) => {
      if (hinted(given.hint?.(tensor)) !== undefined) context.doubtful.delete(output);
    });
  return outputs;
}

const convertThere =
  'Convert the model to a float .tflite where the class is defined (tf.lite.TFLiteConverter.from_keras_model), and drop that.';

function run(context: Context, call: LayerCall, spec: LayerSpec): readonly number[] {
  if (spec.foreign)
    return unsupported(
      `it is a custom class, whose code is not in the file and would not be run. ${convertThere}`,
    );
  const mode = quantizationMode(spec.config);
  if (mode !== undefined && call.weights.length > 0)
    return runFloat(
      context,
      { ...call, weights: dequantized(spec.type, mode, call.weights) },
      spec,
    );
  return runFloat(context, call, spec);
}

function runFloat(context: Context, call: LayerCall, spec: LayerSpec): readonly number[] {
  const definition = definitionOf(spec.type);
  const name =
    operationName({ type: spec.type, module: spec.module, config: spec.config }) ??
    (spec.module === '' ? bareOperationName(spec.type, call, definition !== undefined) : undefined);
  if (name !== undefined) return [operation(call, name)];
  if (definition === undefined)
    return unsupported(`it is not a layer that Intact knows. ${convertThere}`);
  return runRule(context, call, definition);
}

function runRule(
  context: Context,
  call: LayerCall,
  definition: LayerDefinition,
): readonly number[] {
  const { masked } = context;
  const isMasked = call.inputs.some((input) => masked.has(input));
  if (isMasked && definition.mask === 'needed')
    return unsupported('it takes part in masking, which Intact does not follow.');
  const inputs = definition.anyType
    ? call.inputs
    : call.inputs.map((input) => asFloat(call, input));
  const result = definition.rule({ ...call, inputs });
  const outputs = typeof result === 'number' ? [result] : result;
  const starts = definition.mask === 'starts' && startsMask(call);
  if (starts || (isMasked && definition.mask !== 'ends'))
    for (const output of outputs) masked.add(output);
  return outputs;
}

function asFloat(call: LayerCall, input: number): number {
  if (call.writer.value(input).dtype === 'float32') return input;
  return emit(call, 'CAST', { to: 'float32' }, [input], 'cast');
}

function applyInner(
  context: Context,
  outer: LayerCall,
  path: readonly string[],
  json: unknown,
  inputs: readonly number[],
  suffix: string,
  weights: readonly WeightArray[],
): readonly number[] {
  spend(context, callCost);
  const spec = readSpec(json, context.version);
  if (spec.layers !== undefined) return applyModel(context, spec, path, inputs);
  const definition = definitionOf(spec.type);
  if (spec.foreign || definition === undefined)
    return unsupported(`"${spec.type}" is not a layer that Intact knows.`);
  if (spec.type === 'PReLU' && weights.length === 0)
    return unsupported('PReLU as the activation of another layer.');
  const add = (name: string) => (suffix === '' ? name : `${name}/${suffix}`);
  const call: LayerCall = {
    ...outer,
    path: add(outer.path),
    scope: add(outer.scope),
    type: spec.type,
    config: spec.config,
    inputs,
    weights,
  };
  return runRule(context, call, definition);
}

/** Shapes of the outputs of a layer that can't run, as far as file and config tell. */
function guesses(call: LayerCall, given: Given): readonly (readonly number[])[] {
  const derived = shapesOf(call);
  const [first] = call.inputs;
  const like = first === undefined ? [1] : call.writer.value(first).shape;
  // A config may name any output number; more than this many are not honest.
  const count = Math.min(Math.max(given.outputs, derived?.length ?? 1), 64);
  return Array.from(
    { length: count },
    (_, index) => hinted(given.hint?.(index)) ?? derived?.[index] ?? like,
  );
}

function shapesOf(call: LayerCall): readonly (readonly number[])[] | undefined {
  try {
    return refusedShapes(call);
  } catch {
    return undefined; // The config doesn't tell: the shape stays a guess.
  }
}

/** A shape from the file with open sizes as 1; undefined when it is none. */
function hinted(shape: readonly unknown[] | undefined): number[] | undefined {
  const sizes = shape?.map((size) => size ?? 1);
  const honest = sizes?.every(
    (size): size is number => typeof size === 'number' && Number.isInteger(size) && size > 0,
  );
  if (!honest || sizes === undefined) return undefined;
  const numbers = sizes as number[];
  return numbers.reduce((total, size) => total * size, 1) < 2 ** 31 ? numbers : undefined;
}
