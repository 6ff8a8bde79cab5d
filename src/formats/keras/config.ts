/**
 * The outline of a Keras model config, as far as finding its weights needs it: which layers stand in
 * which model. What the layers mean is read in layers/.
 */
import { IntactError } from '../../model/error';

export type Json = Readonly<Record<string, unknown>>;

export interface OutlineLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Json;
  /** An op of `keras.ops` in a Functional model: no layer, so it takes no number among layers. */
  readonly isOperation: boolean;
  /** Same id = same object (Keras 3, `shared_object_id`). */
  readonly sharedId?: number | string;
  /** Layers of a nested model, or of the model inside a wrapper. */
  readonly layers?: readonly OutlineLayer[];
  /** The nested model is inside a wrapper (TimeDistributed) and not the layer itself. */
  readonly wrapped?: boolean;
}

const maxDepth = 40;

export function asRecord(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The list of layers in `{ class_name, config }`; Keras 1 and 2.0–2.2 store Sequential as a bare list. */
function layerList(model: Json): readonly unknown[] | undefined {
  if (Array.isArray(model.config)) return model.config;
  const layers = asRecord(model.config)?.layers;
  return Array.isArray(layers) ? layers : undefined;
}

/**
 * The layers of a model config, nested models included; undefined when it is no Sequential or
 * Functional config.
 *
 * @throws IntactError `malformed` when models are nested deeper than any real one
 */
export function outline(model: unknown, depth = 0): readonly OutlineLayer[] | undefined {
  const record = asRecord(model);
  const list = record && layerList(record);
  if (!list) return undefined;
  if (depth > maxDepth) {
    throw new IntactError(
      'malformed',
      `The model's config nests models more than ${maxDepth} deep; it is damaged or no real model.`,
    );
  }
  return list.flatMap((entry): OutlineLayer[] => {
    const layer = asRecord(entry);
    if (!layer) return [];
    const config = asRecord(layer.config) ?? {};
    const own = outline(layer, depth + 1);
    const inner = own ? undefined : outline(config.layer, depth + 1);
    const id = layer.shared_object_id;
    return [
      {
        name: asText(config.name) ?? asText(layer.name) ?? '',
        className: asText(layer.class_name) ?? '',
        config,
        isOperation: /^keras\.(src\.)?ops\b/.test(asText(layer.module) ?? ''),
        sharedId: typeof id === 'number' || typeof id === 'string' ? id : undefined,
        layers: own ?? inner,
        wrapped: inner !== undefined,
      },
    ];
  });
}

/** Name in the config of a model, if any. */
function configName(model: unknown): string | undefined {
  return asText(asRecord(asRecord(model)?.config)?.name);
}

const genericName = /^(sequential|functional|model)(_\d+)?$/i;

/** File name without folders and without its last extension. */
export function baseName(path: string): string {
  const file = path.split('/').at(-1) ?? path;
  return file.replace(/(\.weights)?\.[A-Za-z0-9]{1,6}$/, '') || file;
}

/** What a person calls the model: its own name unless that is one that Keras makes up. */
export function modelName(model: unknown, path: string): string {
  const name = configName(model);
  if (name && !genericName.test(name)) return name;
  return baseName(path) || name || 'model';
}

/**
 * JSON as Python writes it: NaN and Infinity are literals there.
 *
 * @throws IntactError `malformed`, naming `what` and `fileName`
 */
export function parsePythonJson(text: string, what: string, fileName: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const literals = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
    const plain = { Infinity: '1e999', '-Infinity': '-1e999', NaN: 'null' } as const;
    try {
      return JSON.parse(
        text.replace(literals, (token) => plain[token as keyof typeof plain] ?? token),
      );
    } catch {
      throw new IntactError(
        'malformed',
        `${what} in ${fileName} is not valid JSON, so the model cannot be read. ` +
          'The file is damaged: save or download it again.',
        { file: fileName },
      );
    }
  }
}
