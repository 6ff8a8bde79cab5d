/** One layer quantized alone: what it loses at its own output, and what that costs the score. */
import { affectedBy } from '../../analysis/affected';
import { ErrorAccumulator } from '../../analysis/compare';
import { scoreChange, type Scoring } from '../../analysis/score';
import { toReal } from '../../analysis/tensors';
import type { Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { IntactError } from '../../model/error';
import type { Graph, Tensor } from '../../model/graph';
import { convert } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { withOverrides } from '../../quant/recipe';
import type { Plan, Recipe, Stats } from '../../quant/types';
import type { TensorError } from '../../run/figures';
import { outputsByNode, runnable } from '../prepared';
import type { KeptSample } from './floatActivations';
import { scoresOf } from './scores';

export interface Sensitivity {
  /** Error at the layer's own output. */
  readonly isolated: TensorError | undefined;
  /** Score with only this layer quantized minus the float score on the same samples. */
  readonly change: number;
}

/** What a run was made of, as far as one layer of it goes. */
export interface MadeOf {
  /** The float graph that the plan was made for. */
  readonly graph: Graph;
  readonly recipe: Recipe;
  readonly stats?: Stats;
  readonly plan: Plan;
}

export interface SensitivityArguments {
  readonly backend: Backend;
  readonly made: MadeOf;
  readonly kept: readonly KeptSample[];
  readonly samples: Pick<Samples, 'targets'>;
  /** The score that stands for the model. */
  readonly scoring: Scoring;
}

/**
 * Only this layer quantized, all others float: the recipe with every other node overridden. Where steps
 * have changed how the run rounds, the layer rounds as it does there.
 */
export function onlyLayer({ graph, recipe, stats, plan }: MadeOf, name: string): Graph {
  const others = graph.nodes.filter((node) => node.name !== name);
  const overrides = Object.fromEntries(others.map((node) => [node.name, 'float' as const]));
  const only = planOf(graph, { ...withOverrides(recipe, overrides), io: 'float32' }, stats);
  return convert(graph, recipe.steps.length === 0 ? only : withValues(only, plan));
}

/** `only` with the parameters that the values have in the whole plan, where they have the same form. */
function withValues(only: Plan, whole: Plan): Plan {
  const values = Object.entries(only.values).map(([name, value]) => {
    const own = whole.values[name];
    const same = own?.dtype === value.dtype && own.scale.length === value.scale.length;
    return [name, same ? own : value] as const;
  });
  return { ...only, values: Object.fromEntries(values) };
}

/**
 * Only what the layer reaches is computed; everything before it is the float model's own.
 * The values that the float model knows are those of the kept samples.
 */
export async function layerSensitivity(
  name: string,
  { backend, made, kept, samples, scoring }: SensitivityArguments,
): Promise<Sensitivity> {
  const mixed = runnable(onlyLayer(made, name));
  const known = kept[0]?.tensors;
  const part = affectedBy(mixed, name, (value) => known?.has(value) ?? false);
  const executable = await backend.prepare(part);
  try {
    const own = outputsByNode(part).get(name)!;
    const { name: ownName, quant } = part.values[own]!;
    const floatName = twinOf(made.graph, name) ?? ownName;
    const target = mixed.outputs[scoring.output]!;
    const position = part.outputs.indexOf(target);
    const error = new ErrorAccumulator();
    const before = scoresOf([scoring], samples, 'target');
    const after = scoresOf([scoring], samples, 'target');
    let real = new Float32Array(0);
    for (const { sample, tensors, outputs } of kept) {
      const float = tensors.get(floatName)?.data as Float32Array;
      const feeds = part.inputs.map((index) => feed(tensors, part, index));
      const results = await executable.run(feeds, (index, { data }) => {
        if (index !== own) return;
        if (real.length !== data.length) real = new Float32Array(data.length);
        error.add(float, toReal(data, quant, real));
      });
      const got = [...outputs];
      const reached = results[position];
      if (reached) {
        const { quant: outputQuant } = part.values[target]!;
        const out = new Float32Array(reached.data.length);
        got[scoring.output] = toReal(reached.data, outputQuant, out);
      }
      before.add(sample, outputs, outputs);
      after.add(sample, got, outputs);
    }
    const [[floatScore], [score]] = [before.scores(), after.scores()];
    return {
      isolated: error.result(quant?.scale[0]),
      change: scoreChange(score!, floatScore!),
    };
  } finally {
    executable.dispose();
  }
}

/** Name of the value that the node makes in the float graph. */
function twinOf(graph: Graph, name: string): string | undefined {
  const index = outputsByNode(graph).get(name);
  return index === undefined ? undefined : graph.values[index]!.name;
}

function feed(tensors: KeptSample['tensors'], part: Graph, index: number): Tensor {
  const { name } = part.values[index]!;
  const tensor = tensors.get(name);
  if (!tensor) throw new IntactError('internal', `The float model has no value "${name}".`);
  return tensor;
}
