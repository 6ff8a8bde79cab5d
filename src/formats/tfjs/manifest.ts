/**
 * The weights of a TF.js model: `weightsManifest`, a list of groups, each a list of weights laid end
 * to end over one or more files ("shards"). Format: tfjs-core/src/io/types.ts, `WeightsManifestConfig`.
 */
import { IntactError } from '../../model/error';
import type { ModelFile } from '../format';
import { asRecord, type Json } from '../keras/config';
import { elementBytes, elementsToFloat32 } from '../keras/floats';
import type { WeightArray } from '../keras/source';

interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: Quantization;
}

function damaged(fileName: string, detail: string): IntactError {
  return new IntactError(
    'malformed',
    `${fileName} is a TensorFlow.js model, but its list of weights is damaged: ${detail}. ` +
      'Save or download it again.',
    { file: fileName },
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function readSpec(value: unknown, fileName: string): WeightSpec {
  const spec = asRecord(value) ?? {};
  const { name, shape, dtype } = spec;
  if (typeof name !== 'string' || typeof dtype !== 'string' || !Array.isArray(shape)) {
    throw damaged(fileName, 'a weight lacks its name, shape or dtype');
  }
  const sizes = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!sizes || shape.length > 8) {
    throw damaged(fileName, `the weight "${name}" has the shape [${shape.join(', ')}]`);
  }
  const quantization = asRecord(spec.quantization);
  return {
    name,
    shape,
    dtype,
    quantization: quantization && readQuantization(quantization, name, fileName),
  };
}

function readQuantization(record: Json, name: string, fileName: string): Quantization {
  const { dtype } = record;
  if (dtype === 'float16') return { dtype, scale: 1, min: 0 };
  const scale = finite(record.scale);
  const min = finite(record.min);
  if ((dtype !== 'uint8' && dtype !== 'uint16') || scale === undefined || min === undefined) {
    throw damaged(fileName, `the quantization of the weight "${name}" is not {dtype, min, scale}`);
  }
  return { dtype, scale, min };
}

/** The file that a manifest path means: beside model.json, else the only one of that name. */
function shardFinder(folder: string, files: readonly ModelFile[]) {
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const byPath = new Map(files.toReversed().map((file) => [file.path, file]));
  const byName = new Map<string, ModelFile | null>();
  for (const file of files) {
    const name = nameOf(file.path);
    byName.set(name, byName.has(name) ? null : file);
  }
  return (path: string): ModelFile | undefined => {
    const wanted = path.replace(/^(\.\/)+/, '');
    return byPath.get(folder + wanted) ?? byName.get(nameOf(wanted)) ?? undefined;
  };
}

function joinShards(shards: readonly ModelFile[]): Uint8Array {
  const [only] = shards;
  if (only && shards.length === 1) return only.bytes;
  const joined = new Uint8Array(shards.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of shards) {
    joined.set(bytes, at);
    at += bytes.length;
  }
  return joined;
}

function readWeight(spec: WeightSpec, raw: Uint8Array, elements: number): Float32Array | undefined {
  const { quantization, dtype } = spec;
  const data = elementsToFloat32(raw, elements, quantization?.dtype ?? dtype);
  if (data && quantization && quantization.dtype !== 'float16') {
    const { scale, min } = quantization;
    for (let i = 0; i < data.length; i++) {
      const value = data[i]! * scale + min;
      data[i] = dtype === 'int32' ? Math.round(value) : value;
    }
  }
  return data;
}

export interface ManifestWeights {
  readonly weights: readonly WeightArray[];
  /** Shards that were read. */
  readonly shards: readonly ModelFile[];
}

/**
 * All weights in the order of the manifest.
 *
 * @param modelPath path of model.json among `files`; shards are looked up beside it
 * @throws IntactError `usage` naming the shards that are missing; `malformed` when the manifest and
 *   the shards do not agree; `unsupported` for weights that are no numbers
 */
export function readManifest(
  manifest: unknown,
  modelPath: string,
  files: readonly ModelFile[],
): ManifestWeights {
  const fileName = modelPath.split('/').at(-1) ?? modelPath;
  const folder = modelPath.slice(0, modelPath.length - fileName.length);
  if (!Array.isArray(manifest)) throw damaged(fileName, 'there is no weightsManifest');
  const findShard = shardFinder(folder, files);
  const groups = manifest.map((value) => {
    const group = asRecord(value) ?? {};
    const paths = list(group.paths).filter((path) => typeof path === 'string');
    return { paths, specs: list(group.weights).map((spec) => readSpec(spec, fileName)) };
  });
  const paths = groups.flatMap((group) => group.paths);
  const found = new Map(paths.map((path) => [path, findShard(path)]));
  const missing = paths.filter((path) => !found.get(path));
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', …' : '');
    throw new IntactError(
      'usage',
      `${fileName} keeps its weights in ${some}, which ${missing.length === 1 ? 'is' : 'are'} not ` +
        'among the dropped files. Drop model.json and its weight files together, or their folder.',
      { kind: 'missing-shards', list: missing },
    );
  }
  const weights: WeightArray[] = [];
  for (const group of groups) {
    const shards = group.paths.flatMap((path) => found.get(path) ?? []);
    for (const weight of readGroup(group.specs, shards, fileName)) weights.push(weight);
  }
  return { weights, shards: [...new Set(found.values())].filter((shard) => shard !== undefined) };
}

function readGroup(
  specs: readonly WeightSpec[],
  shards: readonly ModelFile[],
  fileName: string,
): readonly WeightArray[] {
  const bytes = joinShards(shards);
  let at = 0;
  return specs.map((spec) => {
    const stored = spec.quantization?.dtype ?? spec.dtype;
    const itemSize = elementBytes(stored);
    if (itemSize === undefined) {
      throw new IntactError(
        'unsupported',
        `The weight "${spec.name}" in ${fileName} is of type "${stored}", which is no number. ` +
          'Intact reads weights of float32, float16, int32, uint8, uint16 and bool.',
      );
    }
    const elements = spec.shape.reduce((product, size) => product * size, 1);
    const end = at + elements * itemSize;
    if (!(end <= bytes.length)) {
      const names = shards.map((shard) => shard.path).join(', ');
      throw damaged(
        fileName,
        `"${spec.name}" ends at byte ${end}, but ${names || 'its weight file'} has ${bytes.length}`,
      );
    }
    const data = readWeight(spec, bytes.subarray(at, end), elements);
    at = end;
    if (!data) throw damaged(fileName, `the weight "${spec.name}" cannot be read`);
    return { name: spec.name, shape: spec.shape, data };
  });
}
