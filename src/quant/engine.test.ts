/** What is exported is what was measured: the reference engine and the TFLite runtime agree bit for bit. */
import { expect, it } from 'vitest';
import { createReferenceBackend } from '../engine/reference';
import { writeTflite } from '../formats/tflite/write';
import { optimize } from '../model/passes/optimize';
import { openOracle } from '../testing/oracle';
import { convert } from './convert';
import { plan } from './plan';
import { calibrate } from './stats';
import { fixture, fixtureNames, representative, oracleRecipe } from './testing/fixtures';

it.each(fixtureNames)('%s, int8 per-channel and per-tensor', { timeout: 30_000 }, async (name) => {
  const backend = createReferenceBackend();
  const { graph: imported, samples } = fixture(name);
  const { graph } = optimize(imported);
  const float = await backend.prepare(graph);
  const feeds = Array.from({ length: samples }, (_, index) => representative(graph, index));
  const stats = await calibrate(graph, (feed, tap) => float.run(feed, tap), feeds, {
    method: 'percentile',
    percentile: 99.9,
  });
  for (const scheme of ['int8', 'int8-per-tensor'] as const) {
    const made = convert(graph, plan(graph, oracleRecipe(scheme, { io: 'float32' }), stats));
    const ours = await backend.prepare(made);
    const oracle = await openOracle(writeTflite(made));
    for (const feed of feeds) {
      const theirs = oracle.run(feed.map(({ data }) => data as Float32Array));
      (await ours.run(feed)).forEach((tensor, position) => {
        expect(tensor.data).toEqual(theirs[position]!.data);
      });
    }
    oracle.dispose();
  }
});
