/**
 * Mixtures of precisions: which layers of a graph can be int8, which of them also int16 (float where the
 * target has no int16 kernel) or with 4-bit weights, and the overrides and the plan of one mixture.
 */
import { IntactError } from '../model/error';
import type { Graph, Node } from '../model/graph';
import { constantKey } from './constantPlan';
import { isStatic } from './newRecipe';
import { literalOf } from './pattern';
import { plan as planOf } from './plan';
import { withOverrides, type Override } from './recipe';
import { targetOf } from './targets';
import type { Plan, Recipe, Stats, ValuePlan } from './types';

export interface MixedLayer {
  readonly id: string;
  /** What it becomes above 8 bit. */
  readonly high: 'int16' | 'float';
  /** It moves numbers on one scale and takes the precision of what it reads. */
  readonly follows: boolean;
  readonly low: boolean;
}

export interface Mixtures {
  /** The recipe without what it says of single layers. */
  readonly base: Recipe;
  /** In the graph's order; layers that aren't here stay as the base has them. */
  readonly layers: readonly MixedLayer[];
  /** Overrides of one mixture, by layer id. Followers are added. */
  overrides(high: ReadonlySet<string>, low: ReadonlySet<string>): Record<string, Override>;
  /** `high` with the layers that follow. */
  withFollowers(high: ReadonlySet<string>): ReadonlySet<string>;
}

/**
 * @param stats of the same graph
 * @throws IntactError `usage` where the recipe makes no layer of integer activations
 */
export function mixturesOf(graph: Graph, recipe: Recipe, stats: Stats): Mixtures {
  const base = withoutOverrides(recipe);
  const target = targetOf(recipe.target);
  const names = graph.nodes.map(({ name }) => name);
  const all = (choice: Override) =>
    planOf(graph, withOverrides(base, Object.fromEntries(names.map((id) => [id, choice]))), stats);
  if (!base.rules.some(isStatic)) throw notInteger();
  const own = planOf(graph, base, stats);
  const [at8, at16, at4] = [all('int8'), all('int16'), all('int4')];
  const four = (plan: Plan, id: string) => plan.nodes[id]?.why.code === 'int4-weights';
  const isInteger = (scheme: string | undefined) => scheme === 'int8' || scheme === 'int16';
  const layers = graph.nodes
    .filter(({ name }) => isInteger(own.nodes[name]?.scheme) && at8.nodes[name]?.scheme === 'int8')
    .map((node): MixedLayer => {
      const { name: id, op } = node;
      return {
        id,
        high: at16.nodes[id]?.scheme === 'int16' ? 'int16' : 'float',
        follows: target.int8[op]?.output === 'same' && target.weights[op] === undefined,
        low: four(at4, id),
      };
    });
  if (layers.length === 0) throw notInteger();
  const ownChoice = new Map(
    layers.map(({ id }): [string, Override] => {
      const wide = own.nodes[id]!.scheme === 'int16';
      if (four(own, id)) return [id, wide ? 'int16-int4' : 'int4'];
      return [id, wide ? 'int16' : 'int8'];
    }),
  );
  const withFollowers = followersOf(graph, layers);
  return {
    ...{ base, layers, withFollowers },
    overrides(high, low) {
      const raised = withFollowers(high);
      return Object.fromEntries(
        layers.flatMap((layer): [string, Override][] => {
          const { id } = layer;
          const wanted = raised.has(id) ? layer.high : low.has(id) && layer.low ? 'int4' : 'int8';
          return wanted === ownChoice.get(id) ? [] : [[id, wanted]];
        }),
      );
    },
  };
}

/** The recipe without what it says of single layers. */
export const withoutOverrides = (recipe: Recipe): Recipe => ({
  ...recipe,
  rules: recipe.rules.filter((one) => !ofOneLayer(one)),
});

const ofOneLayer = ({ regex }: Recipe['rules'][number]) => literalOf(regex) !== undefined;

const notInteger = () =>
  new IntactError(
    'usage',
    'Mixed precision chooses among int8, int16 and int4 weights, and no layer of this run has integer activations. Take a run of an int8, int4 or int16 scheme.',
  );

/** Layers that move numbers are above 8 bit where something that they read is: they would only narrow it. */
function followersOf(graph: Graph, layers: readonly MixedLayer[]): Mixtures['withFollowers'] {
  const producers = new Map<number, Node>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const following = new Set(layers.filter(({ follows }) => follows).map(({ id }) => id));
  return (high) => {
    const raised = new Set(high);
    for (const { name, inputs } of graph.nodes) {
      if (!following.has(name)) continue;
      const reads = inputs.some((index) => raised.has(producers.get(index)?.name ?? ''));
      if (reads) raised.add(name);
    }
    return raised;
  };
}

/**
 * The plan of a mixture of a run. What an earlier step settled (scales that were learned, weights that were
 * rounded to a grid) holds wherever a value keeps its form. @param settled the run's own plan; undefined: nothing was
 */
export function mixedPlan(graph: Graph, recipe: Recipe, stats: Stats, settled?: Plan): Plan {
  const fresh = planOf(graph, recipe, stats);
  if (!settled) return fresh;
  const target = targetOf(recipe.target);
  const values: Record<string, ValuePlan> = { ...fresh.values };
  for (const [name, value] of Object.entries(fresh.values)) {
    // What is made in int16 now has its int8 form under another key.
    const own = settled.values[name] ?? settled.values[name.replace(/@int(8|16)$/, '')];
    if (own?.dtype === value.dtype && own.scale.length === value.scale.length) values[name] = own;
  }
  // A bias is counted in steps of input × weights, whichever of them was settled.
  for (const node of graph.nodes) {
    const layout = target.weights[node.op];
    const scheme = fresh.nodes[node.name]?.scheme;
    if (!layout || (scheme !== 'int8' && scheme !== 'int16')) continue;
    const keyOf = (position: number) => {
      const name = graph.values[node.inputs[position] ?? -1]?.name ?? '';
      const own = constantKey(name, node.name);
      return Object.hasOwn(values, own) ? own : name;
    };
    const [weights, bias] = [keyOf(layout.weights), keyOf(layout.bias)];
    const [before, after] = [fresh.values[weights], values[weights]];
    const planned = fresh.values[bias];
    if (!before || !after || !planned || values[bias] !== planned || before === after) continue;
    const scale = planned.scale.map(
      (one, i) =>
        (one / before.scale[i % before.scale.length]!) * after.scale[i % after.scale.length]!,
    );
    values[bias] = { ...planned, scale };
  }
  return { ...fresh, values };
}
