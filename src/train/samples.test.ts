/** The sample models: what fake quantization says is what the integer engine says, and training helps. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readData } from '../data/read';
import { split } from '../data/split';
import { createLocalJobs } from '../jobs';
import { readPaths } from '../jobs/cli/files';
import { engine } from '../jobs/engine';
import { feedsOf, sampleShapeOf } from '../jobs/feeds';
import { prepare } from '../jobs/prepared';
import type { Samples } from '../jobs/types';
import type { Graph } from '../model/graph';
import { convert } from '../quant/convert';
import { plan as planOf } from '../quant/plan';
import { stockRecipe } from '../quant/recipe';
import { calibrate } from '../quant/stats';
import type { Plan, SchemeId } from '../quant/types';
import { recommendedOptions } from './recommend';
import { wasmPath } from './testing/wasm';
import { createTrainer } from './trainer';

const sample = (name: string) =>
  fileURLToPath(new URL(`../../public/samples/${name}`, import.meta.url));
const digits = sample('mnist.npz');
const silent = { progress: () => undefined } as never;
const largest = (numbers: Float32Array) => numbers.indexOf(Math.max(...numbers));

async function open(file: string, scheme: SchemeId) {
  const model = await createLocalJobs('').openModel(readPaths([sample(file)]), silent);
  const graph = model.optimized;
  const dataset = await readData(readPaths([digits]), { inputShape: sampleShapeOf(model.graph) });
  const { preprocessing } = await createLocalJobs('').choosePreprocessing(model, dataset, silent);
  const parts = split(dataset, { calibration: 500, seed: 1 });
  const samples: Samples = { dataset, preprocessing, split: parts };
  const feeds = feedsOf(samples, graph);
  const backend = await engine();
  const float = await prepare(backend, graph, feeds);
  const recipe = stockRecipe(scheme);
  const stats = await calibrate(
    float.graph,
    (tensors, tap) => float.executable.run(tensors, tap),
    { length: 500, at: (index) => feeds(float.graph, parts.calibration[index]!) },
    recipe.calibration,
  );
  const read = (at: number) => feeds(graph, at).map(({ data }) => data as Float32Array);
  const labels = dataset.labels as ArrayLike<number>;
  return {
    graph,
    plan: planOf(graph, recipe, stats),
    training: parts.calibration,
    evaluation: parts.evaluation,
    read,
    labels,
    async integer(trained: Graph, learned: Plan): Promise<number[]> {
      const ready = await prepare(backend, convert(trained, learned), feeds);
      const found: number[] = [];
      for (const at of parts.evaluation) found.push(largest(await ready.run(at)));
      ready.dispose();
      return found;
    },
  };
}

describe.skipIf(!existsSync(digits))('the sample digits', () => {
  it.each([
    ['mnist-dense.h5', 'int8', 0.93],
    ['mnist-mobilenet.keras', 'int8', 0.975],
    ['mnist-mobilenet.keras', 'int8-per-tensor', 0.93],
  ] as const)('%s, %s', async (file, scheme, least) => {
    const { graph, plan, training, evaluation, read, labels, integer } = await open(file, scheme);
    const recommended = recommendedOptions({
      graph,
      plan,
      samples: training.length,
      targets: 'classes',
      augment: undefined,
      seed: 1,
    });
    const trainer = await createTrainer({
      graph,
      plan,
      options: { ...recommended, epochs: 3 },
      wasmPath,
      samples: { count: training.length, read: (index) => read(training[index]!) },
    });
    const result = await trainer.run();
    const whole = await integer(result.graph, result.plan);
    const accuracyOf = (found: readonly number[]) =>
      found.filter((label, i) => label === labels[evaluation[i]!]).length / found.length;
    const fake: number[] = [];
    for (let from = 0; from < evaluation.length; from += 100) {
      const some = evaluation.slice(from, from + 100);
      const { outputs } = await trainer.outputs(some.map(read));
      for (let i = 0; i < some.length; i++)
        fake.push(largest(outputs[0]!.subarray(i * 10, i * 10 + 10)));
    }
    trainer.dispose();
    expect(evaluation.length).toBe(2000);
    expect(Math.abs(accuracyOf(fake) - accuracyOf(whole))).toBeLessThanOrEqual(0.001);
    expect(accuracyOf(whole)).toBeGreaterThan(least);
  });
});
