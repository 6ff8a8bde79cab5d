/**
 * One layer's weights out of a flat list: Keras' .h5 stores all weights of a nested model in one
 * group, TF.js those of the whole model in one manifest. By name where the names tell, else by order
 * as Keras' own loader does (legacy_h5_format.py, `_legacy_weights`: trainable ones of all layers,
 * then the others).
 */
import type { OutlineLayer } from './config';
import type { WeightArray } from './source';

interface WeightCount {
  readonly trainable: number;
  readonly frozen: number;
}

const stateless =
  /^(InputLayer|Activation|ReLU|LeakyReLU|ELU|ThresholdedReLU|Softmax|Dropout|SpatialDropout[123]D|AlphaDropout|GaussianDropout|GaussianNoise|ActivityRegularization|Flatten|Reshape|Permute|RepeatVector|Masking|Lambda|Rescaling|Resizing|CenterCrop|Identity|(Global)?(Max|Average)Pool(ing)?[123]D|ZeroPadding[123]D|Cropping[123]D|UpSampling[123]D|Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot|TFOpLambda|Merge)$/;

/** Weights of a layer by its config; undefined for classes not known here. */
export function weightCount(layer: OutlineLayer): WeightCount | undefined {
  const { className, config } = layer;
  if (layer.isOperation || stateless.test(className)) return { trainable: 0, frozen: 0 };
  const on = (key: string, old?: string) =>
    (config[key] ?? (old && config[old]) ?? true) === false ? 0 : 1;
  const bias = on('use_bias', 'bias');
  switch (className) {
    case 'Dense':
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv3D':
    case 'Convolution1D':
    case 'Convolution2D':
    case 'DepthwiseConv1D':
    case 'DepthwiseConv2D':
    case 'Conv1DTranspose':
    case 'Conv2DTranspose':
    case 'Conv3DTranspose':
      return { trainable: 1 + bias, frozen: 0 };
    case 'SeparableConv1D':
    case 'SeparableConv2D':
    case 'SimpleRNN':
    case 'LSTM':
    case 'GRU':
      return { trainable: 2 + bias, frozen: 0 };
    case 'BatchNormalization':
    case 'BatchNormalizationV1':
    case 'BatchNormalizationV2':
      return { trainable: on('scale') + on('center'), frozen: 2 };
    case 'LayerNormalization':
    case 'GroupNormalization':
      return { trainable: on('scale') + on('center'), frozen: 0 };
    case 'PReLU':
    case 'Embedding':
      return { trainable: 1, frozen: 0 };
    default:
      return undefined;
  }
}

interface Leaf {
  readonly path: readonly string[];
  readonly count: WeightCount | undefined;
}

function leaves(layers: readonly OutlineLayer[], above: readonly string[]): Leaf[] {
  return layers.flatMap((layer): Leaf[] => {
    const path = [...above, layer.name];
    if (layer.layers) return leaves(layer.layers, path);
    const count = innerCount(layer);
    if (!count || layer.config.trainable !== false) return [{ path, count }];
    return [{ path, count: { trainable: 0, frozen: count.trainable + count.frozen } }];
  });
}

/** TimeDistributed has its layer's weights. */
function innerCount(layer: OutlineLayer): WeightCount | undefined {
  if (layer.className !== 'TimeDistributed') return weightCount(layer);
  const inner = layer.config.layer as { class_name?: unknown; config?: unknown } | undefined;
  if (typeof inner?.class_name !== 'string' || typeof inner.config !== 'object') return undefined;
  return weightCount({
    ...layer,
    className: inner.class_name,
    config: { ...(inner.config as OutlineLayer['config']) },
  });
}

const key = (path: readonly string[]) => JSON.stringify(path);

function byOrder(
  flat: readonly WeightArray[],
  layers: readonly OutlineLayer[],
): ReadonlyMap<string, readonly WeightArray[]> | undefined {
  const all = leaves(layers, []);
  const result = new Map(all.map((leaf) => [key(leaf.path), [] as WeightArray[]]));
  let next = 0;
  for (const kind of ['trainable', 'frozen'] as const) {
    for (const leaf of all) {
      if (!leaf.count) return undefined;
      const own = result.get(key(leaf.path));
      const end = next + leaf.count[kind];
      for (const weight of flat.slice(next, end)) own?.push(weight);
      next = end;
    }
  }
  return next === flat.length ? result : undefined;
}

/** Where `part` begins in `whole`, searching from the end; −1 when it does not occur. */
function lastIndexOfRun(whole: readonly string[], part: readonly string[]): number {
  for (let at = whole.length - part.length; at >= 0; at--) {
    if (part.every((name, i) => whole[at + i] === name)) return at;
  }
  return -1;
}

/** The weights that name each folder, in the order of the list. */
function byFolder(flat: readonly WeightArray[]): ReadonlyMap<string, readonly WeightArray[]> {
  const index = new Map<string, WeightArray[]>();
  for (const weight of flat) {
    for (const folder of new Set(weight.name.split('/').slice(0, -1))) {
      const known = index.get(folder);
      if (known) known.push(weight);
      else index.set(folder, [weight]);
    }
  }
  return index;
}

function byName(
  index: ReadonlyMap<string, readonly WeightArray[]>,
  path: readonly string[],
): readonly WeightArray[] {
  const layer = (path.at(-1) ?? '').split('/');
  const parents = path.slice(0, -1).flatMap((name) => name.split('/'));
  let best: WeightArray[] = [];
  let bestScore = -Infinity;
  for (const weight of index.get(layer[0]!) ?? []) {
    const folders = weight.name.split('/').slice(0, -1);
    const at = lastIndexOfRun(folders, layer);
    if (at < 0) continue;
    const above = folders.slice(0, at);
    const known = above.filter((name) => parents.includes(name)).length;
    const score = 2 * known - above.length;
    if (score > bestScore) {
      best = [];
      bestScore = score;
    }
    if (score === bestScore) best.push(weight);
  }
  return best;
}

/** Every layer by its path, nested models too; of two with one name, the first. */
function layersByPath(
  layers: readonly OutlineLayer[],
  above: readonly string[] = [],
  found = new Map<string, OutlineLayer>(),
): ReadonlyMap<string, OutlineLayer> {
  for (const layer of layers) {
    const path = [...above, layer.name];
    if (found.has(key(path))) continue;
    found.set(key(path), layer);
    if (layer.layers) layersByPath(layer.layers, path, found);
  }
  return found;
}

/** Looks layers up in a flat list of the weights of `layers`. */
export function flatWeights(
  flat: readonly WeightArray[],
  layers: readonly OutlineLayer[],
): (path: readonly string[]) => readonly WeightArray[] | undefined {
  let ordered: ReturnType<typeof byOrder> | null = null;
  const known = layersByPath(layers);
  const index = byFolder(flat);
  return (path) => {
    const layer = known.get(key(path));
    const count = layer && innerCount(layer);
    const expected = count && count.trainable + count.frozen;
    if (expected === 0) return [];
    const named = byName(index, path);
    if (named.length > 0 && (expected === undefined || named.length === expected)) return named;
    if (ordered === null) ordered = byOrder(flat, layers);
    return ordered?.get(key(path)) ?? (named.length > 0 ? named : undefined);
  };
}
