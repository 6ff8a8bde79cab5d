/** Layers alone against the whole graph with one layer quantized, on real networks. */
import { describe, expect, it } from 'vitest';
import { ErrorAccumulator } from '../../analysis/compare';
import { toReal } from '../../analysis/tensors';
import { createReferenceBackend } from '../../engine/reference';
import { createWasmBackend } from '../../engine/wasm';
import type { Graph, Tensor } from '../../model/graph';
import { optimize } from '../../model/passes/optimize';
import { convert, type Constants } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { stockRecipe, withOverrides } from '../../quant/recipe';
import { calibrate } from '../../quant/stats';
import { feedsOf } from '../../testing/feeds';
import { sharedModel } from '../../testing/models';
import { random } from '../../testing/random';
import { hasShared } from '../../testing/shared';
import { outputsByNode, prepare, runnable } from '../prepared';
import { branched } from './branched';
import { errorsShard } from './errors';
import { layersAlone } from './isolated';
import { joined } from './joined';
import { layerErrors } from './layerErrors';
import type { MadeOf } from './madeOf';
import { sensitivityShard } from './sensitivity';

const tensorsOf = async (graph: Graph, feeds: readonly Tensor[]) => {
  const executable = await createReferenceBackend().prepare(graph);
  const seen = new Map<string, Float32Array>();
  await executable.run(feeds, (index, { data }) => {
    const { name, quant } = graph.values[index]!;
    seen.set(name, toReal(data, quant, new Float32Array(data.length)));
  });
  return seen;
};

/** Only this layer quantized, all others float: the recipe with every other node overridden. */
function onlyLayer({ graph, recipe, stats }: MadeOf, name: string): Graph {
  const others = graph.nodes.filter((node) => node.name !== name);
  const overrides = Object.fromEntries(others.map((node) => [node.name, 'float' as const]));
  const only = planOf(graph, { ...withOverrides(recipe, overrides), io: 'float32' }, stats);
  return runnable(convert(graph, only));
}

describe.skipIf(!hasShared)('layers alone', () => {
  it.each([
    ['resnet8_float', 'int8'],
    ['resnet8_float', 'float16'],
    ['vww_96_float', 'int8-per-tensor'],
    ['ad01_float', 'dynamic'],
  ] as const)('%s, %s: as in the whole graph with all others float', async (name, scheme) => {
    const { graph } = optimize(sharedModel(`models/mlperf-tiny/${name}.tflite`).graph);
    const backend = (await createWasmBackend({ variant: 'dot16' }))!;
    const float = await prepare(backend, graph);
    const feeds = feedsOf(graph, random(5));
    const recipe = stockRecipe(scheme);
    const run = (given: readonly Tensor[], tap?: Parameters<typeof float.executable.run>[1]) =>
      float.executable.run(given, tap);
    const stats = await calibrate(graph, run, [feeds], recipe.calibration);
    const plan = planOf(graph, recipe, stats);
    const made = { graph, recipe, stats, plan };
    const names = graph.nodes
      .filter((node) => plan.nodes[node.name]!.scheme !== 'float32')
      .map((node) => node.name);
    const constants: Constants = new Map();
    const quantized = runnable(convert(graph, plan, constants));
    const layers = layersAlone(made, names, constants);
    const together = joined(graph, quantized, layers);
    const shard = await errorsShard({ joined: together, float: graph, quantized }, backend);
    const inputs = feeds.map(({ data }) => data as Float32Array);
    const { sums, outputs } = await shard.run({ inputs, layers: true });
    const errors = layerErrors(together);
    errors.add(sums);
    const results = errors.results();
    expect(names.length).toBeGreaterThan(5);
    // Joined or by itself, the quantized model is the same.
    const alone = await prepare(backend, quantized);
    expect(outputs).toEqual(await alone.run({ inputs, targets: [] } as never));
    const setup = { ...branched(graph, layers), output: 0 };
    const branches = await sensitivityShard(setup, backend);
    const answers = await branches.run({ inputs, layers: [0, layers.length] });
    // The reference computes the whole float graph with one layer quantized; float sums differ in their last bits.
    const wanted = await tensorsOf(graph, feeds);
    for (const layer of [names[0]!, names[3]!, names.at(-1)!]) {
      const mixed = onlyLayer(made, layer);
      const twin = mixed.values[outputsByNode(mixed).get(layer)!]!.name;
      const got = (await tensorsOf(mixed, feeds)).get(twin)!;
      const one = new ErrorAccumulator();
      one.add(wanted.get(graph.values[outputsByNode(graph).get(layer)!]!.name)!, got);
      expect(results.get(layer)!.isolated!.sqnr).toBeCloseTo(one.result()!.sqnr, 1);
      // What follows the layer is computed by the same kernels on the same numbers: bit for bit.
      const [whole] = await (await prepare(backend, mixed)).run({ inputs, targets: [] } as never);
      expect(answers.outputs[names.indexOf(layer)]).toEqual(whole);
    }
  });
});

it('converts nothing where nothing is quantized', () => {
  const graph: Graph = { name: 'g', values: [], nodes: [], inputs: [], outputs: [], layers: [] };
  const recipe = stockRecipe('int8');
  const plan = { target: recipe.target, nodes: {}, values: {}, io: 'float32' as const };
  expect(layersAlone({ graph, recipe, plan }, [], new Map())).toEqual([]);
  expect(convert(graph, plan).nodes).toEqual([]);
});
