/** Converted graphs, written and run in the TFLite runtime, against the float model. */
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../formats/tflite/write';
import type { Graph } from '../model/graph';
import { optimize } from '../model/passes/optimize';
import { openOracle, type OracleTensor } from '../testing/oracle';
import { convert } from './convert';
import { plan } from './plan';
import { withOverrides } from './recipe';
import { calibrate } from './stats';
import {
  fixture,
  fixtureNames,
  oracleRunner,
  representative,
  type FixtureName,
  oracleRecipe,
} from './testing/fixtures';
import type { Recipe, SchemeId, Stats } from './types';

const cache = new Map<FixtureName, Promise<{ graph: Graph; stats: Stats }>>();
function prepared(name: FixtureName) {
  const make = async () => {
    const { graph: imported, samples } = fixture(name);
    const { graph } = optimize(imported);
    const runner = await oracleRunner(graph);
    const feeds = Array.from({ length: samples }, (_, index) => representative(graph, index));
    const stats = await calibrate(graph, runner.run, feeds, { method: 'minmax' });
    runner.dispose();
    return { graph, stats };
  };
  let made = cache.get(name);
  if (!made) cache.set(name, (made = make()));
  return made;
}

/** Outputs as real numbers for the first samples; feeds are quantized where the border is int8. */
async function outputs(float: Graph, graph: Graph): Promise<Float64Array[]> {
  const oracle = await openOracle(writeTflite(graph));
  const real: number[][] = graph.outputs.map(() => []);
  for (let sample = 0; sample < 8; sample += 1) {
    const feeds = representative(float, sample).map((feed, position) => {
      const { quant } = graph.values[graph.inputs[position]!]!;
      const data = feed.data as Float32Array;
      if (!quant) return data;
      return data.map((x) => {
        const q = Math.round(x / quant.scale[0]!) + quant.zeroPoint[0]!;
        return Math.max(-128, Math.min(127, q));
      });
    });
    oracle.run(feeds).forEach((tensor: OracleTensor, position) => {
      const { quant } = graph.values[graph.outputs[position]!]!;
      for (const q of tensor.data) {
        real[position]!.push(quant ? quant.scale[0]! * (q - quant.zeroPoint[0]!) : q);
      }
    });
  }
  oracle.dispose();
  return real.map((numbers) => Float64Array.from(numbers));
}

function sqnr(float: Float64Array, quantized: Float64Array): number {
  let [signal, noise] = [0, 0];
  float.forEach((x, i) => {
    signal += x * x;
    noise += (x - quantized[i]!) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}

async function check(name: FixtureName, recipe: (graph: Graph) => Recipe, least: number) {
  const { graph, stats } = await prepared(name);
  const converted = convert(graph, plan(graph, recipe(graph), stats));
  const [expected, found] = [await outputs(graph, graph), await outputs(graph, converted)];
  found.forEach((output, position) => {
    expect(sqnr(expected[position]!, output)).toBeGreaterThan(least);
  });
  return converted;
}

describe.each(fixtureNames)('%s in the TFLite runtime', (name) => {
  it('optimizing does not change the float model', async () => {
    const { graph } = await prepared(name);
    const [before, after] = [
      await outputs(graph, fixture(name).graph),
      await outputs(graph, graph),
    ];
    after.forEach((output, position) => {
      expect(sqnr(before[position]!, output)).toBeGreaterThan(110);
    });
  });

  it.each<[SchemeId, 'int8' | 'float32', number]>([
    ['float16', 'float32', 55],
    ['dynamic', 'float32', 25],
    ['int8', 'int8', 20],
    ['int8', 'float32', 20],
    ['int8-per-tensor', 'int8', 12],
    ['int8-per-tensor', 'float32', 12],
  ])('%s with %s border', async (scheme, io, least) => {
    await check(name, () => oracleRecipe(scheme, { io }), least);
  });

  it.each(['int8', 'float32'] as const)('every other layer float, %s border', async (io) => {
    const recipe = (graph: Graph) =>
      withOverrides(
        oracleRecipe('int8', { io }),
        Object.fromEntries(
          graph.nodes.filter((_, n) => n % 2 === 0).map((node) => [node.name, 'float' as const]),
        ),
      );
    await check(name, recipe, 20);
  });

  it('one layer int8 at a time', async () => {
    const { graph } = await prepared(name);
    for (const only of graph.nodes) {
      const others = graph.nodes.filter((node) => node !== only);
      const overrides = Object.fromEntries(others.map((node) => [node.name, 'float' as const]));
      const recipe = withOverrides(oracleRecipe('int8', { io: 'float32' }), overrides);
      const converted = await check(name, () => recipe, 20);
      expect(converted.nodes.some((node) => node.name === only.name)).toBe(true);
    }
  });

  it('int8 in a dynamic recipe', async () => {
    const recipe = (graph: Graph) =>
      withOverrides(oracleRecipe('dynamic'), { [graph.nodes[1]!.name]: 'int8' });
    await check(name, recipe, 20);
  });
});
