import { affectedBy } from '../analysis/affected';
import { ErrorAccumulator } from '../analysis/compare';
import { Scorer, type Task } from '../analysis/score';
import { toReal } from '../analysis/tensors';
import type { TensorError } from '../analysis/types';
import type { Dataset } from '../data/types';
import type { Backend } from '../engine/engine';
import { IntactError } from '../model/error';
import type { Graph, Tensor } from '../model/graph';
import { convert } from '../quant/convert';
import { plan } from '../quant/plan';
import { withOverrides } from '../quant/recipe';
import type { Recipe, Stats } from '../quant/types';
import type { FloatActivations } from './floatActivations';
import { outputsByNode, runnable } from './prepared';

export interface Sensitivity {
  /** Error at the layer's own output. */
  readonly isolated: TensorError | undefined;
  /** Score with only this layer quantized minus the float score on the same samples. */
  readonly change: number | undefined;
}

export interface SensitivityArguments {
  readonly backend: Backend;
  /** The optimized float graph. */
  readonly graph: Graph;
  readonly activations: FloatActivations;
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly stats: Stats | undefined;
  readonly task: Task;
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

/**
 * Sensitivity ON of one layer: the score with only this layer quantized. Only what the
 * layer reaches is computed; everything before it is the float model's own.
 */
export async function layerSensitivity(
  name: string,
  { backend, graph, activations, dataset, recipe, stats, task }: SensitivityArguments,
): Promise<Sensitivity> {
  const mixed = runnable(onlyLayer(graph, recipe, stats, name));
  const part = affectedBy(mixed, name, activations.known);
  const executable = await backend.prepare(part);
  try {
    const own = outputsByNode(part).get(name)!;
    const twin = graph.values[outputsByNode(graph).get(name)!]!;
    const { quant } = part.values[own]!;
    const reachesOutput = part.outputs.length > 0 && part.outputs[0] === mixed.outputs[0];
    const outputQuant = reachesOutput ? part.values[part.outputs[0]!]!.quant : undefined;
    const error = new ErrorAccumulator();
    const before = new Scorer(task, dataset);
    const after = new Scorer(task, dataset);
    let real = new Float32Array(0);
    for (const sample of activations.samples) {
      const feeds = part.inputs.map((index) => feed(activations, sample, part, index));
      const float = activations.tensor(sample, twin.name)!.data as Float32Array;
      const [output] = await executable.run(feeds, (index, { data }) => {
        if (index !== own) return;
        if (real.length !== data.length) real = new Float32Array(data.length);
        error.add(float, toReal(data, quant, real));
      });
      const expected = activations.output(sample);
      const got =
        reachesOutput && output
          ? toReal(output.data, outputQuant, new Float32Array(output.data.length))
          : expected;
      before.add(sample, expected, expected);
      after.add(sample, got, expected);
    }
    const floatScore = before.score().value;
    const score = after.score().value;
    return {
      isolated: error.result(quant?.scale[0]),
      change: Number.isFinite(floatScore) ? score - floatScore : score,
    };
  } finally {
    executable.dispose();
  }
}

function feed(activations: FloatActivations, sample: number, part: Graph, index: number): Tensor {
  const { name } = part.values[index]!;
  const tensor = activations.tensor(sample, name);
  if (!tensor) throw new IntactError('internal', `The float model has no value "${name}".`);
  return tensor;
}
