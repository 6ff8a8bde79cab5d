/** Some steps of a training on one backend of TF.js: their losses and times. In node and in a browser. */
import { unzipSync } from 'fflate';
import { readNpy } from '../../src/data/arrays/npy';
import { createReferenceBackend } from '../../src/engine/reference';
import { openFiles } from '../../src/formats';
import { elementCount, type Graph } from '../../src/model/graph';
import { optimize } from '../../src/model/passes/optimize';
import { plan as planOf } from '../../src/quant/plan';
import { stockRecipe } from '../../src/quant/recipe';
import { calibrate } from '../../src/quant/stats';
import { createTrainer, recommendedOptions, type TrainBackend } from '../../src/train';

const SAMPLES = 64;
const CALIBRATION = 8;

export interface StepsRequest {
  /** A model file and its name, and an .npz with images `x…` of uint8 and labels `y…`. */
  readonly name: string;
  readonly model: Uint8Array;
  readonly data: Uint8Array;
  /** 255 where the model takes 0 … 1. */
  readonly divideBy: number;
  readonly backend: TrainBackend;
  /** As openBackend takes it. */
  readonly wasmPath: string;
  readonly steps: number;
  readonly batch: number;
  /** Default: as recommended. */
  readonly microBatch?: number;
  readonly loss: 'distill' | 'labels';
}

export interface StepsResult {
  readonly microBatch: number;
  readonly openingMs: number;
  readonly losses: readonly number[];
  readonly ms: readonly number[];
}

async function array(files: Readonly<Record<string, Uint8Array>>, start: string) {
  const name = Object.keys(files).find((key) => key.startsWith(start));
  if (!name) throw new Error(`there is no array "${start}…"`);
  return (await readNpy(files[name]!, name)).data;
}

async function samplesOf({ data, divideBy }: StepsRequest, graph: Graph) {
  const files = unzipSync(data);
  const size = elementCount(graph.values[graph.inputs[0]!]!.shape);
  const pixels = await array(files, 'x');
  const labels = await array(files, 'y');
  return {
    images: Array.from({ length: SAMPLES }, (_, i) =>
      Float32Array.from(pixels.subarray(i * size, (i + 1) * size), (pixel) => pixel / divideBy),
    ),
    labels: Array.from({ length: SAMPLES }, (_, i) => Number(labels[i])),
  };
}

/** int8 per channel, calibrated on the first samples, as the studio would train it. */
export async function trainingSteps(request: StepsRequest): Promise<StepsResult> {
  const { backend, wasmPath, batch, steps, loss } = request;
  const { graph: opened } = await openFiles([{ path: request.name, bytes: request.model }]);
  const { graph } = optimize(opened);
  const { images, labels } = await samplesOf(request, graph);
  const executable = await createReferenceBackend().prepare(graph);
  const { shape } = graph.values[graph.inputs[0]!]!;
  const stats = await calibrate(
    graph,
    (tensors, tap) => executable.run(tensors, tap),
    {
      length: CALIBRATION,
      at: (index) => [{ shape, dtype: 'float32', data: images[index]! }],
    },
    { method: 'minmax' },
  );
  executable.dispose();
  const plan = planOf(graph, stockRecipe('int8'), stats);
  const recommended = recommendedOptions({
    ...{ graph, plan, samples: SAMPLES, targets: 'none', augment: undefined, seed: 1 },
  });
  const losses: number[] = [];
  const ms: number[] = [];
  let last = 0;
  const started = performance.now();
  const trainer = await createTrainer({
    ...{ graph, plan, backend, wasmPath },
    options: {
      ...recommended,
      ...{ batch, loss, epochs: Math.ceil((steps * batch) / SAMPLES) },
      microBatch: request.microBatch ?? Math.min(batch, recommended.microBatch),
    },
    samples: {
      count: SAMPLES,
      read: (index) => [images[index]!],
      target: (index) => labels[index]!,
    },
    border() {
      last = performance.now();
      return losses.length < steps ? 'continue' : 'stop';
    },
    events: {
      step(event) {
        ms.push(performance.now() - last);
        losses.push(event.loss);
      },
    },
  });
  const openingMs = performance.now() - started;
  const { microBatch } = await trainer.run();
  trainer.dispose();
  return { microBatch, openingMs, losses, ms };
}
