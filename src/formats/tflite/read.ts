/** .tflite → Graph (schema.fbs of TensorFlow Lite, version 3). */
import { IntactError } from '../../model/error';
import type { Issue } from '../../model/graph';
import { validate } from '../../model/validate';
import type { Imported, ReadOptions } from '../format';
import { assemble } from './assemble';
import { CheckedBuffer } from './checked';
import { flatten } from './flatten';
import * as fb from './generated/tflite';
import { constantReader } from './tensors';

/** "TFL3" at byte 4. */
export function isTflite(bytes: Uint8Array): boolean {
  return [0x54, 0x46, 0x4c, 0x33].every((code, index) => bytes[4 + index] === code);
}

interface Signature {
  readonly key: string;
  readonly subgraph: number;
}

/** Operators of a subgraph: how large a model is, as far as its head tells. */
const operators = (model: fb.Model, subgraph: number) =>
  model.subgraphs(subgraph)?.operatorsLength() ?? 0;

/**
 * The subgraph to read: of the signature that was asked for, else of the default one, else of the
 * largest; the first where there are no signatures.
 */
function mainSignature(
  bytes: CheckedBuffer,
  model: fb.Model,
  wanted: string | undefined,
): { readonly subgraph: number; readonly key?: string; readonly all: readonly Signature[] } {
  const count = model.subgraphsLength();
  if (count < 1)
    throw new IntactError(
      'malformed',
      'This .tflite file holds no model: it has no subgraph. Export it again.',
    );
  const all = bytes
    .list(model.signatureDefsLength(), (index) => model.signatureDefs(index))
    .map((def) => ({ key: def.signatureKey() ?? '', subgraph: def.subgraphIndex() }))
    .filter(({ subgraph }) => subgraph < count);
  if (wanted !== undefined) {
    const chosen = all.find(({ key }) => key === wanted);
    if (chosen) return { ...chosen, all };
    const keys = all.map(({ key }) => `"${key}"`).join(', ') || 'none';
    throw new IntactError(
      'usage',
      `This .tflite file has no signature "${wanted}"; it has ${keys}.`,
    );
  }
  const largest = all.reduce<Signature | undefined>(
    (best, one) =>
      !best || operators(model, one.subgraph) > operators(model, best.subgraph) ? one : best,
    undefined,
  );
  const main = all.find(({ key }) => key === 'serving_default') ?? largest;
  return main ? { ...main, all } : { subgraph: 0, all };
}

/** What is left aside, in words. */
function sayOthers(
  { subgraph, key, all }: ReturnType<typeof mainSignature>,
  chosen: boolean,
  issues: Issue[],
): void {
  const others = all.filter((one) => one.subgraph !== subgraph);
  if (others.length === 0) return;
  const why = chosen ? ', as chosen,' : key === 'serving_default' ? '' : ', the largest,';
  issues.push({
    severity: 'warning',
    message: `The file holds several models (signatures). Intact reads "${key ?? 'main'}"${why} and leaves out ${others.map((one) => `"${one.key}"`).join(', ')}. Choose another by its name (--signature).`,
  });
}

function read(bytes: Uint8Array, name: string | undefined, { signature }: ReadOptions): Imported {
  const buffer = new CheckedBuffer(bytes);
  const model = fb.Model.getRootAsModel(buffer);
  if (model.version() !== 3)
    throw new IntactError(
      'unsupported',
      `This .tflite file has schema version ${model.version()}; Intact reads version 3, which every converter since 2018 writes. Convert the model again.`,
    );
  const issues: Issue[] = [];
  const chosen = mainSignature(buffer, model, signature);
  const { subgraph: main, all } = chosen;
  sayOthers(chosen, signature !== undefined, issues);
  const title = name ?? (model.subgraphs(main)!.name() || 'model');
  const flat = flatten(buffer, model, main);
  const graph = assemble(flat, buffer, constantReader(bytes, model), title, issues);
  if (graph.outputs.length === 0)
    throw new IntactError(
      'malformed',
      'This .tflite file holds an empty model: it has no outputs. Export it again.',
    );
  validate(graph);
  return {
    graph,
    issues,
    format: 'tflite',
    description: 'TensorFlow Lite, schema 3',
    fileBytes: bytes.length,
    ...(all.length > 1
      ? { signatures: { read: chosen.key ?? '', all: all.map(({ key }) => key) } }
      : {}),
  };
}

/**
 * Reads a .tflite file. `name`: the graph's name, else that of the subgraph.
 * Operators that Intact cannot run become UNSUPPORTED nodes, each with an issue.
 * Throws IntactError `not-this-format`, `malformed`, `unsupported` (schema version) or `limit`.
 */
export function readTflite(bytes: Uint8Array, name?: string, options: ReadOptions = {}): Imported {
  if (!isTflite(bytes))
    throw new IntactError(
      'not-this-format',
      'This is not a .tflite file: it does not have "TFL3" at byte 4.',
    );
  try {
    return read(bytes, name, options);
  } catch (thrown) {
    if (thrown instanceof IntactError) throw thrown;
    if (!(thrown instanceof RangeError || thrown instanceof TypeError)) throw thrown;
    throw new IntactError(
      'malformed',
      'This .tflite file is damaged: its parts do not fit together. Copy or export it again.',
      { cause: thrown.message },
    );
  }
}
