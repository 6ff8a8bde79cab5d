/** One entry of a model's layer list, and how its calls name their inputs, in all Keras versions. */
import { malformed } from '../../build/emit';
import type { Json } from './fields';
import { field, isJson } from './fields';
import { modernClass, modernConfig } from './keras1';
import type { KerasVersion } from './layer';

export interface LayerSpec {
  readonly type: string;
  readonly name: string;
  readonly module: string;
  /** From a package of its own, whatever its class is called. */
  readonly foreign: boolean;
  readonly config: Json;
  /** The layers of a model; undefined for a layer. */
  readonly layers: readonly unknown[] | undefined;
  readonly json: Json;
}

export function readSpec(json: unknown, version: KerasVersion): LayerSpec {
  if (!isJson(json)) return malformed('The model config has a layer that is no object.');
  const given = field(json, 'class_name');
  if (typeof given !== 'string') return malformed('The model config has a layer without a class.');
  const raw = json['config'];
  // Keras 1 and early 2: the config of a Sequential is its list of layers.
  const listed = Array.isArray(raw) ? { layers: raw } : isJson(raw) ? raw : {};
  const type = modernClass(given);
  const list = listed['layers'];
  const layers = Array.isArray(list) ? (list as unknown[]) : undefined;
  const config = version.major === 1 && layers === undefined ? modernConfig(type, listed) : listed;
  const name = field(config, 'name') ?? field(json, 'name');
  const module = field(json, 'module');
  const registered = field(json, 'registered_name');
  return {
    type,
    name: typeof name === 'string' && name !== '' ? name : given.toLowerCase(),
    module: typeof module === 'string' ? module : '',
    foreign:
      (typeof module === 'string' && !/^(keras|tf_keras|tensorflow)\b/.test(module)) ||
      (typeof registered === 'string' && registered.includes('>') && layers === undefined),
    config,
    layers,
    json,
  };
}

export interface TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
  /** With the batch, as far as the file says (Keras 3). */
  readonly shape?: readonly unknown[];
}
export type Argument = { readonly ref: TensorRef } | { readonly json: unknown };

export interface CallSpec {
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
}

function isHistory(value: unknown): value is [string, number, number] {
  return (
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    Number.isInteger(value[1]) &&
    Number.isInteger(value[2])
  );
}

const asRef = ([layer, call, tensor]: [string, number, number]): TensorRef => ({
  layer,
  call,
  tensor,
});

/** ["name", 0, 0], a list of such, or a dictionary of such: dictionaries in the order of their keys. */
export function readRefs(value: unknown): TensorRef[] {
  if (isHistory(value)) return [asRef(value)];
  if (Array.isArray(value)) return value.flatMap(readRefs);
  if (isJson(value))
    return Object.keys(value)
      .sort()
      .flatMap((key) => readRefs(value[key]));
  return [];
}

/** Keras 3: {class_name: '__keras_tensor__', config: {shape, dtype, keras_history}}. */
function kerasTensor(value: unknown): TensorRef | undefined {
  if (!isJson(value) || value['class_name'] !== '__keras_tensor__') return undefined;
  const config = value['config'];
  const history = isJson(config) ? config['keras_history'] : undefined;
  if (!isJson(config) || !isHistory(history))
    return malformed('The model config has a tensor without a history.');
  const shape: unknown = config['shape'];
  return { ...asRef(history), ...(Array.isArray(shape) ? { shape } : {}) };
}

function readArguments(value: unknown): Argument[] {
  const ref = kerasTensor(value);
  if (ref !== undefined) return [{ ref }];
  if (Array.isArray(value)) {
    const inner = value.flatMap(readArguments);
    return inner.some((item) => 'ref' in item) ? inner : [{ json: value }];
  }
  if (isJson(value) && value['class_name'] === undefined && Object.keys(value).length > 0)
    return Object.keys(value)
      .sort()
      .flatMap((key) => readArguments(value[key]));
  return [{ json: value }];
}

/** Arguments that don't carry a layer's data. */
const aside = new Set(['training', 'mask', 'name']);

function keras3Call(node: Json): CallSpec {
  const args = Array.isArray(node['args']) ? (node['args'] as unknown[]) : [];
  const given = isJson(node['kwargs']) ? node['kwargs'] : {};
  const kwargs: Record<string, Argument> = {};
  const more: Argument[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (aside.has(name)) continue;
    const [first, ...rest] = readArguments(value);
    if (first !== undefined && rest.length === 0) kwargs[name] = first;
    else more.push(...(first === undefined ? [] : [first, ...rest]));
  }
  return { args: [...args.flatMap(readArguments), ...more], kwargs };
}

/** Keras 1, 2, TF.js: [[name, call, tensor, kwargs?], …]; one level less for a lone tensor. */
function keras2Call(node: unknown): CallSpec {
  const isLone = isHistory(node) || (Array.isArray(node) && node[0] === '_CONSTANT_VALUE');
  const items: unknown[] = Array.isArray(node) && !isLone ? node : [node];
  const args: Argument[] = [];
  const kwargs: Record<string, Argument> = {};
  const visit = (item: unknown) => {
    if (isJson(item))
      Object.keys(item)
        .sort()
        .forEach((key) => visit(item[key]));
    if (!Array.isArray(item)) return;
    if (item[0] === '_CONSTANT_VALUE') args.push({ json: item[2] as unknown });
    else if (isHistory(item)) args.push({ ref: asRef(item) });
    else {
      item.forEach(visit);
      return;
    }
    const more: unknown = item[3];
    if (!isJson(more)) return;
    for (const [name, value] of Object.entries(more)) {
      if (aside.has(name)) continue;
      kwargs[name] = isHistory(value) ? { ref: asRef(value) } : { json: value };
    }
  };
  items.forEach(visit);
  return { args, kwargs };
}

/** The calls of a layer in a functional model, in order. */
export function readCalls(json: Json): CallSpec[] {
  const nodes = field(json, 'inbound_nodes');
  if (!Array.isArray(nodes)) return [];
  return (nodes as unknown[]).map((node) =>
    isJson(node) && ('args' in node || 'kwargs' in node) ? keras3Call(node) : keras2Call(node),
  );
}
