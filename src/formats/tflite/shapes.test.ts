/** Inferred shapes against the ones that TFLite's converters wrote into the reference models. */
import { readdirSync } from 'node:fs';
import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { Model } from './generated/tflite';
import { readTflite } from './index';
import { hasShared, readShared, sharedPath } from '../../testing/shared';
import type { Node } from '../../model/graph';
import { inferShapes } from '../../model/infer';

const folders = ['mlperf-tiny', 'mnist-conv-fc', 'one-op'];
const files = hasShared
  ? folders.flatMap((folder) =>
      readdirSync(sharedPath(`models/${folder}`))
        .filter((name) => name.endsWith('.tflite'))
        .map((name) => `models/${folder}/${name}`),
    )
  : [];

/** Shapes as they stand in the file: the reader replaces them by inferred ones. */
function fileShapes(bytes: Uint8Array): Map<string, number[]> {
  const main = Model.getRootAsModel(new ByteBuffer(bytes)).subgraphs(0)!;
  const shapes = new Map<string, number[]>();
  const seen = new Set<string>();
  for (let index = 0; index < main.tensorsLength(); index++) {
    const tensor = main.tensors(index)!;
    const name = tensor.name() ?? '';
    if (seen.has(name)) shapes.delete(name);
    else shapes.set(name, [...(tensor.shapeArray() ?? [])]);
    seen.add(name);
  }
  return shapes;
}

describe.skipIf(!hasShared)('shapes and types in .tflite files', () => {
  it.each(files)('%s', (file) => {
    const bytes = readShared(file);
    const shapes = fileShapes(bytes);
    const { graph } = readTflite(bytes, file);
    const compared = graph.nodes.filter(({ outputs }) =>
      shapes.has(graph.values[outputs[0]!]!.name),
    );
    expect(compared.length).toBeGreaterThan(graph.nodes.length / 2 - 1);
    for (const node of graph.nodes as readonly Node[]) {
      if (node.op === 'UNSUPPORTED') continue;
      const inputs = node.inputs.map((index) => graph.values[index]);
      const inferred = inferShapes(node.op, node.attrs, inputs);
      node.outputs.forEach((index, k) => {
        const { name, dtype } = graph.values[index]!;
        const written = shapes.get(name);
        if (written !== undefined) expect([name, inferred[k]!.shape]).toEqual([name, written]);
        if (node.op !== 'QUANTIZE') expect([name, inferred[k]!.dtype]).toEqual([name, dtype]);
      });
    }
  });
});
