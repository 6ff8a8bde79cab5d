/** Whole models of shared/: every scheme opens in the TFLite runtime and stays near the float model. */
import { describe, expect, it } from 'vitest';
import { readTflite } from '../formats/tflite/read';
import { writeTflite } from '../formats/tflite/write';
import { elementCount, type Graph, type Tensor } from '../model/graph';
import { optimize } from '../model/passes/optimize';
import { numbers } from '../testing/graphs';
import { openOracle } from '../testing/oracle';
import { hasShared, readShared } from '../testing/shared';
import { convert } from './convert';
import { plan } from './plan';
import { calibrate } from './stats';
import { oracleRunner, oracleRecipe } from './testing/fixtures';
import type { SchemeId } from './types';

/** Smooth pictures in the model's own range: noise would not excite it as data do. */
function sample(graph: Graph, seed: number, scale: number, offset: number): Tensor[] {
  return graph.inputs.map((index) => {
    const { shape, dtype } = graph.values[index]!;
    const waves = numbers(8, seed + 11);
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
      const wave = Math.sin(i * 0.01 * (1 + waves[0]!) + waves[1]! * 3) * waves[2]!;
      return offset + scale * (0.5 + 0.5 * wave + 0.2 * Math.sin(i * waves[3]!));
    });
    return { shape, dtype, data };
  });
}

async function run(graph: Graph, feeds: readonly Tensor[][]): Promise<Float64Array> {
  const oracle = await openOracle(writeTflite(graph));
  const outputs = feeds.flatMap((feed) =>
    Array.from(oracle.run(feed.map(({ data }) => data as Float32Array))[0]!.data),
  );
  oracle.dispose();
  return Float64Array.from(outputs);
}

describe.skipIf(!hasShared).each([
  ['mlperf-tiny/resnet8_float', 255, 0, 12],
  ['mlperf-tiny/vww_96_float', 1, 0, 12],
  ['mlperf-tiny/ad01_float', 1, 0, 18],
])('%s', (name, scale, offset, least) => {
  it('in all schemes', { timeout: 60_000 }, async () => {
    const bytes = readShared(`models/${name}.tflite`);
    const { graph } = optimize(readTflite(bytes, name).graph);
    const runner = await oracleRunner(graph);
    const feeds = Array.from({ length: 8 }, (_, seed) => sample(graph, seed, scale, offset));
    const stats = await calibrate(graph, runner.run, feeds, { method: 'minmax' });
    runner.dispose();
    const float = await run(graph, feeds);
    const schemes: [SchemeId, number][] = [
      ['float16', 40],
      ['dynamic', least],
      ['int8', least],
      ['int8-per-tensor', -Infinity],
    ];
    for (const [scheme, wanted] of schemes) {
      const made = convert(graph, plan(graph, oracleRecipe(scheme, { io: 'float32' }), stats));
      expect(writeTflite(made).length).toBeLessThan(
        bytes.length * (scheme === 'float16' ? 0.65 : 0.5),
      );
      const found = await run(made, feeds);
      let [signal, noise] = [0, 0];
      float.forEach((x, i) => {
        signal += x * x;
        noise += (x - found[i]!) ** 2;
      });
      expect(10 * Math.log10(signal / noise), scheme).toBeGreaterThan(wanted);
      if (scheme === 'int8')
        expect(made.nodes.filter(({ op }) => op === 'QUANTIZE')).toHaveLength(1);
    }
  });
});
