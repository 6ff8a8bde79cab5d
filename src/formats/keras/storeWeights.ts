/**
 * Weights of a `.keras` v3 file: groups addressed by class name and number, in the order in which
 * keras/src/saving/saving_lib.py walks the model: `layers/conv2d_1/vars/0`, nested models
 * `layers/functional/layers/dense/vars/0`, wrappers `layers/time_distributed/layer/vars/0`. A shared
 * layer is stored where the walk meets it first.
 */
import { IntactError } from '../../model/error';
import type { OutlineLayer } from './config';
import type { H5File } from './h5';
import type { KerasSource, WeightArray } from './source';

const maxGroups = 100_000;
const maxDepth = 12;

/** keras/src/utils/naming.py, `to_snake_case`. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

const key = (path: readonly string[]) => JSON.stringify(path);

/**
 * Store paths of every layer, by the JSON of its path of names: the likeliest first. Keras 3 marks a
 * shared layer only from its second place on; its first is then the one of the same name and class.
 */
function storePaths(layers: readonly OutlineLayer[]): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, readonly string[]>();
  const first = new Map<string, string>();
  const shared = new Map<number | string, string>();
  function walk(list: readonly OutlineLayer[], prefix: string, above: readonly string[]) {
    const used = new Map<string, number>();
    for (const layer of list) {
      if (layer.isOperation) continue;
      const base = snakeCase(layer.className);
      const n = used.get(base);
      used.set(base, (n ?? -1) + 1);
      let place = `${prefix}layers/${n === undefined ? base : `${base}_${n + 1}`}`;
      const others: string[] = [];
      const identity = key([layer.className, layer.name]);
      if (layer.sharedId !== undefined) {
        place = shared.get(layer.sharedId) ?? place;
        shared.set(layer.sharedId, place);
        others.push(first.get(identity) ?? place);
      }
      first.set(identity, first.get(identity) ?? place);
      const path = [...above, layer.name];
      result.set(key(path), [place, ...others]);
      if (layer.layers) walk(layer.layers, layer.wrapped ? `${place}/layer/` : `${place}/`, path);
    }
  }
  walk(layers, '', []);
  return result;
}

/** Names with numbers in counting order: 0, 1, … 10; forward before backward. */
function compareNames(a: string, b: string): number {
  const numbers = Number(a) - Number(b);
  if (!Number.isNaN(numbers)) return numbers;
  const rank = (name: string) => (name === 'forward_layer' ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** `dense` of `dense_12`. */
const classOf = (member: string) => member.replace(/_\d+$/, '');

/** Sublayers that hold no weights: random states, and Bidirectional's template in tf_keras. */
function ignored(name: string, siblings: readonly string[]): boolean {
  if (/^_?(seed|random)_generator$/.test(name) || name === 'vars') return true;
  return name === 'layer' && siblings.includes('forward_layer');
}

/**
 * @param files the weight file, or all shards of it; they must stay open while weights are read
 */
export function storeWeights(
  files: readonly H5File[],
  layers: readonly OutlineLayer[],
): KerasSource['weights'] {
  const places = storePaths(layers);
  let visited = 0;

  function collect(file: H5File, place: string, depth: number): WeightArray[] {
    if (++visited > maxGroups || depth > maxDepth) {
      throw new IntactError(
        'malformed',
        `The weights' group ${place} nests too deep or is too large; the file is damaged.`,
      );
    }
    const own = [...file.names(`${place}/vars`)].sort(compareNames);
    const weights = own.flatMap(
      (name) => file.array(`${place}/vars/${name}`, `vars/${name}`) ?? [],
    );
    const members = file.names(place);
    for (const name of [...members].sort(compareNames)) {
      if (ignored(name, members)) continue;
      for (const weight of collect(file, `${place}/${name}`, depth + 1)) weights.push(weight);
    }
    return weights;
  }

  /** The name that Keras ≥ 3.8 stores beside the variables. */
  function storedName(file: H5File, place: string): string | undefined {
    const vars = `${place}/vars`;
    return file.type(vars) === 'group' ? file.strings(vars, 'name')?.[0] : undefined;
  }

  const renamed = new Map<string, ReadonlyMap<string, string>>();

  /** The places in a folder by the names stored in them and the class that they begin with. */
  function storedNames(file: H5File, folder: string): ReadonlyMap<string, string> {
    const id = `${files.indexOf(file)}:${folder}`;
    const known = renamed.get(id);
    if (known) return known;
    const names = new Map<string, string>();
    for (const member of file.names(folder)) {
      const stored = storedName(file, `${folder}/${member}`);
      const name = stored === undefined ? undefined : key([classOf(member), stored]);
      if (name !== undefined && !names.has(name)) names.set(name, `${folder}/${member}`);
    }
    renamed.set(id, names);
    return names;
  }

  /** Where names are stored they decide: numbers shift when a class was replaced after saving. */
  function named(file: H5File, place: string, name: string): string {
    const stored = storedName(file, place);
    if (stored === undefined || stored === name) return place;
    const folder = place.slice(0, place.lastIndexOf('/'));
    const base = classOf(place.slice(folder.length + 1));
    return storedNames(file, folder).get(key([base, name])) ?? place;
  }

  return (path) => {
    const candidates = (places.get(key(path)) ?? []).flatMap((place) => [
      place,
      // tf_keras 2.12 and 2.13 name the folder of layers after an internal attribute.
      place.replaceAll('layers/', '_layer_checkpoint_dependencies/'),
    ]);
    for (const at of candidates) {
      for (const file of files) {
        if (file.type(`/${at}`) !== 'group') continue;
        return collect(file, named(file, `/${at}`, path.at(-1) ?? ''), 0);
      }
    }
    return undefined;
  };
}
