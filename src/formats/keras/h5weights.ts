/**
 * Weights of a whole-model .h5 of Keras 1, 2 and 3: group `model_weights`, one group per top-level
 * layer, attribute `layer_names` for their order and `weight_names` for the order in each (see
 * keras/src/legacy/saving/legacy_h5_format.py).
 */
import { IntactError } from '../../model/error';
import type { OutlineLayer } from './config';
import { flatWeights, weightCount } from './flatWeights';
import type { H5File } from './h5';
import type { KerasSource, WeightArray } from './source';

const maxChunks = 10_000;

/**
 * A list attribute. Lists beyond HDF5's limit of 64 kB are stored in pieces: `name0`, `name1`, …
 */
export function chunkedStrings(file: H5File, path: string, name: string): readonly string[] {
  const whole = file.strings(path, name);
  if (whole) return whole;
  const present = new Set(file.attributeNames(path));
  const result: string[] = [];
  for (let i = 0; i < maxChunks && present.has(`${name}${i}`); i++) {
    for (const item of file.strings(path, `${name}${i}`) ?? []) result.push(item);
  }
  return result;
}

/**
 * @param file an open file; the result reads from it, so it must stay open
 * @param root path of the group ("/model_weights")
 * @param layers outline of the model that the weights belong to
 */
export function h5Weights(
  file: H5File,
  root: string,
  layers: readonly OutlineLayer[],
  fileName: string,
): KerasSource['weights'] {
  const groups = chunkedStrings(file, root, 'layer_names');
  const loaded = new Map<string, readonly WeightArray[]>();

  function groupWeights(group: string): readonly WeightArray[] {
    const known = loaded.get(group);
    if (known) return known;
    const path = `${root}/${group}`;
    if (file.type(path) !== 'group') {
      throw new IntactError(
        'malformed',
        `${fileName} lists the layer "${group}" but holds no group for its weights. ` +
          'The file is damaged: save or download it again.',
        { file: fileName, layer: group },
      );
    }
    const weights = chunkedStrings(file, path, 'weight_names').map((name) => {
      const array = file.array(`${path}/${name}`, name);
      if (array) return array;
      throw new IntactError(
        'malformed',
        `${fileName} lists the weight "${name}" of layer "${group}" but does not hold it. ` +
          'The file is damaged: save or download it again.',
        { file: fileName, layer: group },
      );
    });
    loaded.set(group, weights);
    return weights;
  }

  let renamed: ReadonlyMap<string, string> | null = null;
  const groupNames = new Set(groups);
  const nestedLookups = new Map<string, ReturnType<typeof flatWeights> | undefined>();
  const nestedOf = new Map(layers.toReversed().map(({ name, layers: inner }) => [name, inner]));

  /** The group of a top-level layer: by name, else the n-th with weights for the n-th with weights. */
  function groupOf(name: string): string | undefined {
    if (groupNames.has(name)) return name;
    if (renamed === null) {
      const filled = groups.filter((group) => groupWeights(group).length > 0);
      const holders = layers.filter((layer) => {
        const count = layer.layers ? undefined : weightCount(layer);
        return !count || count.trainable + count.frozen > 0;
      });
      renamed = new Map(
        filled.length === holders.length
          ? holders.map((layer, i) => [layer.name, filled[i] ?? ''])
          : [],
      );
    }
    return renamed.get(name);
  }

  return (path) => {
    const [top, ...rest] = path;
    const group = top === undefined ? undefined : groupOf(top);
    if (group === undefined) return undefined;
    const weights = groupWeights(group);
    if (rest.length === 0) return weights;
    if (!nestedLookups.has(top!)) {
      const nested = nestedOf.get(top!);
      nestedLookups.set(top!, nested && flatWeights(weights, nested));
    }
    return nestedLookups.get(top!)?.(rest);
  };
}
