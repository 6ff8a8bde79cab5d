/** A model file and its calibration samples → our int8 .tflite with a float32 border, without the studio around it. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createWasmBackend } from '../../src/engine/wasm';
import { openFiles } from '../../src/formats';
import { writeTflite } from '../../src/formats/tflite/write';
import { elementCount, type Tensor } from '../../src/model/graph';
import { optimize } from '../../src/model/passes/optimize';
import { convert } from '../../src/quant/convert';
import { plan } from '../../src/quant/plan';
import { stockRecipe } from '../../src/quant/recipe';
import { calibrate } from '../../src/quant/stats';
import { targetOf } from '../../src/quant/targets';

/** `samples`: a file of float32 numbers, each sample in the form of the model's only input. By target id. */
export async function quantize(
  model: string,
  samples: string,
  targets: readonly string[],
): Promise<Record<string, Uint8Array>> {
  const bytes = new Uint8Array(readFileSync(model));
  const { graph } = optimize((await openFiles([{ path: basename(model), bytes }])).graph);
  const { shape, dtype } = graph.values[graph.inputs[0]!]!;
  const size = elementCount(shape);
  const all = new Float32Array(new Uint8Array(readFileSync(samples)).buffer);
  const feeds = Array.from({ length: all.length / size }, (_, index): Tensor[] => [
    { shape, dtype, data: all.slice(index * size, (index + 1) * size) },
  ]);
  const backend = (await createWasmBackend())!;
  const float = await backend.prepare(graph);
  const stats = await calibrate(graph, (feed, tap) => float.run(feed, tap), feeds, {
    method: 'minmax',
  });
  float.dispose();
  return Object.fromEntries(
    targets.map((id) => {
      const recipe = stockRecipe('int8', { target: targetOf(id).id, io: 'float32' });
      return [id, writeTflite(convert(graph, plan(graph, recipe, stats)))];
    }),
  );
}
