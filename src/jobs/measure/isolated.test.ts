/** All layers alone in one graph against each layer alone in the whole graph, on real networks. */
import { describe, expect, it } from 'vitest';
import { ErrorAccumulator } from '../../analysis/compare';
import { toReal } from '../../analysis/tensors';
import { createReferenceBackend } from '../../engine/reference';
import { createWasmBackend } from '../../engine/wasm';
import type { Graph, Tensor } from '../../model/graph';
import { optimize } from '../../model/passes/optimize';
import { convert } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { stockRecipe } from '../../quant/recipe';
import { calibrate } from '../../quant/stats';
import { feedsOf } from '../../testing/feeds';
import { sharedModel } from '../../testing/models';
import { random } from '../../testing/random';
import { hasShared } from '../../testing/shared';
import { outputsByNode, prepare, runnable } from '../prepared';
import { isolatedGraphs } from './isolated';
import { floatValues, isolatedErrors } from './layerErrors';
import { onlyLayer } from './sensitivity';

const tensorsOf = async (graph: Graph, feeds: readonly Tensor[]) => {
  const executable = await createReferenceBackend().prepare(graph);
  const seen = new Map<string, Float32Array>();
  await executable.run(feeds, (index, { data }) => {
    const { name, quant } = graph.values[index]!;
    seen.set(name, toReal(data, quant, new Float32Array(data.length)));
  });
  return seen;
};

describe.skipIf(!hasShared)('layers alone in one graph', () => {
  it.each([
    ['resnet8_float', 'int8'],
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
    const [isolatedGraph] = isolatedGraphs(made, names);
    const isolated = await isolatedErrors(graph, isolatedGraph!, backend);
    const values = floatValues(float, isolated.wanted);
    const sample = { inputs: feeds.map(({ data }) => data as Float32Array), targets: [] };
    await values.run(sample as never);
    await isolated.add(values);
    const results = isolated.results();
    expect([...results.keys()]).toEqual(names);
    expect(names.length).toBeGreaterThan(5);
    // The reference computes the whole float graph with one layer quantized; float sums differ in their last bits.
    const wanted = await tensorsOf(graph, feeds);
    for (const layer of [names[0]!, names[3]!, names.at(-1)!]) {
      const mixed = runnable(onlyLayer(made, layer));
      const twin = mixed.values[outputsByNode(mixed).get(layer)!]!.name;
      const got = (await tensorsOf(mixed, feeds)).get(twin)!;
      const errors = new ErrorAccumulator();
      errors.add(wanted.get(graph.values[outputsByNode(graph).get(layer)!]!.name)!, got);
      expect(results.get(layer)!.sqnr).toBeCloseTo(errors.result()!.sqnr, 1);
    }
  });
});

it('converts nothing where nothing is quantized', () => {
  const graph: Graph = { name: 'g', values: [], nodes: [], inputs: [], outputs: [], layers: [] };
  const recipe = stockRecipe('int8');
  const plan = { target: recipe.target, nodes: {}, values: {}, io: 'float32' as const };
  expect(isolatedGraphs({ graph, recipe, plan }, [])).toEqual([]);
  expect(convert(graph, plan).nodes).toEqual([]);
});
