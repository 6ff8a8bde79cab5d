import { ErrorAccumulator } from '../analysis/compare';
import { Scorer, type Task } from '../analysis/score';
import { toReal } from '../analysis/tensors';
import type { TensorError } from '../analysis/types';
import type { Backend } from '../engine/engine';
import type { Graph } from '../model/graph';
import { convert } from '../quant/convert';
import { plan } from '../quant/plan';
import { withOverrides } from '../quant/recipe';
import type { Recipe, Stats } from '../quant/types';
import type { Feeds } from './feeds';
import { outputsByNode, prepare, type Prepared } from './prepared';
import type { Samples } from './types';

export interface Sensitivity {
  /** Error at the layer's own output. */
  readonly isolated: TensorError | undefined;
  /** Score with only this layer quantized minus the float score on the same samples. */
  readonly change: number | undefined;
}

export interface SensitivityArguments {
  readonly backend: Backend;
  readonly float: Prepared;
  readonly feeds: Feeds;
  readonly samples: Samples;
  readonly recipe: Recipe;
  readonly stats: Stats | undefined;
  readonly task: Task;
  /** Evaluation samples to use. */
  readonly chosen: readonly number[];
}

/** Only this layer quantized, all others float: the recipe with every other node overridden. */
export function onlyLayer(
  graph: Graph,
  recipe: Recipe,
  stats: Stats | undefined,
  name: string,
): Graph {
  const others = graph.nodes.filter((node) => node.name !== name);
  const overrides = Object.fromEntries(others.map((node) => [node.name, 'float' as const]));
  const only = { ...withOverrides(recipe, overrides), io: 'float32' as const };
  return convert(graph, plan(graph, only, stats));
}

/** Sensitivity ON of one layer (design: "accuracy with only this layer quantized"). */
export async function layerSensitivity(
  name: string,
  { backend, float, feeds, samples, recipe, stats, task, chosen }: SensitivityArguments,
): Promise<Sensitivity> {
  const mixed = await prepare(backend, onlyLayer(float.graph, recipe, stats, name), feeds);
  try {
    const floatIndex = outputsByNode(float.graph).get(name)!;
    const mixedIndex = outputsByNode(mixed.graph).get(name)!;
    const quant = mixed.graph.values[mixedIndex]!.quant;
    const error = new ErrorAccumulator();
    const floatScorer = new Scorer(task, samples.dataset);
    const mixedScorer = new Scorer(task, samples.dataset);
    let kept = new Float32Array(0);
    let real = new Float32Array(0);
    for (const sample of chosen) {
      const floatOutput = await float.run(sample, (index, tensor) => {
        if (index !== floatIndex) return;
        if (kept.length !== tensor.data.length) {
          kept = new Float32Array(tensor.data.length);
          real = new Float32Array(tensor.data.length);
        }
        kept.set(tensor.data as Float32Array);
      });
      const mixedOutput = await mixed.run(sample, (index, tensor) => {
        if (index === mixedIndex) error.add(kept, toReal(tensor.data, quant, real));
      });
      floatScorer.add(sample, floatOutput, floatOutput);
      mixedScorer.add(sample, mixedOutput, floatOutput);
    }
    const before = floatScorer.score().value;
    const after = mixedScorer.score().value;
    return {
      isolated: error.result(quant?.scale[0]),
      change: Number.isFinite(before) ? after - before : after,
    };
  } finally {
    mixed.dispose();
  }
}
