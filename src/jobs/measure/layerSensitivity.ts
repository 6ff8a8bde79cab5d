/** One layer quantized, all others float, in batches on a GPU that was asked for: what that costs the score. */
import { affectedBy } from '../../analysis/affected';
import { scoreChange, type Scoring } from '../../analysis/score';
import type { Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { IntactError } from '../../model/error';
import type { Graph, Tensor } from '../../model/graph';
import { convert } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { withOverrides } from '../../quant/recipe';
import { realsOf, runnable } from '../prepared';
import type { KeptSample } from './floatActivations';
import { steppedPlan, type MadeOf } from './madeOf';
import { scoresOf } from './scores';

export interface SensitivityArguments {
  readonly backend: Backend;
  readonly made: MadeOf;
  readonly kept: readonly KeptSample[];
  readonly samples: Pick<Samples, 'targets'>;
  /** The score that stands for the model. */
  readonly scoring: Scoring;
  /** Samples that the backend answers at once; default: one. */
  readonly batch?: number;
}

/**
 * Only this layer quantized, all others float: the recipe with every other node overridden. Where steps
 * have changed how the run rounds, the layer rounds as it does there.
 */
export function onlyLayer({ graph, recipe, stats, plan }: MadeOf, name: string): Graph {
  const others = graph.nodes.filter((node) => node.name !== name);
  const overrides = Object.fromEntries(others.map((node) => [node.name, 'float' as const]));
  const only = planOf(graph, { ...withOverrides(recipe, overrides), io: 'float32' }, stats);
  return convert(graph, recipe.steps.length === 0 ? only : steppedPlan(only, plan));
}

/**
 * Score with only this layer quantized minus the float score on the same samples. Only what the layer
 * reaches is computed; everything before it is the float model's own, from the kept samples.
 */
export async function layerSensitivity(
  name: string,
  { backend, made, kept, samples, scoring, batch = 1 }: SensitivityArguments,
): Promise<number> {
  const mixed = runnable(onlyLayer(made, name));
  const known = kept[0]?.tensors;
  const part = affectedBy(mixed, name, (value) => known?.has(value) ?? false);
  const executable = await backend.prepare(part);
  try {
    const target = mixed.outputs[scoring.output]!;
    const position = part.outputs.indexOf(target);
    const before = scoresOf([scoring], samples, 'target');
    const after = scoresOf([scoring], samples, 'target');
    for (let first = 0; first < kept.length; first += batch) {
      const chunk = kept.slice(first, first + batch);
      const results = await executable.runMany(
        chunk.map(({ tensors }) => part.inputs.map((index) => feed(tensors, part, index))),
      );
      for (const [at, { sample, outputs }] of chunk.entries()) {
        const got = [...outputs];
        const reached = results[at]![position];
        if (reached) got[scoring.output] = realsOf(part, target, reached);
        before.add(sample, outputs, outputs);
        after.add(sample, got, outputs);
      }
    }
    const [[floatScore], [score]] = [before.scores(), after.scores()];
    return scoreChange(score!, floatScore!);
  } finally {
    executable.dispose();
  }
}

function feed(tensors: KeptSample['tensors'], part: Graph, index: number): Tensor {
  const { name } = part.values[index]!;
  const tensor = tensors.get(name);
  if (!tensor) throw new IntactError('internal', `The float model has no value "${name}".`);
  return tensor;
}
