/** .tflite → Graph (schema.fbs of TensorFlow Lite, version 3). */
import { IntactError } from '../../model/error';
import type { Issue } from '../../model/graph';
import { validate } from '../../model/validate';
import type { Imported, ReadOptions } from '../format';
import { assemble } from './assemble';
import { CheckedBuffer } from './checked';
import { flatten } from './flatten';
import * as fb from './generated/tflite';
import { modelsIn, type OneModel } from './models';
import { constantReader } from './tensors';

/** "TFL3" at byte 4. */
export function isTflite(bytes: Uint8Array): boolean {
  return [0x54, 0x46, 0x4c, 0x33].every((code, index) => bytes[4 + index] === code);
}

/** What is left aside, in words. */
function sayOthers({ chosen, all, why }: ReturnType<typeof modelsIn>, issues: Issue[]): void {
  const others = all.filter((one) => one.subgraph !== chosen.subgraph);
  if (others.length === 0) return;
  issues.push({
    severity: 'warning',
    message: `The file holds several models (${chosen.signed ? 'signatures' : 'subgraphs without signatures'}). Intact reads "${chosen.key}", ${why}, and leaves out ${others.map(described).join(', ')}. Choose another by its name (on the page under Model, in the shell with --signature).`,
  });
}

const described = ({ key, operators }: OneModel) =>
  `"${key}" (${operators} ${operators === 1 ? 'operator' : 'operators'})`;

function read(bytes: Uint8Array, name: string | undefined, { signature }: ReadOptions): Imported {
  const buffer = new CheckedBuffer(bytes);
  const model = fb.Model.getRootAsModel(buffer);
  if (model.version() !== 3)
    throw new IntactError(
      'unsupported',
      `This .tflite file has schema version ${model.version()}; Intact reads version 3, which every converter since 2018 writes. Convert the model again.`,
    );
  const issues: Issue[] = [];
  const models = modelsIn(buffer, model, signature);
  const { chosen, all } = models;
  const main = chosen.subgraph;
  sayOthers(models, issues);
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
    ...(all.some(({ subgraph }) => subgraph !== main)
      ? { signatures: { read: chosen.key, all: all.map(({ key }) => key) } }
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
