/** Models made of layers: sequential and functional, nested at any depth. */
import { IntactError } from '../../../model/error';
import { malformed, unsupported } from '../../build/emit';
import { spend, type Context } from './context';
import { field, isJson } from './fields';
import { addInput, inputLayer, sequentialInput } from './input';
import type { CallArgument } from './layer';
import type { Argument, CallSpec, LayerSpec, TensorRef } from './spec';
import { readCalls, readRefs, readSpec } from './spec';

const deepestModel = 64;

/**
 * Builds a model's layers. `inputs` are given where the model is called as a layer; the outermost
 * model makes its own. `path` names the nested models down to this one. Gives the outputs.
 */
export function applyModel(
  context: Context,
  model: LayerSpec,
  path: readonly string[],
  inputs?: readonly number[],
): readonly number[] {
  if (path.length > deepestModel)
    throw new IntactError('limit', `The model is nested more than ${deepestModel} deep.`);
  if (model.layers === undefined)
    return unsupported(
      `The model class "${model.type}" has no list of layers: a subclassed model's structure is Python code, which Intact never runs. Rebuild it as a functional model, or convert it to .tflite.`,
    );
  return field(model.config, 'input_layers') === undefined
    ? sequential(context, model, path, inputs)
    : functional(context, model, path, inputs);
}

function sequential(
  context: Context,
  model: LayerSpec,
  path: readonly string[],
  given: readonly number[] | undefined,
): readonly number[] {
  let values = given;
  if (values === undefined) {
    const input = sequentialInput(model, context.source, context.version);
    if (input === undefined)
      throw new IntactError(
        'unsupported',
        `The model "${model.name}" does not say what shape its input has; call it once or give it an Input layer, and save it again.`,
      );
    values = [addInput(context.writer, input)];
  }
  const rest = model.layers!;
  for (const [at, json] of rest.entries()) {
    const spec = readSpec(json, context.version);
    if (spec.type === 'InputLayer') continue;
    // Keras 1: a Merge in front of a Sequential holds whole models.
    if (spec.type === 'Merge' && Array.isArray(spec.config['layers']))
      return unsupported('A Keras 1 "Merge" of models at the start of a Sequential.');
    const args = values.map((value) => ({ value }));
    const [value] = values;
    const hint = () =>
      value === undefined ? undefined : shapeAfter(context, path, rest[at + 1], value);
    values = context.applyLayer(context, spec, path, { args, kwargs: {}, outputs: 1, hint });
  }
  return values;
}

/**
 * The shape that a layer must give for the one after it: as Keras 3 stored it, else with the width that
 * the next layer's weights take.
 */
function shapeAfter(
  context: Context,
  path: readonly string[],
  next: unknown,
  input: number,
): readonly unknown[] | undefined {
  if (next === undefined) return undefined;
  const spec = readSpec(next, context.version);
  const build = field(spec.json, 'build_config');
  const built = isJson(build) ? field(build, 'input_shape') : undefined;
  if (Array.isArray(built)) return built as unknown[];
  return likeInput(context, path, spec, context.writer.value(input).shape);
}

function likeInput(
  context: Context,
  path: readonly string[],
  spec: LayerSpec,
  shape: readonly number[],
): readonly number[] | undefined {
  const [kernel] = context.source.weights([...path, spec.name]) ?? [];
  if (spec.type !== 'Dense' || kernel?.shape.length !== 2 || shape.length < 2) return undefined;
  return [...shape.slice(0, -1), kernel.shape[0]!];
}

interface Entry {
  readonly spec: LayerSpec;
  readonly calls: readonly CallSpec[];
  /** Per call, once it was made. */
  readonly results: (readonly number[] | undefined)[];
  /** Number of the first call: TensorFlow's Keras counts a nested model's own construction as 0. */
  firstCall: number;
}

function functional(
  context: Context,
  model: LayerSpec,
  path: readonly string[],
  given: readonly number[] | undefined,
): readonly number[] {
  const entries = new Map<string, Entry>();
  for (const json of model.layers!) {
    const spec = readSpec(json, context.version);
    const outer = field(spec.json, 'name');
    const name = typeof outer === 'string' ? outer : spec.name;
    if (entries.has(name)) return malformed(`The model has two layers named "${name}".`);
    entries.set(name, { spec, calls: readCalls(spec.json), results: [], firstCall: 0 });
  }
  const outputs = readRefs(field(model.config, 'output_layers'));
  countCalls(entries, outputs);
  bindInputs(context, model, entries, given);
  makeCalls(context, path, entries);
  if (outputs.length === 0) return malformed(`The model "${model.name}" has no outputs.`);
  return outputs.map((ref) => resolve(entries, ref) ?? lost(ref));
}

function lost(ref: TensorRef): never {
  return malformed(
    `The model config uses output ${ref.tensor} of call ${ref.call} of a layer "${ref.layer.slice(0, 80)}", which does not exist or waits for itself.`,
  );
}

function bindInputs(
  context: Context,
  model: LayerSpec,
  entries: ReadonlyMap<string, Entry>,
  given: readonly number[] | undefined,
): void {
  const refs = readRefs(field(model.config, 'input_layers'));
  if (given !== undefined && given.length !== refs.length)
    return malformed(
      `The model "${model.name}" takes ${refs.length} inputs, but is called with ${given.length}.`,
    );
  refs.forEach((ref, index) => {
    const entry = entries.get(ref.layer) ?? lost(ref);
    entry.results[0] = [given?.[index] ?? addInput(context.writer, inputLayer(entry.spec))];
  });
}

/** Every call is used somewhere, so call numbers from 1 to the count mean that counting starts at 1. */
function countCalls(entries: ReadonlyMap<string, Entry>, outputs: readonly TensorRef[]): void {
  const refs = [...entries.values()].flatMap(({ calls }) => calls.flatMap(refsOf));
  const used = new Map<string, Set<number>>();
  for (const ref of [...refs, ...outputs])
    used.set(ref.layer, (used.get(ref.layer) ?? new Set()).add(ref.call));
  for (const [name, entry] of entries) {
    const calls = used.get(name);
    if (calls?.has(entry.calls.length) === true && !calls.has(0)) entry.firstCall = 1;
  }
}

function resolve(entries: ReadonlyMap<string, Entry>, ref: TensorRef): number | undefined {
  const entry = entries.get(ref.layer);
  return entry?.results[ref.call - entry.firstCall]?.[ref.tensor];
}

const refsOf = (call: CallSpec): TensorRef[] =>
  [...call.args, ...Object.values(call.kwargs)].flatMap((item) =>
    'ref' in item ? [item.ref] : [],
  );

/** How many outputs of each layer are used, and the shapes that the file names for them. */
function usage(entries: ReadonlyMap<string, Entry>) {
  const outputs = new Map<string, number>();
  const shapes = new Map<string, readonly unknown[]>();
  for (const { calls } of entries.values())
    for (const ref of calls.flatMap(refsOf)) {
      outputs.set(ref.layer, Math.max(outputs.get(ref.layer) ?? 1, ref.tensor + 1));
      if (ref.shape !== undefined) shapes.set(`${ref.layer}:${ref.call}:${ref.tensor}`, ref.shape);
    }
  return { outputs, shapes };
}

/** Makes every call whose inputs are there, in the order of the file, until none is left. */
function makeCalls(
  context: Context,
  path: readonly string[],
  entries: ReadonlyMap<string, Entry>,
): void {
  const { outputs, shapes } = usage(entries);
  const consumers = denseConsumers(entries);
  // Keras 2 names no shapes: the width that a Dense layer behind this one takes.
  const widthFor = (consumer: LayerSpec | undefined, input: CallArgument | undefined) =>
    consumer && input && 'value' in input
      ? likeInput(context, path, consumer, context.writer.value(input.value).shape)
      : undefined;
  let waiting = [...entries].flatMap(([name, entry]) =>
    entry.calls.map((call, index) => ({ name, entry, call, index })),
  );
  while (waiting.length > 0) {
    spend(context, waiting.length);
    const later = waiting.filter(({ name, entry, call, index }) => {
      if (entry.results[index] !== undefined) return false;
      const resolved = resolveCall(entries, call);
      if (resolved === undefined) return true;
      entry.results[index] = context.applyLayer(context, entry.spec, path, {
        ...resolved,
        outputs: outputs.get(name) ?? 1,
        hint: (tensor) =>
          shapes.get(`${name}:${index + entry.firstCall}:${tensor}`) ??
          widthFor(consumers.get(name), resolved.args[0]),
      });
      return false;
    });
    if (later.length === waiting.length)
      return lost(later.flatMap(({ call }) => refsOf(call)).find((ref) => !resolve(entries, ref))!);
    waiting = later;
  }
}

/** The first Dense layer that takes each layer's output. */
function denseConsumers(entries: ReadonlyMap<string, Entry>): ReadonlyMap<string, LayerSpec> {
  const consumers = new Map<string, LayerSpec>();
  for (const { spec, calls } of entries.values())
    if (spec.type === 'Dense')
      for (const { layer } of calls.flatMap(refsOf))
        if (!consumers.has(layer)) consumers.set(layer, spec);
  return consumers;
}

function resolveCall(entries: ReadonlyMap<string, Entry>, call: CallSpec) {
  const get = (item: Argument): CallArgument | undefined => {
    if ('json' in item) return item;
    const value = resolve(entries, item.ref);
    return value === undefined ? undefined : { value };
  };
  const args = call.args.map(get);
  const kwargs = Object.entries(call.kwargs).map(([name, item]) => [name, get(item)] as const);
  if (args.includes(undefined) || kwargs.some(([, item]) => item === undefined)) return undefined;
  return {
    args: args as CallArgument[],
    kwargs: Object.fromEntries(kwargs) as Record<string, CallArgument>,
  };
}
