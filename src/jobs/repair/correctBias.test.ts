/** Bias correction: mean errors go, on paper and in the TFLite runtime; cancelled, without samples, without integers. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import { writeTflite } from '../../formats/tflite/write';
import type { Graph } from '../../model/graph';
import { convert } from '../../quant/convert';
import type { SchemeId } from '../../quant/types';
import { stockRecipe } from '../../quant/recipe';
import { builder, conv, dense, numbers } from '../../testing/graphs';
import { openOracle } from '../../testing/oracle';
import type { RunUpdate } from '../../run/types';
import { needsOf } from '../needs';
import { feedsOf, realsOf, runnable } from '../prepared';
import { quantize } from '../quantize';
import {
  listening,
  tinyContext,
  tinyModel,
  tinyRoles,
  tinySamples,
  tinySource,
} from '../testing/tiny';

/** Inputs are never negative, so that every rounded weight shifts its channel. */
function network(): Graph {
  const b = builder();
  const x = b.input('x', [1, 4, 4, 2]);
  const w = b.constant('w', [6, 3, 3, 2], numbers(108, 3));
  const y = b.node(
    'CONV_2D',
    'conv',
    conv({ padding: 'SAME', activation: 'RELU' }),
    [x, w, b.constant('b', [6], numbers(6, 5))],
    [1, 4, 4, 6],
  );
  const f = b.node('RESHAPE', 'flat', {}, [y, b.integers('shape', [2], [1, 96])], [1, 96]);
  const v = b.constant('v', [5, 96], numbers(480, 4));
  return b.graph([b.node('FULLY_CONNECTED', 'dense', dense, [f, v, -1], [1, 5])]);
}
const graph = network();
const inputs = Array.from({ length: 20 }, (_, at) => numbers(32, at + 1).map(Math.abs));
const openSamples = (calibration: number) => () =>
  Promise.resolve({
    samples: {
      ...tinySamples,
      ...{ count: inputs.length, targets: [], inputShapes: [[1, 4, 4, 2]] },
      read: (index: number) => Promise.resolve({ inputs: [inputs[index]!], targets: [] }),
      sampleKey: (index: number) => Promise.resolve(`sample ${index}`),
    },
    roles: {
      ...tinyRoles,
      calibration: inputs.map((_, at) => at).slice(0, calibration),
      evaluation: [0, 1],
    },
    needs: needsOf(graph),
  });
const run = (
  scheme: SchemeId,
  kinds: readonly string[] = ['correct-bias'],
  options: Parameters<typeof tinyContext>[1] = {},
) =>
  quantize(
    {
      model: { ...tinyModel, graph, optimized: graph },
      samples: tinySource,
      recipe: stockRecipe(scheme, {
        steps: kinds.map((kind) => ({ kind, method: 'squant', seed: 1, options: {} }) as never),
      }),
      measure: { latency: false, isolated: true, sensitivity: false },
    },
    tinyContext(listening<RunUpdate>(), { openSamples: openSamples(20), ...options }),
  );

/** Mean over samples of quantized minus float, by column of the output, in the given engine. */
async function meanErrors(converted: Graph) {
  const backend = createReferenceBackend();
  const float = await backend.prepare(graph);
  const quantized = await backend.prepare(runnable(converted));
  const sums = new Float64Array(5);
  for (const input of inputs) {
    const [expected] = await float.run(feedsOf(graph, { inputs: [input] }));
    const [got] = await quantized.run(feedsOf(converted, { inputs: [input] }));
    const reals = realsOf(converted, converted.outputs[0]!, got!);
    sums.forEach((_, at) => {
      sums[at]! += (reals[at]! - (expected!.data[at] as number)) / inputs.length;
    });
  }
  return Math.max(...sums.map(Math.abs));
}

describe('bias correction', () => {
  it.each(['int4', 'int16x4', 'weight-only-int4'] as const)(
    'takes the mean error away in %s',
    async (scheme) => {
      const before = await run(scheme, []);
      const { made, figures } = await run(scheme);
      const [was, is] = [await meanErrors(before.made.converted), await meanErrors(made.converted)];
      expect(is).toBeLessThan(was / 8);
      expect(made.repaired![0]!.sentences[0]).toMatch(
        /^Corrected the biases of 2 layers on 20 calibration samples/,
      );
      // The float graph computes what it did, so that errors are those to the model.
      expect(made.graph.values.find(({ name }) => name === 'b')!.data).toEqual(
        graph.values[2]!.data,
      );
      expect(made.plan!.values['dense:0']).toEqual(before.made.plan!.values['dense:0']);
      const sqnr = (all: typeof figures.likeness) =>
        all[0]!.more.find(({ label }) => label === 'SQNR')!.value;
      expect(sqnr(figures.likeness)).toBeGreaterThan(sqnr(before.figures.likeness));
    },
  );

  it('is what the exported file computes, after SQuant too', async () => {
    const { made } = await run('int8', ['round', 'correct-bias']);
    expect(made.repaired!.map(({ kind }) => kind)).toEqual(['round', 'correct-bias']);
    const converted = convert(made.graph, made.plan!);
    const oracle = await openOracle(writeTflite(converted));
    const ours = await createReferenceBackend().prepare(converted);
    for (const input of inputs) {
      const feeds = feedsOf(converted, { inputs: [input] });
      const [theirs] = oracle.run(feeds.map(({ data }) => data as Float32Array));
      expect([...(await ours.run(feeds))[0]!.data]).toEqual([...theirs!.data]);
    }
    oracle.dispose();
  });

  it('keeps what was done when it is stopped midway', async () => {
    const stop = { stopped: false };
    const heard = listening<RunUpdate>();
    const events = {
      ...heard.events,
      progress: ({ label }: { label: string }) => {
        if (label.startsWith('Correcting biases: 1')) stop.stopped = true;
      },
    };
    const { made, figures } = await run('int4', ['correct-bias'], { stop, events });
    expect(made.repaired![0]!.sentences[0]).toMatch(/Stopped by hand after 1 of 2 layers\.$/);
    expect(figures.counts.evaluated).toBe(2);
  });

  it('says where there is nothing to do, and refuses without samples', async () => {
    const { made } = await run('float16', ['correct-bias', 'round']);
    expect(made.repaired!.map(({ sentences }) => sentences[0])).toEqual([
      'No bias was corrected: no layer has its weights on a grid of integers.',
      'Nothing was rounded: no layer has its weights on a grid of integers.',
    ]);
    await expect(
      run('weight-only', ['correct-bias'], { openSamples: openSamples(0) }),
    ).rejects.toMatchObject({ code: 'bad-data' });
  });
});
