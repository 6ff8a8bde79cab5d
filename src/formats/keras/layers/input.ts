/** The graph's inputs: shape and type from an InputLayer, or from what else the config tells. */
import { IntactError } from '../../../model/error';
import type { DType } from '../../../model/graph';
import type { KerasSource } from '../source';
import type { Json } from './fields';
import { field, isJson } from './fields';
import type { KerasVersion } from './layer';
import type { LayerSpec } from './spec';
import { readSpec } from './spec';
import type { Writer } from '../../build/writer';

/** Where the file leaves a size open: the usual size of images, and a length for sequences. */
const openImage = 224;
const openLength = 128;
const deepestModel = 64;

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}

function buildShape(json: Json): readonly unknown[] | undefined {
  const build = field(json, 'build_config');
  return isJson(build) ? listOf(field(build, 'input_shape')) : undefined;
}

/** The shape of a layer's input with its batch, as far as its own config says; null is open. */
function declaredShape(spec: LayerSpec): readonly unknown[] | undefined {
  const { config, json, type } = spec;
  const whole =
    listOf(field(config, 'batch_input_shape')) ??
    listOf(field(config, 'batch_shape')) ??
    listOf(field(json, 'batch_input_shape'));
  if (whole !== undefined) return whole;
  const sample = listOf(field(config, 'input_shape'));
  if (sample !== undefined) return [null, ...sample];
  const built = buildShape(json);
  if (built !== undefined) return built;
  if (type === 'Embedding') return [null, field(config, 'input_length') ?? null];
  const width = field(config, 'input_dim');
  return type === 'Dense' && width !== undefined ? [null, width] : undefined;
}

export interface DeclaredInput {
  readonly name: string;
  readonly shape: readonly unknown[];
  readonly dtype: unknown;
}

/** The input of a Sequential: of its InputLayer, its first layer, or its build config. */
export function sequentialInput(
  model: LayerSpec,
  source: KerasSource,
  version: KerasVersion,
  path: readonly string[] = [],
): DeclaredInput | undefined {
  if (path.length > deepestModel) return undefined;
  const [firstJson] = model.layers ?? [];
  const first = firstJson === undefined ? undefined : readSpec(firstJson, version);
  const own =
    listOf(field(model.config, 'build_input_shape')) ??
    listOf(field(model.json, 'build_input_shape')) ??
    buildShape(model.json);
  if (first === undefined) return undefined;
  const isInput = first.type === 'InputLayer';
  const name = isInput ? first.name : `${first.name}_input`;
  const dtype = isInput ? field(first.config, 'dtype') : 'float32';
  const nested =
    first.layers === undefined
      ? undefined
      : sequentialInput(first, source, version, [...path, first.name]);
  const shape = declaredShape(first) ?? own ?? nested?.shape;
  if (shape !== undefined) return { name, shape, dtype };
  const [kernel] = source.weights([...path, first.name]) ?? [];
  return first.type === 'Dense' && kernel?.shape.length === 2
    ? { name, shape: [null, kernel.shape[0]], dtype }
    : undefined;
}

export function inputLayer(spec: LayerSpec): DeclaredInput {
  const shape = declaredShape(spec);
  if (shape === undefined)
    throw new IntactError('malformed', `The input "${spec.name}" has no shape.`);
  return { name: spec.name, shape, dtype: field(spec.config, 'dtype') };
}

function inputType(input: DeclaredInput): DType {
  const name = isJson(input.dtype) ? policyName(input.dtype) : (input.dtype ?? 'float32');
  switch (name) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'bool':
      return name;
    case 'int64':
    case 'uint16':
    case 'uint32':
    case 'uint64':
      return 'int32';
    case 'string':
      throw new IntactError(
        'unsupported',
        `The input "${input.name}" takes text, which Intact cannot feed; export the model without its text preprocessing.`,
      );
    default:
      return 'float32';
  }
}

/** Keras 3 writes {class_name: 'DTypePolicy', config: {name: 'float32'}}. */
export function policyName(policy: Json): unknown {
  const config = policy['config'];
  return isJson(config) ? config['name'] : undefined;
}

/** Adds an input to the graph: batch 1, open sizes assumed and told. */
export function addInput(writer: Writer, input: DeclaredInput): number {
  const { name, shape } = input;
  const tell = (severity: 'info' | 'warning', message: string) =>
    writer.issues.push({ severity, layer: name, message });
  const sizes = shape.map((size, axis) => {
    if (typeof size === 'number' && Number.isInteger(size) && size > 0) {
      if (axis > 0 || size === 1) return size;
      tell('info', `The input "${name}" has a fixed batch of ${size}; Intact runs it with 1.`);
      return 1;
    }
    if (size !== null && size !== undefined && size !== -1)
      throw new IntactError('malformed', `The input "${name}" has a size that is no number.`);
    if (axis === 0) return 1;
    if (axis === shape.length - 1 && shape.length > 2)
      throw new IntactError(
        'unsupported',
        `The input "${name}" leaves its number of channels open; give it a fixed shape and save the model again.`,
      );
    const assumed = shape.length === 4 ? openImage : openLength;
    tell(
      'warning',
      `The input "${name}" leaves axis ${axis} open; Intact takes ${assumed} until samples say otherwise.`,
    );
    return assumed;
  });
  const open = shape.map((size, axis) => (typeof size === 'number' && axis > 0 ? size : -1));
  // Open beyond the batch: whoever feeds samples gives the size (the graph is inferred anew).
  const signature = open.slice(1).includes(-1) ? open : undefined;
  return writer.input(name, sizes, inputType(input), signature);
}
