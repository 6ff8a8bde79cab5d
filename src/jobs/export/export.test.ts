import { beforeAll, describe, expect, it } from 'vitest';
import { readTflite } from '../../formats/tflite';
import type { Made, RunUpdate } from '../../run/types';
import { openOracle } from '../../testing/oracle';
import { quantize } from '../quantize';
import { listening, tinyContext, tinyGraph, tinyRecipe, tinyRequest } from '../testing/tiny';
import { exportRun, fileOf, graphWithBorder } from '.';

let made: Made;
beforeAll(async () => {
  const measure = { latency: false, isolated: false, sensitivity: false };
  ({ made } = await quantize(tinyRequest({ measure }), tinyContext(listening<RunUpdate>())));
});

describe('an export', () => {
  it('is the very graph that was measured where the border is the plan’s', () => {
    expect(graphWithBorder(made, 'float32')).toBe(made.converted);
    const other = graphWithBorder(made, 'int8');
    expect(other.values[other.inputs[0]!]!.dtype).toBe('int8');
    expect(other.values[other.outputs[0]!]!.dtype).toBe('int8');
  });

  it('computes in the TFLite runtime what the run says, with both borders', async () => {
    const heard = listening<never>();
    const context = tinyContext(heard);
    const float = await openOracle(await exportRun({ made, border: 'float32' }, context));
    const int8 = await openOracle(await exportRun({ made, border: 'int8' }, context));
    expect([...float.run([[97.9, 78.2]])[0]!.data]).toEqual([16, 20]);
    // x: 24 and 20 steps of four above −128; z in steps of one.
    expect([...int8.run([[24 - 128, 20 - 128]])[0]!.data]).toEqual([16 - 128, 20 - 128]);
    float.dispose();
    int8.dispose();
    expect(heard.progress).toHaveLength(2);
  });

  it('without a plan is the file as it is', () => {
    const asItIs = { graph: tinyGraph, converted: tinyGraph };
    expect(graphWithBorder(asItIs, 'int8')).toBe(tinyGraph);
    expect(graphWithBorder(asItIs, 'float32')).toBe(tinyGraph);
  });

  it('has a batch of one', () => {
    const values = tinyGraph.values.map((value) => ({ ...value, signature: [-1, 2] }));
    const { graph } = readTflite(fileOf({ ...tinyGraph, values }));
    expect(graph.values[graph.inputs[0]!]!.signature?.[0] ?? 1).toBe(1);
    expect(graph.values[graph.inputs[0]!]!.shape).toEqual([1, 2]);
  });

  it('follows the recipe’s border', async () => {
    const measure = { latency: false, isolated: false, sensitivity: false };
    const recipe = tinyRecipe({ io: 'int8' });
    const run = await quantize(
      tinyRequest({ measure, recipe }),
      tinyContext(listening<RunUpdate>()),
    );
    expect(graphWithBorder(run.made, 'int8')).toBe(run.made.converted);
    expect(run.made.plan!.io).toBe('int8');
    expect(run.figures.whole.scores[0]!.value).toBe(50);
  });
});
